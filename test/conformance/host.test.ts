import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { agentConfig } from '../../src/host/boot/configuration/agent-config.ts';
import { Settings } from '../../src/host/program/settings.ts';
import { until } from '../support/until.ts';
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
  this.timeout(300_000);
  let sandbox: Sandbox;
  let machine: AgentMachine;
  before(async () => {
    sandbox = await Sandbox.start();
    machine = new AgentMachine(() => sandbox.client);
    await machine.setUp(SETTINGS);
  });
  after(async () => {
    machine.remove();
    await sandbox.stop();
  });

  describe('with the host program’s hooks', () => {
    before(async () => {
      const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
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
      await machine.serve();
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
      await until(`${socket} is gone after the job`, () => !existsSync(socket));
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

    it('keeps them out in every form in which they are stored and shown', async () => {
      const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
      const put = (Key: string, Body: string) => s3.putObject({ Bucket: BUCKET, Key: `marked/${Key}`, Body });
      await put('secret-files/LINE_TOKEN', 'line-mark7f3a\n');
      await put('secret-files/LINES_SECRET', 'first-mark7f3a\n  "second-mark7f3a"\nx\nlast-mark7f3a\n');
      await put('secret-files/DOS_PASSWORD', 'first-dos-mark7f3a\r\nlast-dos-mark7f3a\r\n');
      await put(
        'env',
        [
          'GH_TOKEN_RO=named-mark7f3a',
          'MADE_TOKEN_RO=$(echo made-mark7f3a)',
          'MULTI_PRIVATE_KEY="of-env-mark7f3a',
          'more-of-env-mark7f3a"',
        ].join('\r\n'),
      );
      await put('git-credentials', 'https://robot:mark7f3a%2Fp%40ss@github.com\n');
      const { exitStatus, log } = await ran(
        [
          'for name in LINE_TOKEN LINES_SECRET DOS_PASSWORD GH_TOKEN_RO MADE_TOKEN_RO MULTI_PRIVATE_KEY; do',
          'echo "$name: ${!name}"; echo "${!name}" | head -1; echo "${!name}" | tail -1; done',
          `credential=$(printf 'protocol=https\nhost=github.com\n' | git credential fill)`,
          'echo "git: $credential"; echo "$credential" | sed "s#/#%2F#; s#@#%40#"',
          'echo "git: $credential" | sed "s#/#%2f#; s#@#%40#"',
          'test "$LINE_TOKEN" = "line-mark${EMPTY}7f3a"$\'\\n\' && echo "as stored"',
        ].join('\n'),
        { BUILDKITE_PIPELINE_SLUG: 'marked' },
      );
      expect(exitStatus, log).to.equal('0');
      expect(log).to.contain('LINE_TOKEN: [REDACTED]').and.to.contain('as stored');
      expect(log.match(/\[REDACTED\]/g)).to.have.length.greaterThan(15);
      for (const { log } of await machine.jobs()) expect(log).to.not.match(/mark7f3a/);
    });

    it('fails a job whose secrets cannot be redacted, and shows none', async () => {
      const agent = join(machine.folder, 'bin/buildkite-agent');
      writeFileSync(agent, '#!/bin/bash\ncat >&2\nexit 1\n');
      chmodSync(agent, 0o755);
      const { exitStatus, log } = await ran('echo reached');
      rmSync(agent);
      expect(exitStatus, log).to.equal('53');
      expect(log)
        .to.contain("The agent's log redactor failed, so logs could show secrets")
        .and.to.not.match(/reached|deploy-token-9d1f|git\/password/);
    });

    it('is not changed by the variables of a pipeline, which reach the job', async () => {
      const { exitStatus, log } = await ran(
        'test "$DEPLOY_TOKEN" = deploy-token-9d1f && echo "[$NODE_OPTIONS|$AWS_ENDPOINT_URL|$AWS_PROFILE]"',
        {
          NODE_OPTIONS: '--require ./of-the-job.js',
          NODE_EXTRA_CA_CERTS: '/nonexistent',
          LD_LIBRARY_PATH: '/nonexistent',
          AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
          AWS_PROFILE: 'of-the-job',
          AWS_EC2_METADATA_DISABLED: 'true',
          BK_STACK_SETTINGS: '/nonexistent',
          SHELLOPTS: 'xtrace',
          BASH_ENV: '/nonexistent',
        },
      );
      expect(exitStatus, log).to.equal('0');
      expect(log).to.contain('[--require ./of-the-job.js|http://127.0.0.1:1|of-the-job]');
      expect(log).to.not.match(/export DEPLOY_TOKEN/);
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
      await until('it is gone after the job', () => !existsSync(folder));
    });

    it('logs into ECR, its own and that of another account', async () => {
      const { exitStatus, log } = await ran('true', {
        AWS_ECR_LOGIN: 'true',
        AWS_ECR_LOGIN_REGISTRY_IDS: '111122223333, 444455556666',
      });
      expect(exitStatus, log).to.equal('0');
      const logins = machine.dockerLog.slice(-2).map((line) => line.replace(/<\w+>.*/, '<a token>'));
      expect(logins).to.eql(
        ['111122223333', '444455556666'].map(
          (account) =>
            `login --username AWS --password-stdin ${account}.dkr.ecr.us-east-1.amazonaws.com <a token>`,
        ),
      );
      const token = /<(\w+)>/.exec(machine.dockerLog.at(-1) ?? '')?.[1] ?? '';
      expect(token).to.match(/^[0-9a-f]{100,}$/);
      expect(log).to.not.contain(token);
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
      const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
      await s3.putObject({ Bucket: BUCKET, Key: 'broken/env', Body: 'A="' });
      const { exitStatus, log } = await ran('echo never', { BUILDKITE_PIPELINE_SLUG: 'broken' });
      expect(exitStatus).to.not.equal('0');
      expect(log).to.contain('broken/env in the secrets bucket').and.to.not.contain('never');
    });
  });

  it('fails a job on a full disk, after it has made what room it can, and retires its instance', async () => {
    const agent = machine.startOnSmallDisk('small');
    const id = await machine.push('small', 'echo never', { SECRETS_PLUGIN_ENABLED: 'false' });
    const { exitStatus, log } = await machine.finished(id);
    agent.kill('SIGKILL');
    expect(exitStatus).to.not.equal('0');
    expect(log)
      .to.contain('The disk is full')
      .and.to.contain('jobs need 5120 MiB')
      .and.to.not.contain('never');
    const asked = machine.dockerLog.join('\n');
    expect(asked).to.match(/image prune --all --force --filter until=4h[^]*image prune --all --force </);
    expect(machine.sudoLog.join('\n')).to.contain('/opt/bk-stack/host.mjs retire');
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
    const text = agentConfig(settings, { instanceId: 'i-1', token: machine.token, dockerVersion: '29.1.0' });
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
});
