import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError, UsageError } from '../../errors.ts';
import { FORECAST_MIN_SIZE_TAG, minSizesOf, minSizeTagValue } from '../../scaler/group/forecast-min-size.ts';
import {
  type GroupSize,
  isPausedGroup,
  isSameSize,
  ownSize,
  type SizedGroup,
  terminatesInstances,
} from './group-size.ts';
import { applySteps, type CapacityCalls, type CapacityStep } from './steps.ts';

/** The sizes that are to change; what is left out stays. */
export type RequestedSize = Partial<GroupSize>;

/** A group's size before a change and after it. */
export interface SizeChange {
  readonly before: GroupSize;
  readonly after: GroupSize;
}

export interface PlannedSizeChange extends SizeChange {
  /** Whether Auto Scaling terminates instances for it. */
  readonly ends: boolean;
  readonly steps: readonly CapacityStep[];
}

/**
 * Plans a change of a group's size. What the scaler has raised the minimum to counts only where the minimum is to change.
 * @throws UsageError for sizes that cannot go together; OperationError for a group that is paused
 */
export function planScale(found: SizedGroup, stackName: string, requested: RequestedSize): PlannedSizeChange {
  if (isPausedGroup(found)) {
    throw new OperationError(
      `${stackName} is paused, and has the size that it had before when it is resumed`,
      {
        hint: `Nothing was changed. First: bk-stack resume ${stackName}`,
      },
    );
  }
  // Whoever names the minimum means the one that counts now.
  const before = requested.min === undefined ? ownSize(found) : found.size;
  const after = sizeOf(before, requested);
  const ends = terminatesInstances(found, after);
  return { before, after, ends, steps: scaleSteps(found, requested, { before, after }) };
}

function scaleSteps(
  { size, tags }: SizedGroup,
  requested: RequestedSize,
  { before, after }: SizeChange,
): CapacityStep[] {
  const raised = size.min;
  // Idle instances that the scaler keeps stay where the new size leaves room for them.
  const min = requested.min === undefined && raised <= after.desired ? raised : after.min;
  // A minimum that happens to be what the scaler has raised it to would pass for that.
  const isRaised =
    requested.min !== undefined && minSizesOf(tags[FORECAST_MIN_SIZE_TAG], min).held !== undefined;
  return [
    ...(isRaised
      ? [{ kind: 'tag', tags: { [FORECAST_MIN_SIZE_TAG]: minSizeTagValue({ min, held: [min] }) } } as const]
      : []),
    ...(isSameSize(before, after) ? [] : [{ kind: 'resize', size: { ...after, min } } as const]),
  ];
}

/**
 * Sets the size of a group. Instances that are protected from scale-in end when they are idle, others at once: those finish
 * their jobs where the group drains.
 * @throws UsageError for sizes that cannot go together; OperationError for a group that is paused
 */
export async function scaleGroup(
  calls: CapacityCalls,
  stackName: string,
  group: string,
  requested: RequestedSize,
): Promise<SizeChange> {
  const { before, after, steps } = planScale(await calls.read(group), stackName, requested);
  await applySteps(calls, group, steps);
  return { before, after };
}

/** A limit of the group's size that the stack's parameters give otherwise: an update that sets it would undo what is live. */
export interface DifferingLimit {
  readonly name: 'MinSize' | 'MaxSize';
  readonly stated: string;
  readonly live: number;
}

/** Compares a stack's parameters with live limits. A template that has no such parameter sets no limit by one. */
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
 * The size with what is requested in it. A desired capacity that is not named moves into the limits.
 * @throws UsageError for limits that cross, and a desired capacity outside of them
 */
export function sizeOf(before: GroupSize, requested: RequestedSize): GroupSize {
  const { min = before.min, max = before.max } = requested;
  if (min > max) {
    throw new UsageError(`The minimum (${min}) would exceed the maximum (${max})`, {
      hint: `The group has ${before.min} to ${before.max} now. Give both: --min ${min} --max ${min}`,
    });
  }
  const { desired = Math.min(max, Math.max(min, before.desired)) } = requested;
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
