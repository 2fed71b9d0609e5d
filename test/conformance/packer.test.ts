import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../support/process.ts';
import { runTool, toolFolder } from './support/tools.ts';

describe('the packer template', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-packer-'));
  /** No plugin is fetched, and nobody is told of a run. */
  const env = {
    ...process.env,
    HOME: folder,
    PACKER_PLUGIN_PATH: join(folder, 'plugins'),
    CHECKPOINT_DISABLE: '1',
    PACKER_NO_COLOR: '1',
  };
  const packer = (...args: string[]) => runTool('packer', 'packer', args, { env });
  const validate = (...variables: string[]) =>
    packer('validate', ...['region=eu-west-1', ...variables].flatMap((each) => ['-var', each]), 'packer');

  before(async () => {
    const plugin = join(toolFolder('packer-plugin-amazon'), 'bin/packer-plugin-amazon');
    const installed = await packer('plugins', 'install', '--path', plugin, 'github.com/hashicorp/amazon');
    expect(installed.exitCode, installed.stderr).to.equal(0);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const distribution of ['amazonlinux2023', 'ubuntu2404']) {
    for (const architecture of ['amd64', 'arm64']) {
      it(`is valid for ${distribution} on ${architecture}`, async () => {
        const script = join(folder, 'provision.sh');
        writeFileSync(script, 'echo "mine: $HOME"\n');
        const built = await validate(
          `distribution=${distribution}`,
          `architecture=${architecture}`,
          `provision=${script}`,
        );
        expect(built.stdout + built.stderr).to.contain('The configuration is valid.');
        expect(built.exitCode).to.equal(0);
      });
    }
  }

  it('refuses what it has no image for', async () => {
    const { exitCode, stdout, stderr } = await validate('distribution=debian');
    expect(exitCode).to.equal(1);
    expect(stdout + stderr).to.contain('The distribution must be amazonlinux2023 or ubuntu2404.');
  });

  it('runs what user data runs before the program', async () => {
    const variables = ['-var', 'region=eu-west-1'];
    const asked = () =>
      runTool('packer', 'packer', ['console', ...variables, 'packer'], { env, input: 'local.runtime\n' });
    let shown = await asked();
    // The console evaluates locals in no order, and at times not all of them.
    for (let tried = 1; shown.stdout.includes('Unsupported attribute') && tried < 20; tried++)
      shown = await asked();
    expect(shown.stdout).to.contain('patiently dnf install --assumeyes --quiet nodejs22');
    expect(shown.stdout).to.contain('/opt/bk-stack/node').and.to.not.contain('host.mjs');
  });

  it('cleans the machine at the very end, by its script', () => {
    const template = readFileSync(join(root, 'packer/bk-stack.pkr.hcl'), 'utf8');
    const provisioners = [...template.matchAll(/^ {2}provisioner "(\w+)" \{\n(.*?)^ {2}\}/gms)];
    const settings = [...(provisioners.at(-1)?.[2] ?? '').matchAll(/^ {4}(\w+) += (.*)$/gm)];
    expect(settings.map(([, name, value]) => [name, value])).to.eql([
      ['execute_command', '"sudo {{ .Vars }} bash {{ .Path }}"'],
      ['script', '"${path.root}/clean.sh"'],
    ]);
  });

  it('is formatted as packer formats', async () => {
    const { exitCode, stdout } = await packer('fmt', '-check', '-diff', 'packer');
    expect(stdout).to.equal('');
    expect(exitCode).to.equal(0);
  });
});
