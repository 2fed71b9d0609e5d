import type { Scope } from '../../../kernel/world.ts';
import { startInstance, stopInstance } from '../../ec2/compute/lifecycle.ts';
import { ec2State } from '../../ec2/state/state.ts';
import { zonesByNeed } from '../capacity/zones.ts';
import {
  countedMembers,
  isSuspended,
  type GroupRecord,
  type MemberRecord,
  type WarmPoolRecord,
} from '../state.ts';
import { causeTime, endActivity, startActivity } from './activities.ts';
import { holdForHooks } from './hooks.ts';
import { launchUnits } from './launching.ts';
import { beginTermination, isLeaving } from './terminating.ts';

/**
 * How many instances a pool is to hold. "Only when MaxGroupPreparedCapacity and MinSize are set to the same value does the
 * warm pool have an absolute size"; otherwise it makes the group up to the maximum prepared capacity, or to its maximum size.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html
 */
export function poolSize({ max, desired }: GroupRecord, { minSize, maxPrepared }: WarmPoolRecord): number {
  if (maxPrepared === minSize) return minSize;
  return Math.max(minSize, (maxPrepared ?? max) - desired);
}

/** The members that a pool has or is getting. */
export function heldWarm({ members }: WarmPoolRecord): MemberRecord[] {
  return Object.values(members).filter((member) => !isLeaving(member));
}

/** Takes the instances of a pool on: those that run are held for the launching hooks, those that have stopped are ready. */
export function welcomeWarm(scope: Scope, group: GroupRecord): void {
  const { instances } = ec2State(scope);
  for (const member of Object.values(group.warmPool?.members ?? {})) {
    const state = instances[member.instanceId]?.state;
    if (member.lifecycle === 'Warmed:Pending' && state === 'running') {
      if (!holdForHooks(scope, group, member, 'autoscaling:EC2_INSTANCE_LAUNCHING')) enterPool(scope, member);
    } else if (member.lifecycle === 'Warmed:Pending:Proceed' && state === 'stopped') {
      member.lifecycle = 'Warmed:Stopped';
      endActivity(group, member.activityId, scope.world.now(), 'Successful');
    }
  }
}

/** Stops an instance that nothing holds any more on its way into the pool. */
export function enterPool(scope: Scope, member: MemberRecord): void {
  const state = ec2State(scope);
  const instance = state.instances[member.instanceId];
  member.lifecycle = 'Warmed:Pending:Proceed';
  // One that has ended meanwhile is found by the health check.
  if (instance?.state === 'running') stopInstance(state, scope, instance);
}

/**
 * Starts instances of the pool for the group, where they are needed most first. While a refresh is under way, those of a
 * former launch template stay.
 * @returns how many
 */
export function drawWarm(
  scope: Scope,
  group: GroupRecord,
  most: number,
  { cause, version }: { readonly cause: string; readonly version: string | undefined },
): number {
  const pool = group.warmPool;
  if (pool === undefined) return 0;
  let drawn = 0;
  for (; drawn < most; drawn += 1) {
    const ready = Object.values(pool.members).filter(
      ({ lifecycle, healthy, template }) =>
        lifecycle === 'Warmed:Stopped' && healthy && (version ?? template?.version) === template?.version,
    );
    const [member] = zonesByNeed(group.zones, countedMembers(group)).flatMap((wanted) =>
      ready.filter(({ zone }) => zone === wanted),
    );
    if (member === undefined) break;
    start(scope, group, pool, member, cause);
  }
  return drawn;
}

function start(
  scope: Scope,
  group: GroupRecord,
  pool: WarmPoolRecord,
  member: MemberRecord,
  cause: string,
): void {
  const state = ec2State(scope);
  const instance = state.instances[member.instanceId];
  if (instance === undefined) return;
  Reflect.deleteProperty(pool.members, member.instanceId);
  const activity = startActivity(scope, group, {
    description: `Launching a new EC2 instance from warm pool: ${member.instanceId}`,
    cause,
    status: 'PreInService',
    progress: 30,
    subnetId: instance.subnetId,
    zone: member.zone,
  });
  group.members[member.instanceId] = {
    ...member,
    lifecycle: 'Pending',
    activityId: activity.id,
    actions: {},
  };
  startInstance(state, scope, instance);
}

/** Launches what the pool lacks, ends what it has too much, and lets go of a pool that is being deleted. */
export function keepWarm(scope: Scope, group: GroupRecord): void {
  const pool = group.warmPool;
  if (pool === undefined) return;
  const wanted = pool.deleting || group.deleting ? 0 : poolSize(group, pool);
  const held = heldWarm(pool);
  const now = scope.world.now();
  const at = causeTime(now);
  const cause = `At ${at} the warm pool was to hold ${wanted} instances and held ${held.length}.`;
  if (held.length < wanted) {
    if (isSuspended(group, 'Launch') || (pool.retryAt ?? 0) > now) return;
    launchUnits(scope, group, wanted - held.length, cause, { pool });
  } else if (held.length > wanted) {
    if (isSuspended(group, 'Terminate')) return;
    // Those that are still to be made ready go first.
    const surplus = held
      .sort((a, b) => Number(isReady(a)) - Number(isReady(b)))
      .slice(0, held.length - wanted);
    for (const member of surplus) beginTermination(scope, group, member, cause);
  } else if (pool.deleting && Object.keys(pool.members).length === 0) {
    Reflect.deleteProperty(group, 'warmPool');
  }
}

function isReady({ lifecycle }: MemberRecord): boolean {
  return lifecycle === 'Warmed:Stopped';
}
