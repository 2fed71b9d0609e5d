import { expect } from 'chai';
import type { Finished } from '../support/process.ts';
import type { Machine } from './support/machine.ts';
import { MachineStack } from './support/machine-stack.ts';

/** A build of an image from nothing but a static program, and a service from it. */
const COMPOSE_JOB = String.raw`set -eu
cp /bin/busybox busybox
printf 'FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT ["/bin/busybox"]\n' >Dockerfile
printf 'services:\n  greeter:\n    build: .\n    command: ["echo", "hello from the container"]\n' >compose.yaml
docker compose run --rm greeter
docker compose down --rmi all --volumes`;

describe('an instance from a bare image', function () {
  this.timeout(600_000);
  const stack = new MachineStack();
  let created: Promise<Finished>;
  let machine: Machine;
  before(async () => {
    await stack.start();
    created = stack.create({ MinSize: '1', MaxSize: '3' });
    machine = await stack.launched();
  });
  after(() => stack.remove());

  it('boots, connects its agent and signals its stack', async () => {
    machine.powerOn();
    await machine.booted();
    const { exitCode, stdout, stderr } = await created;
    expect(exitCode, stdout + stderr).to.equal(0);
    expect(await stack.status()).to.equal('CREATE_COMPLETE');
    expect(machine.run('systemctl is-system-running || true').trim()).to.equal('running');
  });

  it('runs a job that builds an image and runs a service from it', async () => {
    const job = await stack.awaited(await stack.push(COMPOSE_JOB), machine, 'finished', 'lost');
    expect(job).to.include({ state: 'finished', exitStatus: '0' });
    expect(job.log).to.contain('hello from the container');
  });
});
