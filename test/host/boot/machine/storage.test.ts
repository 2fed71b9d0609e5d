import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { agentUrl } from '../../../../src/host/boot/machine/software.ts';
import { Machine } from '../../../../src/host/boot/machine/machine.ts';
import {
  instanceStoreDisks,
  mountInstanceStore,
  mountTmp,
  withInstanceStore,
} from '../../../../src/host/boot/machine/storage.ts';

/** A machine that keeps its folders to itself, on which a path is mounted or not. */
function fakeMachine(mounted: boolean, ...disks: string[]) {
  const [commands, said]: [string[], string[]] = [[], []];
  const blockdevices = disks.map((name) => ({ name, model: 'Amazon EC2 NVMe Instance Storage' }));
  const machine = new Machine(
    (line) => said.push(line),
    mkdtempSync(join(tmpdir(), 'bk-stack-storage-')),
    (command, args) => {
      commands.push([command, ...args].join(' '));
      const status = command === 'mountpoint' && !mounted ? 1 : 0;
      return Promise.resolve({ status, stdout: JSON.stringify({ blockdevices }), stderr: '' });
    },
  );
  machine.folder = (path, options) => {
    commands.push(`folder ${path}${options?.owner === undefined ? '' : ` of ${options.owner}`}`);
    return Promise.resolve();
  };
  return { machine, commands, said };
}

describe('the instance store', () => {
  it('is mounted at a reboot before the agent and Docker, which do not start without it', async () => {
    const { machine } = fakeMachine(false, 'nvme1n1');
    await machine.write('/etc/fstab', 'LABEL=root / ext4 defaults 0 1');
    await mountInstanceStore(machine);
    const fstab = machine.read('/etc/fstab');
    expect(fstab).to.match(
      /^LABEL=root \/ ext4 defaults 0 1\n#.*\nLABEL=bk-ephemeral \/mnt\/ephemeral ext4 \S*nofail\S* 0 0\n/,
    );
    expect(fstab).to.contain('/mnt/ephemeral/builds /var/lib/buildkite-agent/builds none bind,');
    expect(withInstanceStore(fstab), 'at the next wake').to.equal(fstab);
    const required = (unit: string) =>
      machine.read(`/etc/systemd/system/${unit}.service.d/30-instance-store.conf`);
    expect(required('docker')).to.equal('[Unit]\nRequiresMountsFor=/mnt/ephemeral\n');
    expect(required('buildkite-agent')).to.contain('RequiresMountsFor=/var/lib/buildkite-agent/builds ');
  });

  it('is told from volumes by its model', () => {
    const blockdevices = [
      { name: 'nvme0n1', model: 'Amazon Elastic Block Store' },
      { name: 'nvme1n1', model: 'Amazon EC2 NVMe Instance Storage        ' },
      { name: 'zram0', model: null },
    ];
    expect(instanceStoreDisks(JSON.stringify({ blockdevices }))).to.eql(['/dev/nvme1n1']);
  });

  const LSBLK = 'lsblk --json --nodeps --output NAME,MODEL';
  const MOUNTED = 'mountpoint --quiet /mnt/ephemeral';
  const HOME = '/var/lib/buildkite-agent';
  const put = (device: string) => [
    `mkfs.ext4 -q -F -m 0 -E nodiscard -L bk-ephemeral ${device}`,
    'folder /mnt/ephemeral',
    `mount --options defaults,noatime ${device} /mnt/ephemeral`,
    ...['builds', 'git-mirrors'].flatMap((name) => [
      `folder /mnt/ephemeral/${name} of buildkite-agent:buildkite-agent`,
      `folder ${HOME}/${name}`,
      `mount --bind /mnt/ephemeral/${name} ${HOME}/${name}`,
    ]),
    'systemctl daemon-reload',
  ];

  for (const [what, mounted, disks, commands, lines] of [
    [
      'is left out where there is none',
      false,
      [],
      [LSBLK],
      ['this instance type has no instance store; the root volume serves'],
    ],
    ['is left alone where it is mounted', true, ['nvme1n1'], [LSBLK, MOUNTED], []],
    [
      'is mounted',
      false,
      ['nvme1n1'],
      [LSBLK, MOUNTED, ...put('/dev/nvme1n1')],
      ['/dev/nvme1n1 become /mnt/ephemeral'],
    ],
    [
      'becomes a RAID where it has several disks',
      false,
      ['nvme1n1', 'nvme2n1'],
      [
        ...[LSBLK, MOUNTED],
        'mdadm --create /dev/md0 --run --force --level=0 --raid-devices=2 /dev/nvme1n1 /dev/nvme2n1',
        ...put('/dev/md0'),
      ],
      ['/dev/nvme1n1 /dev/nvme2n1 become /mnt/ephemeral'],
    ],
  ] as const) {
    it(what, async () => {
      const fake = fakeMachine(mounted, ...disks);
      await mountInstanceStore(fake.machine);
      expect(fake.commands).to.eql(commands);
      expect(fake.said).to.eql(lines);
    });
  }
});

describe('/tmp', () => {
  const LOOK = 'mountpoint --quiet /tmp';
  for (const [what, mounted, inMemory, commands] of [
    ['stays in memory', true, true, []],
    ['stays on the disk', false, false, []],
    [
      'comes into memory',
      false,
      true,
      ['mount --types tmpfs --options mode=1777,strictatime,nosuid,nodev,size=50%,nr_inodes=1m tmpfs /tmp'],
    ],
    [
      'comes onto the disk',
      true,
      false,
      ['systemctl mask tmp.mount', 'umount --lazy /tmp', 'chmod 1777 /tmp'],
    ],
  ] as const) {
    it(`${what} where that is asked for`, async () => {
      const fake = fakeMachine(mounted);
      await mountTmp(fake.machine, inMemory);
      expect(fake.commands).to.eql([LOOK, ...commands]);
    });
  }
});

describe('a release of the agent', () => {
  it('is the newest of a channel, or a version', () => {
    expect(agentUrl('stable', 'amd64')).to.match(/\/stable\/latest\/buildkite-agent-linux-amd64$/);
    expect(agentUrl('beta', 'arm64')).to.match(/\/unstable\/latest\/buildkite-agent-linux-arm64$/);
    expect(agentUrl('edge', 'amd64')).to.match(/\/experimental\/latest\//);
    expect(agentUrl('3.100.0', 'amd64')).to.match(/\/stable\/3\.100\.0\//);
    expect(() => agentUrl('../x', 'amd64')).to.throw('may be stable, beta, edge or a version');
  });
});
