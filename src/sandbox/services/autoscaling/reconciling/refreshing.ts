import type { Scope } from '../../../kernel/world.ts';
import {
  countedMembers,
  everyMember,
  type GroupRecord,
  type MemberRecord,
  memberOf,
  type RefreshRecord,
  unitsOf,
} from '../state.ts';
import { causeTime } from './activities.ts';
import { currentVersion } from './launching.ts';
import { RECONCILE_TASK, reconcileSoon } from './task.ts';
import { beginTermination, isLeaving } from './terminating.ts';
import { heldWarm } from './warm-pool.ts';

/** The refresh of a group that is under way, if there is one. */
export function activeRefresh(group: GroupRecord): RefreshRecord | undefined {
  return group.refreshes.find(({ endedAt }) => endedAt === undefined);
}

/** Seconds after which a new instance counts as warm. Default: the group's own warm-up, else its grace period. */
export function warmupOf(group: GroupRecord, refresh: RefreshRecord): number {
  return refresh.preferences.InstanceWarmup ?? group.defaultWarmup ?? group.healthCheckGrace;
}

/**
 * Takes a refresh a step further: as many members go as the minimum healthy percentage lets go, and the group's own
 * scaling launches what comes for them.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
 */
export function advanceRefresh(scope: Scope, group: GroupRecord): void {
  const refresh = activeRefresh(group);
  if (refresh === undefined) return;
  const { world, region } = scope;
  const now = world.now();
  if (refresh.status === 'Pending') {
    refresh.status = 'InProgress';
    reconcileSoon(scope, group);
  }
  refresh.remaining = remainingOf(group, refresh);
  const members = Object.values(group.members);
  const cold = members.filter((member) => isCold(member, refresh, warmupOf(group, refresh), now));
  const inFlight = members.filter(
    (member) => isLeaving(member) || member.lifecycle.startsWith('Pending'),
  ).length;

  if (refresh.status === 'Cancelling') {
    if (inFlight === 0) settle(refresh, now, 'Cancelled');
    return;
  }
  const live = refresh.remaining.some((id) => group.members[id] !== undefined);
  if (!live && inFlight === 0 && cold.length === 0 && !refreshWarm(scope, group, refresh)) {
    settle(refresh, now, refresh.status === 'RollbackInProgress' ? 'RollbackSuccessful' : 'Successful');
    return;
  }
  const soonest = cold.map(({ inServiceAt = now }) => inServiceAt + warmupOf(group, refresh) * 1000);
  if (soonest.length > 0) {
    world.wake(
      RECONCILE_TASK,
      `${region}/${group.name}`,
      Math.max(
        now + 1000,
        soonest.reduce((one, other) => Math.min(one, other)),
      ),
    );
  }
  if (isPaused(scope, group, refresh)) return;
  takeOut(scope, group, refresh, mayGo(group, refresh, cold, inFlight + cold.length));
}

/** A member that the refresh brought, and that has not warmed up yet. */
function isCold(member: MemberRecord, refresh: RefreshRecord, warmup: number, now: number): boolean {
  const { lifecycle, inServiceAt } = member;
  if (lifecycle !== 'InService' || inServiceAt === undefined || member.launchedAt < refresh.startedAt)
    return false;
  return inServiceAt + warmup * 1000 > now;
}

function settle(refresh: RefreshRecord, now: number, status: RefreshRecord['status']): void {
  refresh.status = status;
  refresh.endedAt = now;
}

/** The members of the group and of its warm pool that are still to be replaced. */
export function remainingOf(group: GroupRecord, { remaining }: RefreshRecord): string[] {
  return remaining.filter((id) => memberOf(group, id) !== undefined);
}

/** Percent of the members to be replaced that are. */
export function percentageComplete(group: GroupRecord, refresh: RefreshRecord): number {
  return percentageOf(refresh.total, remainingOf(group, refresh).length);
}

export function percentageOf(total: number, left: number): number {
  return total === 0 ? 100 : Math.floor(((total - left) / total) * 100);
}

/**
 * Replaces what is in the warm pool, once nothing is left to replace in the group: "An instance refresh first replaces
 * InService instances. Then it replaces instances in the warm pool."
 * @returns whether it still has to do with that
 */
function refreshWarm(scope: Scope, group: GroupRecord, refresh: RefreshRecord): boolean {
  const pool = group.warmPool;
  if (pool === undefined) return false;
  const inFlight = Object.values(pool.members).filter(
    ({ lifecycle }) => lifecycle !== 'Warmed:Stopped',
  ).length;
  const { MinHealthyPercentage: least = 90 } = refresh.preferences;
  const most = Math.max(1, Math.floor((heldWarm(pool).length * (100 - least)) / 100));
  const next = refresh.remaining
    .flatMap((id) => pool.members[id] ?? [])
    .filter((member) => !isLeaving(member))
    .slice(0, Math.max(0, most - inFlight));
  for (const member of next) {
    const at = causeTime(scope.world.now());
    const cause = `At ${at} instance ${member.instanceId} of the warm pool was selected for termination in response to an instance refresh.`;
    beginTermination(scope, group, member, cause);
  }
  return inFlight > 0 || next.length > 0;
}

/** A refresh waits at each of its checkpoints for the checkpoint delay, an hour where nothing is said. */
function isPaused(scope: Scope, group: GroupRecord, refresh: RefreshRecord): boolean {
  const { world, region } = scope;
  const now = world.now();
  if (refresh.pausedUntil !== undefined) {
    if (refresh.pausedUntil > now) {
      // The group may have been looked at since for another reason, which has used the timer up.
      world.wake(RECONCILE_TASK, `${region}/${group.name}`, refresh.pausedUntil);
      return true;
    }
    Reflect.deleteProperty(refresh, 'pausedUntil');
    Reflect.deleteProperty(refresh, 'statusReason');
    reconcileSoon(scope, group);
    return false;
  }
  const checkpoint = refresh.preferences.CheckpointPercentages?.[refresh.checkpointsPassed];
  if (checkpoint === undefined || percentageComplete(group, refresh) < checkpoint) return false;
  refresh.checkpointsPassed += 1;
  refresh.pausedUntil = now + (refresh.preferences.CheckpointDelay ?? 3600) * 1000;
  refresh.statusReason = `Waiting for the checkpoint at ${checkpoint}% to pass.`;
  world.wake(RECONCILE_TASK, `${region}/${group.name}`, refresh.pausedUntil);
  return true;
}

/**
 * How many instances a refresh has the group hold above its desired capacity, so that new ones are there before old ones go:
 * where a maximum healthy percentage above 100 is set, or one of 100 beside a minimum of 100. At a checkpoint none is
 * launched, and those that are there already stay for what comes next.
 */
export function surgeOf(group: GroupRecord): number {
  const refresh = activeRefresh(group);
  if (refresh?.status !== 'InProgress') return 0;
  const { MinHealthyPercentage: least = 90, MaxHealthyPercentage: most } = refresh.preferences;
  if (most === undefined || (most === 100 && least < 100)) return 0;
  const members = Object.values(group.members);
  const old = members.filter(
    ({ instanceId, lifecycle }) => lifecycle === 'InService' && refresh.remaining.includes(instanceId),
  ).length;
  const batch = Math.max(1, Math.floor((group.desired * (most - 100)) / 100));
  const surge = Math.min(old, Math.max(0, batch - members.filter(isLeaving).length));
  if (refresh.pausedUntil === undefined) return surge;
  return Math.min(surge, Math.max(0, unitsOf(countedMembers(group)) - group.desired));
}

/** How many may go at once. */
function mayGo(
  group: GroupRecord,
  { preferences }: RefreshRecord,
  cold: readonly MemberRecord[],
  unready: number,
): number {
  const { MinHealthyPercentage: least = 90, MaxHealthyPercentage: most } = preferences;
  if (most === undefined || (most === 100 && least < 100)) {
    // With a percentage that lets none go, one goes all the same.
    return Math.max(1, Math.floor((group.desired * (100 - least)) / 100)) - unready;
  }
  const healthy = countedMembers(group).filter(
    (member) => member.lifecycle === 'InService' && !cold.includes(member),
  );
  return unitsOf(healthy) - Math.ceil((group.desired * least) / 100);
}

function takeOut(scope: Scope, group: GroupRecord, refresh: RefreshRecord, most: number): void {
  const { ScaleInProtectedInstances = 'Wait' } = refresh.preferences;
  const candidates = refresh.remaining
    .flatMap((id) => group.members[id] ?? [])
    .filter(({ lifecycle }) => lifecycle === 'InService');
  const guarded = candidates.filter(({ protectedFromScaleIn }) => protectedFromScaleIn);
  const free =
    ScaleInProtectedInstances === 'Refresh'
      ? candidates
      : candidates.filter(({ protectedFromScaleIn }) => !protectedFromScaleIn);
  if (ScaleInProtectedInstances === 'Ignore') {
    refresh.remaining = refresh.remaining.filter(
      (id) => !guarded.some(({ instanceId }) => instanceId === id),
    );
  } else if (free.length === 0 && guarded.length > 0) {
    refresh.statusReason = `Waiting for ${guarded.length} instances to be no longer protected from scale in.`;
  }
  for (const member of free.slice(0, Math.max(0, most))) {
    const at = causeTime(scope.world.now());
    const cause = `At ${at} an instance was taken out of service in response to an instance refresh.  At ${at} instance ${member.instanceId} was selected for termination.`;
    beginTermination(scope, group, member, cause);
  }
}

/** The members that a refresh is to replace: with SkipMatching, not those that run the wanted version already. */
export function membersToRefresh(scope: Scope, group: GroupRecord, skipMatching: boolean): string[] {
  const members = everyMember(group).filter((member) => !isLeaving(member) && member.lifecycle !== 'Standby');
  const wanted = skipMatching ? currentVersion(scope, group) : undefined;
  const types = group.mixed?.LaunchTemplate?.Overrides?.map(({ InstanceType }) => InstanceType) ?? [];
  return members
    .filter(
      ({ template, instanceType }) =>
        wanted === undefined ||
        template?.id !== wanted.id ||
        template.version !== wanted.version ||
        (types.length > 0 && !types.includes(instanceType as never)),
    )
    .map(({ instanceId }) => instanceId);
}
