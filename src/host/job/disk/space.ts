/** What is free on a file system. */
export interface FreeSpace {
  readonly path: string;
  readonly bytes: number;
  readonly inodes: number;
  readonly totalInodes: number;
}

const LEAST_BYTES = 5 * 1024 ** 3;
const LEAST_INODES = 250_000;

/** What is short, in words; undefined where a job finds enough. File systems without fixed inodes count none. */
export function shortage({ path, bytes, inodes, totalInodes }: FreeSpace): string | undefined {
  if (bytes < LEAST_BYTES) {
    return `${path} has ${Math.floor(bytes / 1024 ** 2)} MiB left, and jobs need ${LEAST_BYTES / 1024 ** 2} MiB`;
  }
  // A small file system, whole, may have fewer than are asked for.
  if (totalInodes > LEAST_INODES && inodes < LEAST_INODES) {
    return `${path} has ${inodes} inodes left, and jobs need ${LEAST_INODES}`;
  }
  return undefined;
}

/** What the disk check needs of the machine. */
export interface DiskCalls {
  shortage(): Promise<string | undefined>;
  /** How many jobs run on this instance, the asking one among them. */
  runningJobs(): Promise<number>;
  /** Removes images that no container uses, and perhaps the build cache. `olderThan`: as Docker says it, `4h`. */
  pruneDocker(what: { readonly olderThan: string | undefined; readonly buildCache: boolean }): Promise<void>;
  /** Removes the checkouts of all pipelines. */
  purgeBuilds(): Promise<void>;
  say(line: string): void;
}

/** What goes when there is too little room, in this order. */
export interface SpacePolicy {
  /** Images older than this, then all. Docker's time, such as `4h`. */
  readonly pruneUntil: string;
  readonly pruneBuildCache: boolean;
  /** The checkouts of all pipelines. */
  readonly purgeBuilds: boolean;
}

/**
 * Makes room before a job if there is too little. Nothing is removed while another job runs, as it may be about to use an
 * image or a checkout that it has just fetched.
 * @returns what is still short; undefined when the job can run
 */
export async function ensureSpace(
  calls: DiskCalls,
  { pruneUntil, pruneBuildCache, purgeBuilds }: SpacePolicy,
): Promise<string | undefined> {
  let short = await calls.shortage();
  if (short === undefined) return undefined;
  calls.say(`The disk is nearly full: ${short}.`);
  if ((await calls.runningJobs()) > 1) {
    calls.say('Another job runs on this instance, so nothing is removed now.');
    return short;
  }
  for (const olderThan of [pruneUntil, undefined]) {
    calls.say(`Removing Docker's unused images${olderThan === undefined ? '' : ` older than ${olderThan}`}.`);
    await calls.pruneDocker({ olderThan, buildCache: pruneBuildCache });
    short = await calls.shortage();
    if (short === undefined) return undefined;
  }
  if (!purgeBuilds) return short;
  calls.say('Removing the checkouts of all pipelines.');
  await calls.purgeBuilds();
  return calls.shortage();
}
