import { OperationError } from '../../errors.ts';
import { FORECAST_MIN_SIZE_TAG, minSizesOf } from '../../scaler/group/forecast-min-size.ts';
import { isPaused, PAUSED_TAG } from '../../scaler/group/paused-tag.ts';
import { counted } from '../../terminal/text.ts';
import { type RetryClock, withRetry } from '../../aws/retry.ts';

/** How large a group is and may be, in instances. */
export interface GroupSize {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
}

export interface SizedInstance {
  readonly instanceId: string;
  readonly lifecycleState: string;
  readonly protectedFromScaleIn: boolean;
}

export interface SizedGroup {
  readonly size: GroupSize;
  readonly instances: readonly SizedInstance[];
  readonly tags: Readonly<Record<string, string>>;
}

/** What changing the size of a group needs of Auto Scaling. */
export interface CapacityCalls {
  read(group: string): Promise<SizedGroup>;
  /** All at once, or none. */
  tag(group: string, tags: Readonly<Record<string, string>>): Promise<void>;
  untag(group: string, keys: readonly string[]): Promise<void>;
  resize(group: string, size: GroupSize): Promise<void>;
  suspend(group: string, processes: readonly string[]): Promise<void>;
  resume(group: string, processes: readonly string[]): Promise<void>;
  unprotect(group: string, instanceIds: readonly string[]): Promise<void>;
  /** Ends the waiting for an instance's jobs. */
  release(group: string, instanceId: string): Promise<void>;
}

/** Holds the size that a paused group had: `min/max/desired`. */
export const SIZE_TAG = 'bk-stack:size';
/**
 * What Auto Scaling does no more meanwhile. The size alone would not do: an update of the stack by others may set it, and
 * the tags, to what the template says.
 */
const HALTED = ['ScheduledActions', 'Launch'];
const NOTHING: GroupSize = { min: 0, max: 0, desired: 0 };

/** Seconds, in the stack's own time. */
const LOOK_EVERY = 10;

/** A group's size without what the scaler has raised its minimum to. */
export function ownSize({ size, tags }: Pick<SizedGroup, 'size' | 'tags'>): GroupSize {
  return { ...size, min: minSizesOf(tags[FORECAST_MIN_SIZE_TAG], size.min).min };
}

/** The size that a group had before it was paused; undefined for one that is not. */
export function rememberedSize({ tags }: Pick<SizedGroup, 'tags'>): GroupSize | undefined {
  const [, min, max, desired] = /^(\d+)\/(\d+)\/(\d+)$/.exec(tags[SIZE_TAG] ?? '') ?? [];
  return min === undefined ? undefined : { min: Number(min), max: Number(max), desired: Number(desired) };
}

/**
 * Takes a group to zero: each instance finishes its jobs and ends. Neither the scaler nor a scheduled action brings any back
 * before it is resumed. May be repeated, also where it was cut short: what is remembered is never written over.
 * @param known the size to restore, where that is kept elsewhere
 * @returns the size that will be restored
 */
export async function scaleToZero(
  calls: CapacityCalls,
  group: string,
  known?: GroupSize,
): Promise<GroupSize> {
  const found = await calls.read(group);
  const remembered = known ?? rememberedSize(found);
  const { min, max, desired } = found.size;
  // Both tags at once: a group is never paused without its size being known.
  const size = remembered ?? ownSize(found);
  const remembering = `${size.min}/${size.max}/${size.desired}`;
  if (found.tags[SIZE_TAG] !== remembering || !isPaused(found.tags[PAUSED_TAG])) {
    await calls.tag(group, { [PAUSED_TAG]: 'scale-to-zero', [SIZE_TAG]: remembering });
  }
  await calls.suspend(group, HALTED);
  // Protection first: a scale-in that finds protected instances alone ends none, and the next may come much later.
  const unprotected = await letGo(calls, group, found.instances);
  // No maximum either: what else scales the group (the official stack's scaler, people) cannot.
  if (unprotected || min + max + desired > 0) await calls.resize(group, NOTHING);
  return size;
}

/** @returns whether there was any protection to remove */
async function letGo(
  calls: CapacityCalls,
  group: string,
  instances: readonly SizedInstance[],
): Promise<boolean> {
  const held = protectedInService(instances);
  if (held.length > 0) await calls.unprotect(group, held);
  return held.length > 0;
}

/**
 * The ids of the instances whose protection can be removed. That of one that is still on its way into service cannot be
 * changed: that is done when it is there.
 */
export function protectedInService(instances: readonly SizedInstance[]): string[] {
  return instances
    .filter(
      ({ protectedFromScaleIn, lifecycleState }) => protectedFromScaleIn && lifecycleState === 'InService',
    )
    .map(({ instanceId }) => instanceId);
}

export interface ZeroWait {
  /** In the stack's own time; an OperationError after that. */
  readonly timeoutSeconds: number;
  /** Ends instances as soon as they finish jobs, and those jobs with them. */
  readonly force: boolean;
  /** Told of each change. */
  readonly changed: (left: Remaining) => void;
  /** Asks how many agents of the queue have a job; undefined where that is not known. */
  readonly busyAgents?: () => Promise<number | undefined>;
  /** How to end them sooner, for whoever runs out of time; absent where the command has no way. */
  readonly sooner?: string;
}

/** What is left of a group that goes to zero. */
export interface Remaining {
  readonly instances: number;
  /** Instances that take no more jobs, and finish those that they have. */
  readonly finishing: number;
  /** Agents of the queue that have a job; absent where that is not known. */
  readonly busyAgents?: number;
}

/** How a group stands that goes to zero, in one line. */
export function remainingText({ instances, finishing, busyAgents }: Remaining): string {
  const busy = busyAgents === undefined ? '' : `; ${counted(busyAgents, 'agent')} busy`;
  return `${counted(instances, 'instance')} left, ${finishing} finishing jobs${busy}`;
}

/** Looks until no instance is left. */
export async function awaitZero(
  calls: CapacityCalls,
  group: string,
  retry: RetryClock,
  { timeoutSeconds, force, changed, busyAgents, sooner }: ZeroWait,
): Promise<void> {
  let before = '';
  for (let waited = 0; ; waited += LOOK_EVERY) {
    const { instances, tags } = await withRetry(retry, () => calls.read(group));
    if (instances.length === 0) return;
    const finishing = instances.filter(isFinishing).length;
    const busy = await busyAgents?.();
    const left = { instances: instances.length, finishing, ...(busy !== undefined && { busyAgents: busy }) };
    const now = JSON.stringify(left);
    if (now !== before) changed(left);
    before = now;
    await withRetry(retry, async () => {
      const unprotected = await letGo(calls, group, instances);
      // Another scale-in, for those that the first left alone; not where somebody has resumed the group meanwhile.
      if (unprotected && isPaused(tags[PAUSED_TAG])) await calls.resize(group, NOTHING);
    });
    if (force) await endNow(calls, group, instances);
    if (waited >= timeoutSeconds) {
      throw new OperationError(
        `${counted(instances.length, 'instance')} still there after ${waited} seconds`,
        {
          hint: [
            'They end when their jobs are done. To keep waiting, repeat the command.',
            ...(sooner === undefined ? [] : [sooner]),
          ].join('\n'),
          details: { instances },
        },
      );
    }
    await retry.pause(LOOK_EVERY);
  }
}

async function endNow(
  calls: CapacityCalls,
  group: string,
  instances: readonly SizedInstance[],
): Promise<void> {
  for (const { instanceId } of instances.filter(isFinishing)) await calls.release(group, instanceId);
}

/** Whether the terminating hook holds an instance, so that its jobs can end. */
export function isFinishing({ lifecycleState }: SizedInstance): boolean {
  return lifecycleState === 'Terminating:Wait';
}

/**
 * Gives a group back the size that it had.
 * @param known that size, where it is kept elsewhere
 * @returns that size; undefined for a group that is not paused
 */
export async function resumeGroup(
  calls: CapacityCalls,
  group: string,
  known?: GroupSize,
): Promise<GroupSize | undefined> {
  const found = await calls.read(group);
  const size = known ?? rememberedSize(found);
  if (size === undefined && !isPaused(found.tags[PAUSED_TAG])) return undefined;
  if (size !== undefined) await calls.resize(group, size);
  await calls.resume(group, HALTED);
  // Last, so that a resumption that was cut short can be repeated. The minimum is its own again, and not the scaler's.
  await calls.untag(group, [PAUSED_TAG, SIZE_TAG, FORECAST_MIN_SIZE_TAG]);
  return size ?? found.size;
}
