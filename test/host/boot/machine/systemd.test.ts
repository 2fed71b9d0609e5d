import { expect } from 'chai';
import { basename } from 'node:path';
import { STATIC_FILES } from '../../../../src/host/boot/configuration/files.ts';
import { BOOT_STATE, PRESETS, UNIT_LOGS, WAKE_UNIT } from '../../../../src/host/program/paths.ts';
import { Machine } from '../../../../src/host/boot/machine/machine.ts';
import { agentRestartDropIn, enableUnit } from '../../../../src/host/boot/machine/systemd.ts';

const textOf = (path: string) => STATIC_FILES.find((file) => file.path === path)?.text ?? '';

describe('the restart of a crashed agent', () => {
  it('is direct from systemd 254 on, whose OnFailure= fires at each restart otherwise', () => {
    for (const version of [
      '254 (254.26-1~bpo12+1)',
      '255 (255.4-1ubuntu8.4)',
      '257 (257.13-1~deb13u1)',
      '1000',
    ]) {
      expect(agentRestartDropIn(`systemd ${version}\n+PAM`), version).to.match(
        /^\[Service\]\n(#.*\n)*RestartMode=direct\n$/,
      );
    }
  });

  it('is left to earlier versions, which do not know the key', () => {
    for (const version of ['252 (252.23-2.amzn2023)', '253 (253.5-1ubuntu6)', '99']) {
      expect(agentRestartDropIn(`systemd ${version}\n+PAM`), version).to.equal(undefined);
    }
  });

  it('is not guessed where systemctl prints no version', () => {
    for (const text of ['', 'systemctl: not found', 'systemd v255', 'GNU systemd 255']) {
      expect(() => agentRestartDropIn(text), text).to.throw('no version of systemd');
    }
  });
});

describe('the log of an agent’s end', () => {
  it('is the lifecycle log, as with everything else that ends an instance', () => {
    expect(textOf('/etc/systemd/system/buildkite-agent.service')).to.match(
      /^ExecStopPost=\+\/bin\/sh -c 'exec [^']* agent-ended >>\/var\/log\/bk-stack\/lifecycle\.log 2>&1'$/m,
    );
  });

  it('is known for each unit that writes to a file of its own', () => {
    const unitsWithFile = STATIC_FILES.flatMap(({ path, text }) => {
      const file = /^StandardOutput=append:(.*)$/m.exec(text)?.[1];
      const unit = /\/([^/]+\.service)(\.d\/.*)?$/.exec(path)?.[1];
      return file === undefined || unit === undefined ? [] : [[unit, file] as const];
    });
    expect(unitsWithFile).to.have.length.greaterThan(2);
    for (const [unit, file] of unitsWithFile) expect(UNIT_LOGS[unit], unit).to.equal(file);
  });
});

describe('units on an image', () => {
  it('are disabled by a preset, each one that can be enabled', () => {
    const units = STATIC_FILES.filter(({ path }) => /^\/etc\/systemd\/system\/[^/]+$/.test(path));
    const installable = units
      .filter(({ text }) => text.includes('[Install]'))
      .map(({ path }) => basename(path));
    expect(installable).to.include.members([WAKE_UNIT, 'buildkite-agent.service']);
    expect(textOf(PRESETS).trimEnd().split('\n').sort()).to.eql(
      installable.map((unit) => `disable ${unit}`).sort(),
    );
  });

  it('do not wake an instance that was never booted', () => {
    const unit = /^\[Unit\]\n([^[]*)/.exec(textOf(`/etc/systemd/system/${WAKE_UNIT}`))?.[1];
    expect(unit).to.contain(`ConditionPathExists=${BOOT_STATE}\n`);
  });
});

describe('enabling a unit', () => {
  for (const [what, before, after] of [
    ['adds it to the presets', 'disable a.service\n', 'disable a.service\nenable x.service\n'],
    [
      'takes the place of its line',
      'disable x.service\ndisable a.service\n',
      'disable a.service\nenable x.service\n',
    ],
    ['may be repeated', 'enable x.service\n', 'enable x.service\n'],
    [
      'leaves units alone whose names only end so',
      'disable my-x.service\n\n',
      'disable my-x.service\nenable x.service\n',
    ],
  ] as const) {
    it(what, async () => {
      const commands: string[] = [];
      const machine = new Machine(
        () => undefined,
        '/nowhere',
        (command, args) => {
          commands.push([command, ...args].join(' '));
          return Promise.resolve({ status: 0, stdout: '', stderr: '' });
        },
      );
      machine.read = (path) => (path === PRESETS ? before : '');
      machine.write = (path, content) => {
        commands.push(`${path}: ${String(content)}`);
        return Promise.resolve();
      };
      await enableUnit(machine, 'x.service');
      expect(commands).to.eql([`${PRESETS}: ${after}`, 'systemctl enable x.service']);
      commands.length = 0;
      await enableUnit(machine, 'x.service', '--now');
      expect(commands[1]).to.equal('systemctl enable --now x.service');
    });
  }
});
