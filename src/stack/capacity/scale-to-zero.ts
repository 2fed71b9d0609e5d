import { FORECAST_MIN_SIZE_TAG } from '../../scaler/group/forecast-min-size.ts';
import { PAUSED_TAG } from '../../scaler/group/paused-tag.ts';
import {
  type GroupSize,
  isPausedGroup,
  isSameSize,
  ownSize,
  protectedInService,
  rememberedSize,
  SIZE_TAG,
  type SizedGroup,
  ZERO,
} from './group-size.ts';
import { applySteps, type CapacityCalls, type CapacityStep } from './steps.ts';

/**
 * The processes that Auto Scaling suspends while a group is paused. The size alone would not do: an update of the stack by
 * others may set it, and the tags, to what the template says.
 */
export const SUSPENDED_PROCESSES = ['ScheduledActions', 'Launch'];

/**
 * Plans how a group goes to zero: each instance finishes its jobs and ends. Neither the scaler nor a scheduled action brings
 * any back before it is resumed. A size that is remembered already is never written over.
 * @param known the size to restore, where that is kept elsewhere
 */
export function planZero(
  found: SizedGroup,
  known?: GroupSize,
): { readonly remembered: GroupSize; readonly steps: readonly CapacityStep[] } {
  const remembered = known ?? rememberedSize(found) ?? ownSize(found);
  const size = `${remembered.min}/${remembered.max}/${remembered.desired}`;
  const isTagged = found.tags[SIZE_TAG] === size && isPausedGroup(found);
  // Protection first: a scale-in that finds protected instances alone ends none, and the next may come much later.
  const unprotecting = removeProtection(found);
  return {
    remembered,
    steps: [
      // Both tags at once: a group is never paused without its size being known.
      ...(isTagged
        ? []
        : [{ kind: 'tag', tags: { [PAUSED_TAG]: 'scale-to-zero', [SIZE_TAG]: size } } as const]),
      { kind: 'suspend', processes: SUSPENDED_PROCESSES },
      ...unprotecting,
      // No maximum either: what else scales the group (the official stack's scaler, people) cannot.
      ...(unprotecting.length > 0 || !isSameSize(found.size, ZERO)
        ? [{ kind: 'resize', size: ZERO } as const]
        : []),
    ],
  };
}

/** The step that removes scale-in protection; none where no instance in service has it. */
export function removeProtection({ instances }: Pick<SizedGroup, 'instances'>): CapacityStep[] {
  const instanceIds = protectedInService(instances);
  return instanceIds.length > 0 ? [{ kind: 'unprotect', instanceIds }] : [];
}

/**
 * Plans how a group gets back the size that it had.
 * @param known that size, where it is kept elsewhere
 * @returns that size; undefined for a group that is not paused, and left as it is
 */
export function planResume(
  found: SizedGroup,
  known?: GroupSize,
): { readonly restored?: GroupSize; readonly steps: readonly CapacityStep[] } {
  const size = known ?? rememberedSize(found);
  if (size === undefined && !isPausedGroup(found)) return { steps: [] };
  return {
    restored: size ?? found.size,
    steps: [
      ...(size === undefined ? [] : [{ kind: 'resize', size } as const]),
      { kind: 'resume', processes: SUSPENDED_PROCESSES },
      // Last, so that a resumption that was cut short can be repeated. The minimum is its own again, and not the scaler's.
      { kind: 'untag', keys: [PAUSED_TAG, SIZE_TAG, FORECAST_MIN_SIZE_TAG] },
    ],
  };
}

/**
 * Takes a group to zero (`planZero`). May be repeated, also where it was cut short.
 * @returns the size that will be restored
 */
export async function scaleToZero(
  calls: CapacityCalls,
  group: string,
  known?: GroupSize,
): Promise<GroupSize> {
  const { remembered, steps } = planZero(await calls.read(group), known);
  await applySteps(calls, group, steps);
  return remembered;
}

/** Gives a group back the size that it had (`planResume`), and returns that. May be repeated. */
export async function resumeGroup(
  calls: CapacityCalls,
  group: string,
  known?: GroupSize,
): Promise<GroupSize | undefined> {
  const { restored, steps } = planResume(await calls.read(group), known);
  await applySteps(calls, group, steps);
  return restored;
}
