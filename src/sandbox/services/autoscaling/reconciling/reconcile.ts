import type { Scope, Task } from '../../../kernel/world.ts';
import { own, put } from '../../../kernel/table.ts';
import type { Instant } from '../../../kernel/time.ts';
import { isAlive } from '../../ec2/state/instance.ts';
import { ec2State } from '../../ec2/state/state.ts';
import {
  autoScalingState,
  everyMember,
  groupsOf,
  isSuspended,
  isWarm,
  type GroupRecord,
  type MemberRecord,
} from '../state.ts';
import { causeTime, endActivity } from './activities.ts';
import { balancePurchases, balanceZones } from './balancing.ts';
import { completeAction, holdForHooks } from './hooks.ts';
import { advanceRefresh } from './refreshing.ts';
import { scaleToDesired } from './scaling.ts';
import { RECONCILE_TASK, reconcileSoon } from './task.ts';
import { beginTermination, buryDead, endMember, isLeaving } from './terminating.ts';
import { enterPool, keepWarm, welcomeWarm } from './warm-pool.ts';

/** One look at a group: it sees what has become of its instances, and then what there is to do. */
export const reconcile: Task = (world, key) => {
  const slash = key.indexOf('/');
  const scope = world.scope(key.slice(0, slash));
  const group = own(groupsOf(scope), key.slice(slash + 1));
  if (group === undefined) return;
  expireActions(scope, group);
  welcomeLaunched(scope, group);
  welcomeWarm(scope, group);
  noticeEnded(scope, group);
  buryDead(scope, group);
  if (group.deleting && everyMember(group).length === 0) {
    removeGroup(scope, group);
    return;
  }
  replaceUnhealthy(scope, group);
  replaceAged(scope, group);
  scaleToDesired(scope, group);
  keepWarm(scope, group);
  advanceRefresh(scope, group);
  balanceZones(scope, group);
  balancePurchases(scope, group);
  const next = nextLook(group, world.now());
  if (next !== undefined) world.wake(RECONCILE_TASK, key, next);
};

/** A group that is gone leaves its activities behind, for DescribeScalingActivities with IncludeDeletedGroups. */
export function removeGroup(scope: Scope, group: GroupRecord): void {
  const { groups, history } = autoScalingState(scope);
  put(history, group.name, { arn: group.arn, activities: group.activities });
  Reflect.deleteProperty(groups, group.name);
}

/** Lifecycle actions that nobody has completed in time end with their hook's default result. */
function expireActions(scope: Scope, group: GroupRecord): void {
  const now = scope.world.now();
  for (const member of everyMember(group)) {
    for (const [hookName, action] of Object.entries(member.actions)) {
      if (action.deadline > now) continue;
      settleAction(
        scope,
        group,
        member,
        hookName,
        group.hooks[hookName]?.defaultResult ?? 'ABANDON',
        'Heartbeat Timeout',
      );
    }
  }
}

/** Ends one lifecycle action of a member, and lets the member go on where it was the last. */
export function settleAction(
  scope: Scope,
  group: GroupRecord,
  member: MemberRecord,
  hookName: string,
  result: 'CONTINUE' | 'ABANDON',
  why: string,
): void {
  const outcome = completeAction(member, hookName, result, why);
  if (outcome === undefined) return;
  if (isLeaving(member)) {
    endMember(scope, member);
  } else if (outcome.result === 'ABANDON') {
    const cause = `At ${causeTime(scope.world.now())} an instance was taken out of service in response to a launch failure.`;
    beginTermination(scope, group, member, cause, { abandoned: outcome.message });
  } else if (isWarm(member)) {
    enterPool(scope, member);
  } else {
    enterService(scope, group, member);
  }
  reconcileSoon(scope, group);
}

/** Instances that have come to run enter service, unless a launching hook holds them. */
function welcomeLaunched(scope: Scope, group: GroupRecord): void {
  const { instances } = ec2State(scope);
  for (const member of Object.values(group.members)) {
    if (member.lifecycle !== 'Pending' || instances[member.instanceId]?.state !== 'running') continue;
    if (!holdForHooks(scope, group, member, 'autoscaling:EC2_INSTANCE_LAUNCHING'))
      enterService(scope, group, member);
  }
}

function enterService(scope: Scope, group: GroupRecord, member: MemberRecord): void {
  const now = scope.world.now();
  member.lifecycle = 'InService';
  member.inServiceAt = now;
  endActivity(group, member.activityId, now, 'Successful');
}

/** Members whose instances have ended or stopped without the group's doing are unhealthy. */
function noticeEnded(scope: Scope, group: GroupRecord): void {
  const { instances } = ec2State(scope);
  for (const member of everyMember(group)) {
    if (isLeaving(member) || member.lifecycle === 'Standby') continue;
    const instance = instances[member.instanceId];
    const gone = instance === undefined || !isAlive(instance);
    // In the warm pool an instance is stopped for good reason.
    if (!gone && (isWarm(member) || !/^stop/.test(instance.state))) continue;
    member.healthy = false;
    member.unhealthyBy = 'ec2';
  }
}

const UNHEALTHY: Readonly<Record<NonNullable<MemberRecord['unhealthyBy']>, string>> = {
  ec2: 'an EC2 health check indicating it has been terminated or stopped',
  user: 'a user health-check',
};

function replaceUnhealthy(scope: Scope, group: GroupRecord): void {
  if (
    isSuspended(group, 'HealthCheck') ||
    isSuspended(group, 'ReplaceUnhealthy') ||
    isSuspended(group, 'Terminate')
  )
    return;
  for (const member of everyMember(group)) {
    if (member.healthy || isLeaving(member) || member.lifecycle === 'Standby') continue;
    if (member.unhealthyBy === 'user' && /Pending/.test(member.lifecycle)) continue;
    const at = causeTime(scope.world.now());
    const why = UNHEALTHY[member.unhealthyBy ?? 'ec2'];
    if (!isWarm(member)) group.replacements += 1;
    beginTermination(
      scope,
      group,
      member,
      `At ${at} an instance was taken out of service in response to ${why}.`,
    );
  }
}

/** Members that have reached the maximum instance lifetime are replaced one at a time. */
function replaceAged(scope: Scope, group: GroupRecord): void {
  const { maxInstanceLifetime } = group;
  if (!maxInstanceLifetime || isSuspended(group, 'Terminate') || isSuspended(group, 'Launch')) return;
  const now = scope.world.now();
  const members = Object.values(group.members);
  if (members.some(({ lifecycle }) => lifecycle !== 'InService')) return;
  const oldest = members.find(({ launchedAt }) => launchedAt + maxInstanceLifetime * 1000 <= now);
  if (oldest === undefined) return;
  const cause = `At ${causeTime(now)} an instance was taken out of service in response to reaching its maximum instance lifetime.`;
  beginTermination(scope, group, oldest, cause);
}

/** When the group has to be looked at again without anybody's asking. */
function nextLook(group: GroupRecord, now: Instant): Instant | undefined {
  const members = Object.values(group.members);
  const times = [
    ...everyMember(group).flatMap(({ actions }) => Object.values(actions).map(({ deadline }) => deadline)),
    ...[group.retryAt, group.warmPool?.retryAt].filter((at) => at !== undefined),
    ...(group.maxInstanceLifetime
      ? members.map(({ launchedAt }) => launchedAt + (group.maxInstanceLifetime ?? 0) * 1000)
      : []),
  ].filter((at) => at > now);
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.min(one, other));
}
