import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../support/process.ts';

describe('the npm package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-package-'));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('installs into an empty prefix without the network, and runs', async function () {
    this.timeout(300_000);
    const pack = await runProcess('npm', [
      'pack',
      '--ignore-scripts',
      '--json',
      '--pack-destination',
      folder,
    ]);
    expect(pack.exitCode, pack.stderr).to.equal(0);
    const packed = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
    expect(packed).to.have.length(1);

    const prefix = join(folder, 'prefix');
    const install = await runProcess('npm', [
      ...['install', '--global', '--offline', '--ignore-scripts', '--prefix', prefix],
      join(folder, packed[0]!),
    ]);
    expect(install.exitCode, install.stderr).to.equal(0);

    const command = join(prefix, 'bin', 'bk-stack');
    const version = await runProcess(command, ['--version'], { cwd: folder });
    expect(version.stdout).to.match(/^bk-stack\/\d+\.\d+\.\d+ /);
    const help = await runProcess(command, ['--help'], { cwd: folder });
    for (const name of ['create', 'list', 'status', 'delete', 'sandbox'])
      expect(help.stdout).to.contain(name);
    expect(readdirSync(join(prefix, 'lib/node_modules/bk-stack'))).to.include.members([
      ...['bin', 'dist', 'template', 'oclif.manifest.json', 'README.md', 'THIRD-PARTY-LICENSES.txt'],
    ]);
  });
});
