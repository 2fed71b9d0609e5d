import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { STATIC_FILES } from '../../src/host/boot/configuration/files.ts';
import { Machine } from '../../src/host/boot/machine/machine.ts';
import { AGENT_RESTART } from '../../src/host/program/paths.ts';
import { agentRestartDropIn, enableUnit } from '../../src/host/boot/machine/systemd.ts';
import type { Run } from '../../src/shell/run.ts';
import { stack, userDataOf } from '../support/bk-stack-template.ts';
import { type Finished, root, runProcess } from '../support/process.ts';
import { runTool, toolFolder } from './support/tools.ts';

const CLEAN: Finished = { exitCode: 0, stdout: '', stderr: '' };

describe('what lies on an instance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-files-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const filesIn = (place: string) => STATIC_FILES.filter(({ path }) => path.startsWith(place));

  describe('in shell', () => {
    let userData: string;
    let texts: string[];
    before(async () => {
      userData = userDataOf(await stack({ BootstrapScriptUrl: 's3://scripts/b.sh' }));
      const cleaning = readFileSync(join(root, 'packer/clean.sh'), 'utf8');
      const scripts = [...filesIn('/etc/buildkite-agent/hooks/'), ...filesIn('/opt/bk-stack/')];
      texts = [userData, cleaning, ...scripts.map(({ text }) => text)];
      expect(texts).to.have.length(6);
    });

    it('has nothing that shellcheck finds', async () => {
      for (const input of texts) {
        expect(await runProcess('shellcheck', ['--severity=style', '-'], { input })).to.deep.equal(CLEAN);
      }
    });

    it('is written as shfmt writes it', async () => {
      for (const input of texts) {
        expect(await runProcess('shfmt', ['-d', '-i', '2'], { input })).to.deep.equal(CLEAN);
      }
    });

    it('does what bats expects of it', async () => {
      writeFileSync(join(folder, 'user-data'), userData);
      await runProcess(process.execPath, [join(root, 'dist/host/host.mjs'), 'files', folder]);
      const env = { ...process.env, FILES: folder };
      const tested = await runProcess('bats', ['test/conformance/shell.bats'], { env });
      expect(tested.exitCode, tested.stdout + tested.stderr).to.equal(0);
    });

    it('is a script to cloud-init, whose schema is for its own format', async () => {
      const path = join(folder, 'user-data');
      writeFileSync(path, userData);
      const python = (...args: string[]) =>
        runTool('cloud-init', 'python', args, {
          env: {
            ...process.env,
            PYTHONPATH: join(toolFolder('cloud-init'), 'usr/lib/python3/dist-packages'),
          },
        });
      const type =
        'import sys; from cloudinit import handlers; print(handlers.type_from_starts_with(open(sys.argv[1]).read()))';
      expect(await python('-c', type, path)).to.deep.include({ exitCode: 0, stdout: 'text/x-shellscript\n' });
      const schema = await python('-m', 'cloudinit.cmd.main', 'schema', '--config-file', path);
      expect(schema.stdout + schema.stderr).to.contain('needs to begin with "#cloud-config"');
    });
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
    expect(paths).to.have.length(7);
    const { stdout: version } = await runProcess('systemctl', ['--version']);
    const restart = agentRestartDropIn(version);
    if (restart !== undefined) {
      const dropIns = join(folder, basename(dirname(AGENT_RESTART)));
      mkdirSync(dropIns);
      writeFileSync(join(dropIns, basename(AGENT_RESTART)), restart);
    }
    expect(await runProcess('systemd-analyze', ['verify', '--man=no', ...paths])).to.deep.equal(CLEAN);
  });

  describe('when presets are applied to all units', () => {
    const UNITS = filesIn('/etc/systemd/system/')
      .filter(({ text }) => text.includes('[Install]'))
      .map(({ path }) => basename(path));
    /** What the distributions' own presets end with: Ubuntu's enable what they do not name, Amazon Linux's disable it. */
    const DISTRIBUTIONS = { Ubuntu: '', 'Amazon Linux': 'disable *\n' };
    let machine: Machine;
    const systemctl = (...args: string[]) => runProcess('systemctl', [`--root=${machine.root}`, ...args]);
    const enabledUnits = async () => {
      const enabled: string[] = [];
      for (const unit of UNITS)
        if ((await systemctl('is-enabled', unit)).stdout.trim() === 'enabled') enabled.push(unit);
      return enabled.sort();
    };
    /** A machine with these units, as an image has them. */
    const lay = async (distribution: keyof typeof DISTRIBUTIONS) => {
      const run: Run = async (command, args) => {
        const { exitCode, ...output } = await runProcess(command, [`--root=${machine.root}`, ...args]);
        return { status: exitCode ?? 1, ...output };
      };
      machine = new Machine(() => undefined, mkdtempSync(join(folder, 'presets-')), run);
      for (const { path, mode, text } of STATIC_FILES) await machine.write(path, text, { mode });
      await machine.write('/usr/lib/systemd/system-preset/99-default.preset', DISTRIBUTIONS[distribution]);
    };

    for (const distribution of ['Ubuntu', 'Amazon Linux'] as const) {
      for (const mode of ['enable-only', 'full']) {
        it(`has no unit enabled before the boot has enabled it, on ${distribution} (${mode})`, async () => {
          await lay(distribution);
          expect((await systemctl('preset-all', `--preset-mode=${mode}`)).exitCode).to.equal(0);
          expect(await enabledUnits()).to.eql([]);
        });

        it(`leaves enabled what the boot has enabled, on ${distribution} (${mode})`, async () => {
          await lay(distribution);
          const units = ['bk-stack-lifecycle.service', 'buildkite-agent.service'];
          for (const unit of units) await enableUnit(machine, unit);
          expect((await systemctl('preset-all', `--preset-mode=${mode}`)).exitCode).to.equal(0);
          expect(await enabledUnits()).to.eql(units);
        });
      }
    }
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
