import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { FORECAST_MIN_SIZE_TAG, minSizesOf } from '../../../scaler/group/forecast-min-size.ts';
import { isPaused, PAUSED_TAG } from '../../../scaler/group/paused-tag.ts';
import { SPOT_FALLBACK_TAG, spotFallbackOf } from '../../../scaler/spot/fallback.ts';
import { STUCK_TAG, stuckOf } from '../../../scaler/sizing/stuck-jobs.ts';
import { type GroupInstance, groupInstances } from './instances.ts';
import { type FailedLaunch, failedLaunches, failedSinceSuccess } from './launches.ts';
import { type WarmInstance, type WarmPoolState, warmPoolState } from './warm-pool.ts';

/** An Auto Scaling group as it is now. */
export interface GroupState {
  readonly autoScalingGroupName: string;
  readonly minSize: number;
  /** The group's own `minSize`, where the scaler has raised it to keep idle instances. */
  readonly ownMinSize?: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  readonly instances: readonly GroupInstance[];
  readonly warmPool?: WarmPoolState;
  /** Auto Scaling processes that somebody has suspended. */
  readonly suspended: readonly string[];
  /** Why the scaler leaves it alone, where somebody has paused it. */
  readonly paused?: string;
  /** Until when everything is on-demand, as spot has no capacity; an ISO date. */
  readonly onDemandUntil?: string;
  /** Jobs that no agent has taken, as the scaler has found out, and when it tries them next; an ISO date. */
  readonly stuckJobs?: { readonly jobs: number; readonly nextAttemptAt: string };
  /** The latest launches that failed, newest first. */
  readonly failures: readonly FailedLaunch[];
  /** Whether no launch has succeeded since the newest of them. */
  readonly failing: boolean;
}

const MOST_FAILURES = 3;

/**
 * A group and its activities, newest first, as what people want to know of them.
 * @param warm what is in its warm pool, where that may be looked at
 */
export function groupState(
  group: AutoScalingGroup,
  activities: readonly Activity[],
  warm?: readonly WarmInstance[],
): GroupState {
  const paused = pauseReason(group);
  return {
    autoScalingGroupName: group.AutoScalingGroupName ?? '',
    minSize: group.MinSize ?? 0,
    ...ownMinSize(group),
    maxSize: group.MaxSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    instances: groupInstances(group),
    ...warmPool(group, warm),
    suspended: suspendedProcesses(group),
    ...(paused !== undefined && { paused }),
    ...onDemandUntil(group),
    ...stuckJobs(group),
    failures: failedLaunches(activities).slice(0, MOST_FAILURES),
    failing: failedSinceSuccess(activities).length > 0,
  };
}

/** Why a group is paused; undefined for one that is not. */
export function pauseReason(group: Pick<AutoScalingGroup, 'Tags'>): string | undefined {
  const reason = tagOf(group, PAUSED_TAG);
  return isPaused(reason) ? reason : undefined;
}

/** The Auto Scaling processes of a group that somebody has suspended. */
export function suspendedProcesses({
  SuspendedProcesses = [],
}: Pick<AutoScalingGroup, 'SuspendedProcesses'>): string[] {
  return SuspendedProcesses.flatMap(({ ProcessName }) => ProcessName ?? []);
}

/** The group's own minimum, and what the scaler has raised it to, where it has. */
export function minimumOf(group: AutoScalingGroup): { readonly min: number; readonly held?: number } {
  return minSizesOf(tagOf(group, FORECAST_MIN_SIZE_TAG), group.MinSize ?? 0);
}

function tagOf({ Tags }: Pick<AutoScalingGroup, 'Tags'>, key: string): string | undefined {
  return Tags?.find(({ Key }) => Key === key)?.Value;
}

function warmPool(
  { WarmPoolConfiguration, WarmPoolSize = 0 }: AutoScalingGroup,
  instances: readonly WarmInstance[] | undefined,
): Pick<GroupState, 'warmPool'> {
  if (WarmPoolConfiguration === undefined) return {};
  const { MinSize: wanted = 0 } = WarmPoolConfiguration;
  return {
    warmPool: instances === undefined ? { size: WarmPoolSize, wanted } : warmPoolState(wanted, instances),
  };
}

function stuckJobs(group: AutoScalingGroup): Pick<GroupState, 'stuckJobs'> {
  const stuck = stuckOf(tagOf(group, STUCK_TAG));
  if (stuck === undefined) return {};
  return { stuckJobs: { jobs: stuck.jobs, nextAttemptAt: new Date(stuck.retryAt).toISOString() } };
}

function ownMinSize(group: AutoScalingGroup): Pick<GroupState, 'ownMinSize'> {
  const { min, held } = minimumOf(group);
  return held === undefined ? {} : { ownMinSize: min };
}

/** What is written down counts where the group buys like that: an update of the stack may have undone it. */
function onDemandUntil(group: AutoScalingGroup): Pick<GroupState, 'onDemandUntil'> {
  const purchase = spotFallbackOf(tagOf(group, SPOT_FALLBACK_TAG));
  const { OnDemandPercentageAboveBaseCapacity } = group.MixedInstancesPolicy?.InstancesDistribution ?? {};
  if (purchase.kind !== 'on-demand' || OnDemandPercentageAboveBaseCapacity !== 100) return {};
  return { onDemandUntil: new Date(purchase.until).toISOString() };
}
