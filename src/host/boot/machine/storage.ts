import type { Machine } from './machine.ts';
import { AGENT_OWNER, BUILDS, EPHEMERAL, GIT_MIRRORS } from '../../program/paths.ts';

interface Disk {
  readonly name: string;
  /** Null for a disk that tells none, as loop devices. */
  readonly model: string | null;
}

/** Instance store disks call themselves so: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/nvme-ebs-volumes.html */
const MODEL = 'Amazon EC2 NVMe Instance Storage';

/** The disks that come with the instance and go with it. @throws Error for what lsblk does not usually print */
export function instanceStoreDisks(lsblkJson: string): string[] {
  const { blockdevices } = JSON.parse(lsblkJson) as { blockdevices: readonly Disk[] };
  return blockdevices.filter(({ model }) => model?.trim() === MODEL).map(({ name }) => `/dev/${name}`);
}

/**
 * Puts builds, mirrors and Docker's data onto the instance store, several disks as one RAID 0. Instances without any
 * stay as they are.
 */
export async function mountInstanceStore(machine: Machine): Promise<void> {
  const disks = instanceStoreDisks(
    await machine.must('lsblk', ['--json', '--nodeps', '--output', 'NAME,MODEL']),
  );
  const [first] = disks;
  if (first === undefined) {
    machine.say('this instance type has no instance store; the root volume serves');
    return;
  }
  if (await machine.succeeds('mountpoint', ['--quiet', EPHEMERAL])) return;
  let device = first;
  if (disks.length > 1) {
    device = '/dev/md0';
    await machine.must('mdadm', [
      '--create',
      device,
      '--run',
      '--force',
      '--level=0',
      `--raid-devices=${disks.length}`,
      ...disks,
    ]);
  }
  machine.say(`${disks.join(' ')} become ${EPHEMERAL}`);
  await machine.must('mkfs.ext4', ['-q', '-F', '-m', '0', '-E', 'nodiscard', '-L', LABEL, device]);
  await machine.folder(EPHEMERAL);
  await machine.must('mount', ['--options', 'defaults,noatime', device, EPHEMERAL]);
  for (const place of [BUILDS, GIT_MIRRORS]) {
    const folder = onInstanceStore(place);
    await machine.folder(folder, { owner: AGENT_OWNER });
    await machine.folder(place);
    await machine.must('mount', ['--bind', folder, place]);
  }
  await mountAtBoot(machine);
}

/** The label of the file system. A RAID may have another device name after a reboot. */
const LABEL = 'bk-ephemeral';

/** What of a unit's folders is on the instance store. */
const ON_INSTANCE_STORE = { 'buildkite-agent': `${BUILDS} ${GIT_MIRRORS}`, docker: EPHEMERAL };

const FSTAB_BEGIN = '# Instance store, by bk-stack';
const FSTAB_END = '# End of the instance store';

/**
 * Has systemd mount the instance store at a reboot, which it outlives. It doesn't outlive a stop; the disks are blank then, and
 * neither the agent nor Docker starts, as both would write to the root volume, until the wake unit has made it anew.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-lifetime.html
 */
async function mountAtBoot(machine: Machine): Promise<void> {
  const fstab = machine.exists('/etc/fstab') ? machine.read('/etc/fstab') : '';
  await machine.write('/etc/fstab', withInstanceStore(fstab));
  for (const [unit, places] of Object.entries(ON_INSTANCE_STORE)) {
    const path = `/etc/systemd/system/${unit}.service.d/30-instance-store.conf`;
    await machine.write(path, `[Unit]\nRequiresMountsFor=${places}\n`);
  }
  await machine.must('systemctl', ['daemon-reload']);
}

/**
 * An fstab with our mounts, in place of those of an earlier boot. A missing disk delays a boot by ten seconds and doesn't fail
 * it. https://www.freedesktop.org/software/systemd/man/latest/systemd.mount.html
 */
export function withInstanceStore(fstab: string): string {
  const begin = fstab.indexOf(FSTAB_BEGIN);
  const end = fstab.indexOf(FSTAB_END);
  const others =
    begin < 0 || end < begin ? fstab : fstab.slice(0, begin) + fstab.slice(end + FSTAB_END.length + 1);
  const mounts = [
    `LABEL=${LABEL} ${EPHEMERAL} ext4 defaults,noatime,nofail,x-systemd.device-timeout=10s 0 0`,
    ...[BUILDS, GIT_MIRRORS].map(
      (place) =>
        `${onInstanceStore(place)} ${place} none bind,nofail,x-systemd.requires-mounts-for=${EPHEMERAL} 0 0`,
    ),
  ];
  const lines = others === '' || others.endsWith('\n') ? others : `${others}\n`;
  return `${lines}${[FSTAB_BEGIN, ...mounts, FSTAB_END].join('\n')}\n`;
}

function onInstanceStore(place: string): string {
  return `${EPHEMERAL}/${place.slice(place.lastIndexOf('/') + 1)}`;
}

/** Of memory at most half, and as many files as systemd's own tmp.mount allows. */
const TMPFS = 'mode=1777,strictatime,nosuid,nodev,size=50%,nr_inodes=1m';

/** Amazon Linux has /tmp in memory, Ubuntu on the disk; this makes it the one that is asked for, first of all. */
export async function mountTmp(machine: Machine, inMemory: boolean): Promise<void> {
  const mounted = await machine.succeeds('mountpoint', ['--quiet', '/tmp']);
  if (mounted === inMemory) return;
  if (inMemory) {
    await machine.must('mount', ['--types', 'tmpfs', '--options', TMPFS, 'tmpfs', '/tmp']);
    return;
  }
  await machine.must('systemctl', ['mask', 'tmp.mount']);
  // Whoever has a file open there keeps it.
  await machine.must('umount', ['--lazy', '/tmp']);
  await machine.must('chmod', ['1777', '/tmp']);
}
