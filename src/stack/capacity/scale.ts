import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError, UsageError } from '../../errors.ts';
import {
  FORECAST_MIN_SIZE_TAG,
  minSizeNoteOf,
  minSizesOf,
  minSizeTagValue,
} from '../../scaler/group/forecast-min-size.ts';
import { isPaused, PAUSED_TAG } from '../../scaler/group/paused-tag.ts';
import { type CapacityCalls, type GroupSize, ownSize, type SizedGroup } from './scale-to-zero.ts';

/** The sizes that are to change; what is left out stays. */
export type WantedSize = Partial<GroupSize>;

export interface Scaled {
  readonly before: GroupSize;
  readonly after: GroupSize;
}

export interface PlannedScale extends Scaled {
  /** Whether Auto Scaling terminates instances for it. */
  readonly ends: boolean;
}

/**
 * Works out what a group's size would become; changes nothing. What the scaler has raised the minimum to
 * counts only where the minimum is to change.
 * @throws UsageError for sizes that cannot go together; OperationError for a group that is paused
 */
export async function planScale(
  calls: Pick<CapacityCalls, 'read'>,
  stackName: string,
  group: string,
  wanted: WantedSize,
): Promise<PlannedScale> {
  const found = await calls.read(group);
  const { before, after } = scaled(found, stackName, wanted);
  return { before, after, ends: endsInstances(found, after) };
}

function scaled(found: SizedGroup, stackName: string, wanted: WantedSize): Scaled {
  const { tags } = found;
  if (isPaused(tags[PAUSED_TAG])) {
    throw new OperationError(
      `${stackName} is paused, and has the size that it had before when it is resumed`,
      {
        hint: `Nothing was changed. First: bk-stack resume ${stackName}`,
      },
    );
  }
  // Whoever names the minimum means the one that counts now.
  const before = wanted.min === undefined ? ownSize(found) : found.size;
  return { before, after: sizeOf(before, wanted) };
}

/**
 * Whether Auto Scaling terminates instances of a group to give it this size: there are more than desired, and some of them are
 * not protected from scale-in.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
 */
export function endsInstances(
  { instances }: Pick<SizedGroup, 'instances'>,
  { desired }: Pick<GroupSize, 'desired'>,
): boolean {
  const staying = instances.filter(({ lifecycleState }) => !lifecycleState.startsWith('Terminating'));
  return staying.length > desired && staying.some(({ protectedFromScaleIn }) => !protectedFromScaleIn);
}

/**
 * Sets the size of a group. Instances that are protected from scale-in end when they are idle, others at once: those finish
 * their jobs where the group drains.
 * @throws UsageError for sizes that cannot go together; OperationError for a group that is paused
 */
export async function scaleGroup(
  calls: Pick<CapacityCalls, 'read' | 'resize' | 'tag'>,
  stackName: string,
  group: string,
  wanted: WantedSize,
): Promise<Scaled> {
  const found = await calls.read(group);
  const { before, after } = scaled(found, stackName, wanted);
  const raised = found.size.min;
  // Idle instances that the scaler keeps stay where the new size leaves room for them.
  const min = wanted.min === undefined && raised <= after.desired ? raised : after.min;
  // A minimum that happens to be what the scaler has raised it to would pass for that.
  if (wanted.min !== undefined && minSizesOf(found.tags[FORECAST_MIN_SIZE_TAG], min).held !== undefined) {
    await calls.tag(group, { [FORECAST_MIN_SIZE_TAG]: minSizeTagValue({ min, held: [min] }) });
  }
  if (!isSameSize(before, after)) await calls.resize(group, { ...after, min });
  return { before, after };
}

export function isSameSize(one: GroupSize, other: GroupSize): boolean {
  return one.min === other.min && one.max === other.max && one.desired === other.desired;
}

/** How long the scaler leaves the minimum alone if `letHold` is never called, in milliseconds. */
const SETTLES_WITHIN_MS = 3_600_000;

/**
 * Makes room for the limits before an update and for those after it, and keeps the scaler from raising the minimum until
 * CloudFormation has set them (`letHold`). May be repeated, also where it was cut short.
 * @param now milliseconds since 1970
 */
export async function makeRoom(
  calls: Pick<CapacityCalls, 'read' | 'resize' | 'tag'>,
  group: string,
  { before, after }: Scaled,
  now: number,
): Promise<void> {
  const found = await calls.read(group);
  const roomy = withRoomFor(found, before, after);
  const fits = isSameSize(found.size, roomy);
  if (fits && before.min === after.min && before.max === after.max) return;
  const tag = found.tags[FORECAST_MIN_SIZE_TAG];
  const { min, held } = minSizesOf(tag, found.size.min);
  const until = now + SETTLES_WITHIN_MS;
  const note = (sizes: number[]) =>
    calls.tag(group, { [FORECAST_MIN_SIZE_TAG]: minSizeTagValue({ min, held: sizes, until }) });
  // A scaler that has never raised it has left no note.
  if (tag !== undefined) await note(held === undefined ? [] : [held]);
  if (!fits) await calls.resize(group, roomy);
  // Only now: until it is given back, what it is raised to is not its own.
  if (held !== undefined && roomy.min !== held) await note([]);
}

/** Lets the scaler raise the minimum again, where `makeRoom` has kept it from that. */
export async function letHold(calls: Pick<CapacityCalls, 'read' | 'tag'>, group: string): Promise<void> {
  const note = minSizeNoteOf((await calls.read(group)).tags[FORECAST_MIN_SIZE_TAG]);
  if (note?.until === undefined) return;
  await calls.tag(group, { [FORECAST_MIN_SIZE_TAG]: minSizeTagValue({ min: note.min, held: note.held }) });
}

/**
 * A group's size with limits that have room for two others. CloudFormation sets those limits alone that an update changes,
 * and fails where they do not fit the other one as it is live: at zero, or set by bk-stack scale or the scaler. A minimum
 * that the scaler has raised is given back as a whole: in between it would look like somebody's own, as it would where it
 * happens to be one of the two.
 */
export function withRoomFor(found: SizedGroup, before: GroupSize, after: GroupSize): GroupSize {
  const { size } = found;
  const own = ownSize(found).min;
  const most = Math.min(before.max, after.max);
  const stays = size.min <= most && (size.min === own || ![before.min, after.min].includes(size.min));
  return {
    ...size,
    min: stays ? size.min : Math.min(own, most),
    max: Math.max(size.max, before.min, after.min),
  };
}

/** A limit of the group's size that the stack's parameters give otherwise: an update that sets it would undo what is live. */
export interface DifferingLimit {
  readonly name: 'MinSize' | 'MaxSize';
  readonly stated: string;
  readonly live: number;
}

/** A template that has no such parameter sets no limit by one. */
export function differingLimits({ Parameters = [] }: Stack, { min, max }: GroupSize): DifferingLimit[] {
  const limits = [
    { name: 'MinSize', live: min },
    { name: 'MaxSize', live: max },
  ] as const;
  return limits.flatMap(({ name, live }) => {
    const stated = Parameters.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue;
    return stated === undefined || stated === String(live) ? [] : [{ name, stated, live }];
  });
}

/**
 * The size with what is wanted in it. A desired capacity that is not named moves into the limits.
 * @throws UsageError
 */
export function sizeOf(before: GroupSize, wanted: WantedSize): GroupSize {
  const { min = before.min, max = before.max } = wanted;
  if (min > max) {
    throw new UsageError(`The minimum (${min}) would exceed the maximum (${max})`, {
      hint: `The group has ${before.min} to ${before.max} now. Give both: --min ${min} --max ${min}`,
    });
  }
  const { desired = Math.min(max, Math.max(min, before.desired)) } = wanted;
  if (desired < min || desired > max) {
    throw new UsageError(
      `The desired capacity (${desired}) must be between the minimum (${min}) and the maximum (${max})`,
      {
        hint:
          desired > max
            ? `Raise the maximum too: --max ${desired}`
            : `Lower the minimum too: --min ${desired}`,
      },
    );
  }
  return { min, max, desired };
}
