import { expect } from 'chai';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Finished } from '../support/process.ts';
import { root } from '../support/process.ts';
import { until } from '../support/until.ts';
import { Machine } from './support/machine.ts';
import { MachineStack } from './support/machine-stack.ts';

/** A build of an image from nothing but a static program, and a service from it. */
const COMPOSE_JOB = String.raw`set -eu
cp /bin/busybox busybox
printf 'FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT ["/bin/busybox"]\n' >Dockerfile
printf 'services:\n  greeter:\n    build: .\n    command: ["echo", "hello from the container"]\n' >compose.yaml
docker compose run --rm greeter
docker compose down --rmi all --volumes`;

/** What packer/bk-stack.pkr.hcl runs on the machine that becomes an image. */
const BAKE = `set -eu
install --directory --mode=0755 /etc/bk-stack /opt/bk-stack /var/lib/bk-stack
ln --symbolic --force "$(command -v node)" /opt/bk-stack/node
install --mode=0644 /root/host.mjs /opt/bk-stack/host.mjs
/opt/bk-stack/node /opt/bk-stack/host.mjs install stable
/opt/bk-stack/node /opt/bk-stack/host.mjs smoke
bash /root/clean.sh`;
const ENVIRONMENT =
  'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt';
const NO_CLOUD_INIT = '/etc/cloud/cloud-init.disabled';

/** Makes an image as Packer does, on a machine that is no instance of the stack. */
async function bakedImage(stack: MachineStack): Promise<string> {
  const files = { [NO_CLOUD_INIT]: '' };
  const builder = new Machine(stack.world, { instanceId: 'i-builder', privateIp: '10.255.0.1' }, { files });
  try {
    cpSync(join(root, 'dist/host/host.mjs'), builder.path('/root/host.mjs'));
    cpSync(join(root, 'packer/clean.sh'), builder.path('/root/clean.sh'));
    builder.powerOn();
    const isUp = async () =>
      /running|degraded/.test((await builder.try('systemctl is-system-running')).stdout);
    await until('the builder is up', isUp, { instead: () => builder.story() });
    await builder.run(`export ${ENVIRONMENT}; ${BAKE}`);
    await builder.run(`rm ${NO_CLOUD_INIT}`);
  } finally {
    await builder.remove();
  }
  return builder.layer;
}

describe('instances on a real Linux', function () {
  this.timeout(600_000);
  const stack = new MachineStack();
  let created: Promise<Finished>;
  let machine: Machine;
  const told: string[] = [];
  const run = (command: string, env?: Readonly<Record<string, string>>) => finished(machine, command, env);
  const finished = async (on: Machine, command: string, env?: Readonly<Record<string, string>>) =>
    stack.awaited(await stack.push(command, env), on, 'finished', 'lost');
  const succeeds = ({ exitStatus, log }: Awaited<ReturnType<typeof run>>) => {
    expect(exitStatus, log).to.equal('0');
  };
  const bootSeconds = (of: Machine) => {
    const times = [...of.read('/var/log/bk-stack/boot.log').matchAll(/^(\S+Z) /gm)].map(([, at = '']) =>
      Date.parse(at),
    );
    return Math.round((Math.max(...times) - Math.min(...times)) / 1000);
  };

  before(async () => {
    await stack.start();
    created = stack.create({ MinSize: '1', MaxSize: '1', AgentsPerInstance: '2', ScaleInIdlePeriod: '3600' });
    machine = await stack.launched();
  });
  after(async () => {
    process.stdout.write(`      From user data's last line to the agent's start: ${told.join(', ')}\n`);
    await stack.remove();
  });

  describe('from a bare image', () => {
    it('boots, connects its agents and signals its stack', async () => {
      machine.powerOn();
      await machine.booted();
      const { exitCode, stdout, stderr } = await created;
      expect(exitCode, stdout + stderr).to.equal(0);
      expect(await stack.status()).to.equal('CREATE_COMPLETE');
      const failed = await machine.run('systemctl list-units --failed --plain --no-legend --no-pager');
      // This kernel has no NVMe over fabrics.
      expect(failed.split('\n').filter((line) => line !== '' && !line.startsWith('nvmf-'))).to.eql([]);
      await stack.giveRepository(machine);
      told.push(`bare image: ${bootSeconds(machine)} s`);
    });

    it('has its job’s image built and its service run', async () => {
      const job = await run(COMPOSE_JOB);
      succeeds(job);
      expect(job.log).to.contain('hello from the container');
    });

    it('runs two jobs side by side', async () => {
      const meet = (mine: string, other: string) =>
        `touch /tmp/${mine}; for try in $(seq 60); do [ -e /tmp/${other} ] && exit 0; sleep 1; done; exit 1`;
      const jobs = await Promise.all([run(meet('one', 'two')), run(meet('two', 'one'))]);
      jobs.forEach(succeeds);
    });

    it('keeps secrets of every kind out of the job’s log', async () => {
      const secret = 'a-secret of 3 words';
      const put = (args: string[], input: string) =>
        stack.sandbox.runWith({ input }, 'secrets', 'put', 'ci', ...args);
      for (const [args, input] of [
        [['--set', 'DB_PASSWORD'], secret],
        [['--secret-file', 'API_TOKEN'], `${secret}-file\n`],
      ] as const) {
        const { exitCode, stdout, stderr } = await put([...args], input);
        expect(exitCode, stdout + stderr).to.equal(0);
      }
      const job = await run('echo "length ${#DB_PASSWORD} and ${#API_TOKEN}"; echo "$DB_PASSWORD"; env');
      succeeds(job);
      expect(job.log).to.contain(`length ${secret.length} and`).and.contain('[REDACTED]');
      expect(job.log).to.not.contain(secret);
    });

    it('outlives one crash of its agent', async () => {
      const pid = async () =>
        (await machine.run('systemctl show --property=MainPID --value buildkite-agent')).trim();
      const before = await pid();
      await machine.run(`kill -KILL ${before}`);
      await until('another agent runs', async () => !['0', before].includes(await pid()), {
        instead: () => machine.story(),
      });
      succeeds(await run('true'));
      expect(await stack.stateOf(machine)).to.equal('InService');
    });

    it('keeps serving after a reboot', async () => {
      await machine.run('systemctl reboot --no-block');
      await machine.shutDown();
      machine.powerOn();
      const isUp = async () =>
        (await machine.try('systemctl is-active buildkite-agent')).stdout.trim() === 'active';
      await until('its agent runs again', isUp, { instead: () => machine.story() });
      succeeds(await run('docker version'));
      expect(await stack.stateOf(machine)).to.equal('InService');
    });
  });

  describe('from a baked image', () => {
    let baked: Machine;

    it('boots without installing anything', async () => {
      const image = await bakedImage(stack);
      await stack.resize(2);
      baked = await stack.launched({ image });
      baked.powerOn();
      await baked.booted();
      expect(baked.read('/var/log/bk-stack/boot.log')).to.not.contain('installing');
      await until('it serves', async () => (await stack.stateOf(baked)) === 'InService', {
        instead: () => baked.story(),
      });
      await stack.giveRepository(baked);
      told.push(`baked image: ${bootSeconds(baked)} s`);
    });

    it('finishes its jobs when the group ends it', async () => {
      const ids = await Promise.all([0, 1, 2, 3].map(() => stack.push('sleep 20; echo finished')));
      for (const id of ids) await stack.awaited(id, baked, 'running');
      await stack.autoScaling.terminateInstanceInAutoScalingGroup({
        InstanceId: baked.place.instanceId,
        ShouldDecrementDesiredCapacity: false,
      });
      for (const id of ids) {
        const job = await stack.awaited(id, baked, 'finished', 'lost');
        expect(job.state).to.equal('finished');
        succeeds(job);
      }
      await until('it has left the group', async () => (await stack.stateOf(baked)) === undefined, {
        instead: () => baked.story(),
      });
    });
  });

  describe('whose agent can’t stay up', () => {
    it('is marked unhealthy and powers off', async () => {
      await machine.run(
        'systemctl stop bk-stack-lifecycle; mv /usr/bin/buildkite-agent /usr/bin/gone; printf "#!/bin/sh\\nexit 1\\n" >/usr/bin/buildkite-agent; chmod 755 /usr/bin/buildkite-agent; systemctl kill --signal=KILL buildkite-agent',
      );
      await until(
        'the group replaces it',
        async () => (await stack.stateOf(machine))?.startsWith('Terminating') ?? true,
        { instead: () => machine.story() },
      );
    });
  });
});
