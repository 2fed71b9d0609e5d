import {
  FORECAST_MIN_SIZE_TAG,
  minSizeNoteOf,
  minSizesOf,
  minSizeTagValue,
} from '../../scaler/group/forecast-min-size.ts';
import { type GroupSize, isSameSize, ownSize, type SizedGroup } from './group-size.ts';
import type { SizeChange } from './scale.ts';
import { applySteps, type CapacityCalls, type CapacityStep } from './steps.ts';

/** How long the scaler leaves the minimum alone if `unlockMinimum` is never called, in milliseconds. */
const LOCKED_FOR_MS = 3_600_000;

/**
 * Plans how a group gets limits that both the size before an update and the one after it fit, while the scaler does not raise
 * the minimum.
 * @param now milliseconds since 1970
 */
export function planLimits(found: SizedGroup, { before, after }: SizeChange, now: number): CapacityStep[] {
  const size = limitsWithRoom(found, before, after);
  const fits = isSameSize(found.size, size);
  if (fits && before.min === after.min && before.max === after.max) return [];
  const tag = found.tags[FORECAST_MIN_SIZE_TAG];
  const { min, held } = minSizesOf(tag, found.size.min);
  const until = now + LOCKED_FOR_MS;
  const lock = (sizes: number[]): CapacityStep => ({
    kind: 'tag',
    tags: { [FORECAST_MIN_SIZE_TAG]: minSizeTagValue({ min, held: sizes, until }) },
  });
  return [
    // A scaler that has never raised it has left no note.
    ...(tag === undefined ? [] : [lock(held === undefined ? [] : [held])]),
    ...(fits ? [] : [{ kind: 'resize', size } as const]),
    // Only now: until it is given back, what it is raised to is not its own.
    ...(held !== undefined && size.min !== held ? [lock([])] : []),
  ];
}

/** Plans how the scaler may raise the minimum again, where `planLimits` has kept it from that. */
export function planUnlock({ tags }: Pick<SizedGroup, 'tags'>): CapacityStep[] {
  const note = minSizeNoteOf(tags[FORECAST_MIN_SIZE_TAG]);
  if (note?.until === undefined) return [];
  return [
    { kind: 'tag', tags: { [FORECAST_MIN_SIZE_TAG]: minSizeTagValue({ min: note.min, held: note.held }) } },
  ];
}

/**
 * Widens a group's limits for an update, and keeps the scaler from raising the minimum until CloudFormation has set them
 * (`unlockMinimum`). May be repeated, also where it was cut short.
 * @param now milliseconds since 1970
 */
export async function widenLimits(
  calls: CapacityCalls,
  group: string,
  change: SizeChange,
  now: number,
): Promise<void> {
  await applySteps(calls, group, planLimits(await calls.read(group), change, now));
}

/** Lets the scaler raise the minimum again, where `widenLimits` has kept it from that. */
export async function unlockMinimum(calls: CapacityCalls, group: string): Promise<void> {
  await applySteps(calls, group, planUnlock(await calls.read(group)));
}

/**
 * A group's size with limits that have room for two others. CloudFormation sets those limits alone that an update changes,
 * and fails where they do not fit the other one as it is live: at zero, or set by bk-stack scale or the scaler. A minimum
 * that the scaler has raised is given back as a whole: in between it would look like somebody's own, as it would where it
 * happens to be one of the two.
 */
export function limitsWithRoom(found: SizedGroup, before: GroupSize, after: GroupSize): GroupSize {
  const { size } = found;
  const own = ownSize(found).min;
  const most = Math.min(before.max, after.max);
  const stays = size.min <= most && ![before.min, after.min].includes(size.min);
  return {
    ...size,
    min: stays ? size.min : Math.min(own, most),
    max: Math.max(size.max, before.min, after.min),
  };
}
