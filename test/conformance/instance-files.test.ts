import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { STATIC_FILES } from '../../src/host/boot/files.ts';
import { stack, userDataOf } from '../support/bk-stack-template.ts';
import { type Finished, runProcess } from '../support/process.ts';

const CLEAN: Finished = { exitCode: 0, stdout: '', stderr: '' };

describe('what lies on an instance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-files-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const filesIn = (place: string) => STATIC_FILES.filter(({ path }) => path.startsWith(place));

  it('has shell that shellcheck finds nothing in, the user data’s too', async () => {
    const userData = userDataOf(await stack({ BootstrapScriptUrl: 's3://scripts/b.sh' }));
    for (const text of [userData, ...filesIn('/etc/buildkite-agent/hooks/').map(({ text }) => text)]) {
      const checked = await runProcess('shellcheck', ['--severity=style', '-'], { input: text });
      expect(checked).to.deep.equal(CLEAN);
    }
  });

  it('has units that systemd takes', async () => {
    const units = filesIn('/etc/systemd/system/').filter(({ path }) => /\.(service|timer)$/.test(path));
    const paths = units.map(({ path, text }) => {
      const place = join(folder, basename(path));
      // The programs are not on this machine, and systemd looks for them.
      writeFileSync(
        place,
        text.replaceAll(/\/(opt\/bk-stack\/node|usr\/bin\/buildkite-agent)\b/g, '/bin/true'),
      );
      return place;
    });
    expect(paths).to.have.length(5);
    expect(await runProcess('systemd-analyze', ['verify', '--man=no', ...paths])).to.deep.equal(CLEAN);
  });

  it('has rights for sudo that visudo takes', async () => {
    for (const { path, text } of filesIn('/etc/sudoers.d/')) {
      const checked = await runProcess('visudo', ['--check', '--strict', '--file=-'], { input: text });
      expect(checked.exitCode, `${path}: ${checked.stdout}${checked.stderr}`).to.equal(0);
    }
  });

  it('has logs that logrotate takes', async () => {
    for (const { path, text } of filesIn('/etc/logrotate.d/')) {
      const place = join(folder, 'logrotate');
      mkdirSync(folder, { recursive: true });
      writeFileSync(place, text, { mode: 0o644 });
      const checked = await runProcess('logrotate', ['--debug', '--state', join(folder, 'state'), place]);
      expect(checked.exitCode, path).to.equal(0);
      expect(checked.stderr).to.not.match(/error/i);
      expect(readFileSync(place, 'utf8')).to.equal(text);
    }
  });
});
