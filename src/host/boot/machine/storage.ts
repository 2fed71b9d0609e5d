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
  await machine.must('mkfs.ext4', ['-q', '-F', '-m', '0', '-E', 'nodiscard', device]);
  await machine.folder(EPHEMERAL);
  await machine.must('mount', ['--options', 'defaults,noatime', device, EPHEMERAL]);
  for (const place of [BUILDS, GIT_MIRRORS]) {
    const folder = `${EPHEMERAL}/${place.slice(place.lastIndexOf('/') + 1)}`;
    await machine.folder(folder, { owner: AGENT_OWNER });
    await machine.folder(place);
    await machine.must('mount', ['--bind', folder, place]);
  }
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
