import { expect } from 'chai';
import { createServer, type AddressInfo } from 'node:net';
import { commandLines } from '../support/command-lines.ts';
import { CliSandbox } from '../support/sandbox.ts';

describe('bk-stack sandbox', () => {
  let sandbox: CliSandbox;
  beforeEach(() => {
    sandbox = new CliSandbox();
  });
  afterEach(() => sandbox.remove());

  it('starts, is found by every command, and stops', async () => {
    expect((await sandbox.run('sandbox', 'status')).stdout).to.contain('No sandbox runs');
    await sandbox.start();
    const status = await sandbox.run('sandbox', 'status', '--json');
    expect(JSON.parse(status.stdout)).to.include({ running: true, endpoint: sandbox.endpoint, speed: 200 });
    const list = await sandbox.run('list');
    expect(list.stderr).to.contain(`Sandbox at ${sandbox.endpoint}`).and.to.contain('nothing touches AWS');
    expect((await sandbox.run('sandbox', 'stop')).stdout).to.contain('stopped');
    expect((await sandbox.run('sandbox', 'stop')).stdout).to.contain('No sandbox runs');
  });

  it('is started by --sandbox when none runs', async () => {
    const list = await sandbox.runWith({ env: { BK_STACK_SANDBOX: undefined } }, 'list', '--sandbox');
    expect(list.exitCode, list.stderr).to.equal(0);
    expect(list.stderr).to.contain('nothing touches AWS');
    const status = await sandbox.run('sandbox', 'status', '--json');
    expect(JSON.parse(status.stdout)).to.include({ running: true, speed: 20 });
  });

  it('refuses a second one, a port that is taken, and a fault that there is not', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const port = String((other.address() as AddressInfo).port);
    const taken = await sandbox.run('sandbox', 'start', '--port', port);
    other.close();
    expect(taken.exitCode).to.equal(2);
    expect(taken.stderr).to.contain(`Port ${port} of 127.0.0.1 is taken by another program`);

    const fault = await sandbox.run('sandbox', 'start', '--fail', 'weather=bad');
    expect(fault.exitCode).to.equal(2);
    expect(fault.stderr).to.contain('The fault "weather=bad" cannot be used').and.to.contain('boot[=<rate>]');

    await sandbox.start();
    const second = await sandbox.run('sandbox', 'start');
    expect(second.exitCode).to.equal(2);
    expect(second.stderr).to.contain(`A sandbox runs already at ${sandbox.endpoint}`);
  });

  it('prints what other tools need, keys of this start among it, which are nowhere else', async () => {
    const keys = async () => {
      const { stdout } = await sandbox.run('sandbox', 'env');
      expect(stdout).to.contain(`export AWS_ENDPOINT_URL=${sandbox.endpoint}`);
      expect(stdout).to.contain('unset AWS_PROFILE');
      const [, secret = ''] = /^export AWS_SECRET_ACCESS_KEY='?([\w-]+)'?$/m.exec(stdout) ?? [];
      expect(secret).to.equal(sandbox.client.credentials.secretAccessKey);
      return stdout;
    };
    await sandbox.start();
    const first = await keys();
    const { secretAccessKey } = sandbox.client.credentials;
    const status = await sandbox.run('sandbox', 'status', '--json');
    expect(status.stdout + status.stderr + commandLines()).to.not.contain(secretAccessKey);
    await sandbox.run('sandbox', 'stop');
    await sandbox.start('--port', new URL(sandbox.endpoint).port);
    expect(await keys()).to.not.equal(first);
    // As a shell that has evaluated the first, and does not know of bk-stack's own way to find the sandbox.
    const stale = await sandbox.shell(`${first}\nunset BK_STACK_SANDBOX; $BK list`);
    expect(stale.exitCode).to.equal(1);
    expect(stale.stderr).to.contain('run eval "$(bk-stack sandbox env)" again');
    const fresh = await sandbox.shell(`eval "$($BK sandbox env)"; unset BK_STACK_SANDBOX; $BK list`);
    expect(fresh.exitCode, fresh.stderr).to.equal(0);
  });

  it('is emptied only after a yes', async () => {
    await sandbox.start();
    const asked = await sandbox.run('sandbox', 'reset');
    expect(asked.exitCode).to.equal(2);
    expect(asked.stderr).to.contain('bk-stack sandbox reset --yes');
    expect((await sandbox.run('sandbox', 'reset', '--yes')).stdout).to.contain('The sandbox is empty');
  });
});
