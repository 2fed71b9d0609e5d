import type { ActivityOutcome } from '../../scaler/group/launch-activity.ts';
import { isScarcity } from '../facts/group/launches.ts';
import type { GroupSize } from '../capacity/group-size.ts';

/** An instance as its group sees it. */
export interface RolloutInstance {
  readonly instanceId: string;
  /** Pending:Wait, InService, Terminating:Wait, ... */
  readonly lifecycleState: string;
  /** Of the launch template that it was launched from. */
  readonly version?: string;
}

/** A group whose instances are being replaced. */
export interface RolloutGroup {
  /** The launch template's version that instances are launched from now. */
  readonly version?: string;
  readonly size: GroupSize;
  /** Whether it has a warm pool. */
  readonly warm: boolean;
  readonly instances: readonly RolloutInstance[];
}

/** Something that Auto Scaling did or tried: a launch or an end of an instance. */
export interface RolloutActivity {
  readonly kind: 'launch' | 'end';
  /** Absent where a launch did not even get an instance. */
  readonly instanceId?: string;
  readonly startedAt: Date;
  readonly outcome: ActivityOutcome;
  readonly message?: string;
}

/** How far the replacing of a group's instances is. */
export interface RolloutProgress {
  /** In service, from an earlier version. */
  readonly old: number;
  /** Finishing their jobs. */
  readonly draining: number;
  /** Since when the one is, that has been longest. */
  readonly drainingSince?: Date;
  readonly booting: number;
  /** In service, from this version. */
  readonly fresh: number;
  /** In the warm pool, from an earlier version; absent for a group without one. */
  readonly oldWarm?: number;
}

const isLeaving = ({ lifecycleState }: RolloutInstance) => lifecycleState.startsWith('Terminating');
const isBooting = ({ lifecycleState }: RolloutInstance) => lifecycleState.startsWith('Pending');

export function rolloutProgress(
  group: RolloutGroup,
  activities: readonly RolloutActivity[],
): RolloutProgress {
  const draining = group.instances.filter(isLeaving);
  const there = group.instances.filter((one) => !isLeaving(one) && !isBooting(one));
  const since = activities
    .filter(
      ({ kind, outcome, instanceId }) =>
        kind === 'end' && outcome === 'under way' && draining.some((one) => one.instanceId === instanceId),
    )
    .map(({ startedAt }) => startedAt.getTime());
  return {
    old: there.filter(({ version }) => version !== group.version).length,
    draining: draining.length,
    ...(since.length > 0 && { drainingSince: new Date(Math.min(...since)) }),
    booting: group.instances.filter(isBooting).length,
    fresh: there.filter(({ version }) => version === group.version).length,
  };
}

/** Instances that were not launched from the present version, and are not ending. */
export function outdated({ version, instances }: RolloutGroup): RolloutInstance[] {
  return instances.filter((one) => one.version !== version && !isLeaving(one));
}

/** Instances of a version that came after `former` and is not the present one: an update that was taken back left them. */
export function newerThan(group: RolloutGroup, former: string | undefined): RolloutInstance[] {
  if (former === undefined) return [];
  return outdated(group).filter(({ version }) => Number(version) > Number(former));
}

/** So many launches fail before the new version is given up, where none of it has come into service, or since one has. */
const TOLERATED_FAILURES = { before: 2, after: 5 } as const;

/** Why a new version is to be given up. */
export interface RolloutFault {
  readonly message: string;
  /** An instance that was launched and did not come up. */
  readonly instanceId?: string;
}

/**
 * Whether instances of the new version do not come up. `activities` are those since the replacing began, newest first. That
 * AWS has no capacity says nothing about the version: then it is waited for. Neither does a launch that never got an instance,
 * as long as others do: a zone may have none of a type.
 */
export function faultOf(activities: readonly RolloutActivity[]): RolloutFault | undefined {
  const launches = activities.filter(({ kind }) => kind === 'launch');
  const lastDone = launches.findIndex(({ outcome }) => outcome === 'done');
  const since = lastDone < 0 ? launches : launches.slice(0, lastDone);
  const failed = since.filter(({ outcome, message = '' }) => outcome === 'failed' && !isScarcity(message));
  const withInstance = failed.filter(({ instanceId }) => instanceId !== undefined);
  const hopeless = lastDone < 0 && !since.some(({ outcome }) => outcome === 'under way');
  const counted = hopeless ? failed : withInstance;
  const [latest] = counted;
  if (
    latest === undefined ||
    counted.length < (lastDone < 0 ? TOLERATED_FAILURES.before : TOLERATED_FAILURES.after)
  ) {
    return undefined;
  }
  const told = withInstance[0]?.instanceId;
  return {
    message: `${counted.length} launches in a row failed: ${latest.message ?? 'no reason given'}`,
    ...(told !== undefined && { instanceId: told }),
  };
}
