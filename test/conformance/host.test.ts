import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { agentConfig } from '../../src/host/boot/agent-config.ts';
import { afterAgent } from '../../src/host/lifecycle/agent-ended.ts';
import type { AgentControl } from '../../src/host/lifecycle/agent.ts';
import { groupCalls } from '../../src/host/lifecycle/group.ts';
import { watch } from '../../src/host/lifecycle/watch.ts';
import { Settings } from '../../src/host/settings.ts';
import { runProcess } from '../support/process.ts';
import { AgentMachine } from './support/agent.ts';
import { Sandbox } from './support/sandbox.ts';

const BUCKET = 'conformance-secrets';
const SETTINGS = {
  BK_STACK_NAME: 'ci',
  BK_STACK_VERSION: '0.1.0',
  BK_STACK_REGION: 'us-east-1',
  BUILDKITE_AGENTS_PER_INSTANCE: '1',
  BUILDKITE_TERMINATE_INSTANCE_ON_DISK_FULL: 'true',
  SECRETS_BUCKET: BUCKET,
  ECR_POLICY: 'none',
};

describe('a real Buildkite Agent', function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  let machine: AgentMachine;
  before(async () => {
    sandbox = await Sandbox.start();
    machine = new AgentMachine(sandbox.endpoint);
    await machine.setUp(SETTINGS);
    // The host program's own clients, which run in this process for the lifecycle.
    process.env['AWS_ENDPOINT_URL'] = sandbox.endpoint;
  });
  after(async () => {
    delete process.env['AWS_ENDPOINT_URL'];
    machine.remove();
    await sandbox.stop();
  });

  describe('with the host program’s hooks', () => {
    before(async () => {
      const s3 = new S3({ endpoint: sandbox.endpoint, region: 'us-east-1', forcePathStyle: true });
      await s3.createBucket({ Bucket: BUCKET });
      const put = (Key: string, Body: string) => s3.putObject({ Bucket: BUCKET, Key, Body });
      await put('env', 'FROM_ROOT=root\nBOTH=root\n');
      await put(
        'app/env',
        'BOTH="the pipeline\'s own"\nDOCKER_LOGIN_USER=ci\nDOCKER_LOGIN_PASSWORD=hub-password\n',
      );
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await put('private_ssh_key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
      await put('app/git-credentials', 'https://robot:git%2Fpassword@github.com');
      await put('secret-files/DEPLOY_TOKEN', 'of every pipeline');
      await put('app/secret-files/DEPLOY_TOKEN', 'deploy-token-9d1f');
      machine.start('hooks');
    });

    const ran = async (command: string, env: Record<string, string> = {}) => {
      const id = await machine.push('hooks', command, { BUILDKITE_PIPELINE_SLUG: 'app', ...env });
      const job = await machine.finished(id);
      return { ...job, log: job.log.replaceAll('\r', '') };
    };

    it('gives a job its environment, the pipeline’s own over the root’s', async () => {
      const { exitStatus, log } = await ran(
        'echo "[$FROM_ROOT|$BOTH|$AWS_REGION|$BUILDKITE_STACK_NAME]"; test "$DEPLOY_TOKEN" = deploy-token-9d1f',
      );
      expect(exitStatus, log).to.equal('0');
      expect(log).to.contain("[root|the pipeline's own|us-east-1|ci]");
    });

    it('tells a job’s own failure', async () => {
      expect((await ran('exit 7')).exitStatus).to.equal('7');
    });

    it('has ssh keys in an agent that ends with the job', async () => {
      const { exitStatus, log } = await ran('ssh-add -l && echo "socket:$SSH_AUTH_SOCK:"');
      expect(exitStatus, log).to.equal('0');
      expect(log).to.match(/2048 SHA256:/);
      const socket = /socket:(\/.*):/.exec(log)?.[1] ?? '';
      expect((await runProcess('ls', [socket])).exitCode, `${socket} is gone after the job`).to.not.equal(0);
    });

    it('answers git for credentials', async () => {
      const { exitStatus, log } = await ran(
        `printf 'protocol=https\\nhost=github.com\\n' | git credential fill | sed -n 's/^password=git.password$/answered/p; s/^username=//p'`,
      );
      expect(exitStatus, log).to.equal('0');
      expect(log).to.contain('robot').and.to.contain('answered');
    });

    it('keeps secrets out of the log', async () => {
      const { log } = await ran(
        'echo "token: $DEPLOY_TOKEN; docker: $DOCKER_LOGIN_PASSWORD; git: git/password"',
      );
      expect(log).to.contain('token: [REDACTED]; docker: [REDACTED]; git: [REDACTED]');
      for (const { log } of await machine.jobs()) {
        expect(log).to.not.match(/deploy-token-9d1f|hub-password|git\/password|PRIVATE KEY/);
      }
    });

    it('logs into the registry with the password on standard input, into a configuration of the job’s own', async () => {
      const { log } = await ran(
        'echo "config:$DOCKER_CONFIG:"; test -f "$DOCKER_CONFIG/config.json" && echo there',
      );
      const folder = /config:(\/.*):/.exec(log)?.[1] ?? '';
      expect(log).to.contain('there');
      expect(machine.dockerLog.at(-1)).to.equal(
        `login --username ci --password-stdin <hub-password> ${folder}`,
      );
      expect((await runProcess('ls', [folder])).exitCode, 'it is gone after the job').to.not.equal(0);
    });

    it('gives a pipeline without secrets those of the root alone', async () => {
      const { exitStatus, log } = await ran('test "$DEPLOY_TOKEN" = "of every pipeline" && echo "[$BOTH]"', {
        BUILDKITE_PIPELINE_SLUG: 'other',
      });
      expect(exitStatus, log).to.equal('0');
      expect(log).to.contain('[root]');
    });

    it('can be told to leave the secrets', async () => {
      const { exitStatus } = await ran('test -z "$DEPLOY_TOKEN$FROM_ROOT"', {
        SECRETS_PLUGIN_ENABLED: 'false',
      });
      expect(exitStatus).to.equal('0');
    });

    it('fails a job whose env file cannot be read, and says which', async () => {
      const s3 = new S3({ endpoint: sandbox.endpoint, region: 'us-east-1', forcePathStyle: true });
      await s3.putObject({ Bucket: BUCKET, Key: 'broken/env', Body: 'A="' });
      const { exitStatus, log } = await ran('echo never', { BUILDKITE_PIPELINE_SLUG: 'broken' });
      expect(exitStatus).to.not.equal('0');
      expect(log).to.contain('broken/env in the secrets bucket').and.to.not.contain('never');
    });
  });

  it('starts with the configuration that a boot writes', async () => {
    const settings = new Settings({
      ...SETTINGS,
      BUILDKITE_QUEUE: 'configured',
      BUILDKITE_AGENT_TAGS: 'os=linux, team=ci',
      BUILDKITE_AGENTS_PER_INSTANCE: '2',
      BUILDKITE_AGENT_ENDPOINT: `${sandbox.endpoint}/_buildkite/v3`,
      BUILDKITE_AGENT_TIMESTAMP_LINES: 'true',
      BUILDKITE_AGENT_ENABLE_GIT_MIRRORS: 'true',
      BUILDKITE_AGENT_CANCEL_GRACE_PERIOD: '30',
      BUILDKITE_AGENT_SIGNAL_GRACE_PERIOD: '-1',
      BUILDKITE_AGENT_TRACING_BACKEND: 'opentelemetry',
      BUILDKITE_AGENT_DISCONNECT_AFTER_UPTIME: '0',
      BUILDKITE_SCALE_IN_IDLE_PERIOD: '600',
    });
    const text = agentConfig(settings, { instanceId: 'i-1', token: 'x', dockerVersion: '29.1.0' });
    const agent = machine.startWith(text);
    const id = await machine.push(
      'configured',
      'echo "$BUILDKITE_AGENT_NAME|$BUILDKITE_AGENT_META_DATA_TEAM"',
      { SECRETS_PLUGIN_ENABLED: 'false' },
    );
    const { exitStatus, log } = await machine.finished(id);
    expect(exitStatus, log).to.equal('0');
    expect(log).to.match(/ci-i-1-[12]\|ci/);
    agent.kill('SIGTERM');
    expect(await once(agent, 'exit')).to.eql([0, null]);
  });

  describe('whose instance ends', () => {
    let autoScaling: AutoScaling;
    let group = '';
    before(async () => {
      autoScaling = new AutoScaling({ endpoint: sandbox.endpoint, region: 'us-east-1' });
      const made = await sandbox.cli(
        [
          'create',
          'ending',
          '--sandbox',
          '--no-input',
          '--yes',
          '--json',
          '--region',
          'us-east-1',
          '--param',
          'MinSize=1',
          '--param',
          'BuildkiteQueue=modelled',
        ],
        { BUILDKITE_AGENT_TOKEN: 'x' },
      );
      if (made.exitCode !== 0) throw new Error(made.stderr);
      group =
        (JSON.parse(made.stdout) as { outputs: Record<string, string> }).outputs['AutoScalingGroupName'] ??
        '';
    });

    const described = async () => {
      const { AutoScalingGroups: [found] = [] } = await autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: [group],
      });
      return { desired: found?.DesiredCapacity, instances: found?.Instances ?? [] };
    };
    const stateOf = async (instanceId: string) => {
      const { AutoScalingInstances: [instance] = [] } = await autoScaling.describeAutoScalingInstances({
        InstanceIds: [instanceId],
      });
      return instance?.LifecycleState;
    };
    const inService = () =>
      sandbox.awaited(
        30,
        async () =>
          (await described()).instances.find(({ LifecycleState }) => LifecycleState === 'InService')
            ?.InstanceId,
      );
    const controlOf = (agent: ReturnType<AgentMachine['start']>): AgentControl => ({
      runs: () => Promise.resolve(agent.exitCode === null && agent.signalCode === null),
      stop: () => Promise.resolve(void agent.kill('SIGTERM')),
      cancelJobs: () => Promise.resolve(void agent.kill('SIGQUIT')),
      start: () => Promise.reject(new Error('not expected')),
    });
    const lost = async () => (await machine.jobs()).filter(({ state }) => state === 'lost');

    it('by the group, finishes its job first', async () => {
      const agent = machine.start('group');
      const instanceId = await inService();
      const id = await machine.push('group', 'sleep 8; echo finished', { SECRETS_PLUGIN_ENABLED: 'false' });
      await machine.job(id, ({ state }) => state === 'running');
      await autoScaling.terminateInstanceInAutoScalingGroup({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: false,
      });
      await watch(
        {
          // What the metadata service would say.
          notices: async () => ({
            targetState: (await stateOf(instanceId))?.startsWith('Terminating') ? 'Terminated' : 'InService',
            interruptionAt: undefined,
            rebalance: false,
          }),
          agent: controlOf(agent),
          group: groupCalls('us-east-1', instanceId),
          now: Date.now,
          say: () => undefined,
        },
        { intervalSeconds: 0.2, signal: AbortSignal.timeout(60_000) },
      );
      const job = await machine.finished(id);
      expect(job).to.include({ state: 'finished', exitStatus: '0' });
      expect(job.log).to.contain('finished');
      await sandbox.awaited(30, async () => (await stateOf(instanceId)) === undefined || undefined);
      expect(await lost()).to.eql([]);
    });

    it('by a spot interruption, finishes what can be finished', async () => {
      const agent = machine.start('spot');
      const id = await machine.push('spot', 'sleep 3; echo finished', { SECRETS_PLUGIN_ENABLED: 'false' });
      await machine.job(id, ({ state }) => state === 'running');
      const interruptionAt = Date.now() + 120_000;
      const stop = new AbortController();
      agent.on('exit', () => {
        stop.abort();
      });
      await watch(
        {
          notices: () => Promise.resolve({ targetState: 'InService', interruptionAt, rebalance: false }),
          agent: controlOf(agent),
          group: groupCalls('us-east-1', await inService()),
          now: Date.now,
          say: () => undefined,
        },
        { intervalSeconds: 0.2, signal: stop.signal },
      );
      expect(await machine.finished(id)).to.include({ state: 'finished', exitStatus: '0' });
      expect(await lost()).to.eql([]);
    });

    it('by idleness, makes the group smaller, but not below its least size', async () => {
      await autoScaling.setDesiredCapacity({ AutoScalingGroupName: group, DesiredCapacity: 2 });
      await sandbox.awaited(
        30,
        async () =>
          (await described()).instances.filter(({ LifecycleState }) => LifecycleState === 'InService')
            .length === 2 || undefined,
      );
      const ending = async () => {
        const agent = machine.start('idle', '--disconnect-after-idle-timeout', '1');
        const [exitCode] = (await once(agent, 'exit')) as [number];
        expect(exitCode).to.equal(0);
        let restarted = false;
        await afterAgent(
          {
            serviceResult: 'success',
            notices: { targetState: 'InService', interruptionAt: undefined, rebalance: false },
            endsByItself: false,
          },
          {
            group: groupCalls('us-east-1', await inService()),
            agent: {
              start() {
                restarted = true;
                return Promise.resolve();
              },
            },
            say: () => undefined,
            flush: () => Promise.resolve(),
          },
        );
        return restarted;
      };
      expect(await ending()).to.equal(false);
      expect((await described()).desired).to.equal(1);
      expect(await ending()).to.equal(true);
      expect((await described()).desired).to.equal(1);
    });
  });
});
