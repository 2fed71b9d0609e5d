import type { Scope } from '../../../kernel/world.ts';
import { chooseForTermination } from '../capacity/termination.ts';
import { countedMembers, isSuspended, unitsOf, type GroupRecord } from '../state.ts';
import { causeTime, endActivity, startActivity } from './activities.ts';
import { currentVersion, launchUnits } from './launching.ts';
import { activeRefresh, surgeOf } from './refreshing.ts';
import { beginTermination } from './terminating.ts';
import { drawWarm } from './warm-pool.ts';

/** Launches what is missing from the desired capacity, or takes out what is too much. */
export function scaleToDesired(scope: Scope, group: GroupRecord): void {
  const held = unitsOf(countedMembers(group));
  const wanted = group.desired + surgeOf(group);
  if (held < wanted) scaleOut(scope, group, held, wanted);
  else if (held > wanted) scaleIn(scope, group, held, wanted);
  else group.replacements = 0;
}

/** The causes since the last scaling; each activity of this one begins with them. */
function reasonsOf(group: GroupRecord): string {
  return group.reasons.map((reason) => `${reason}  `).join('');
}

function scaleOut(scope: Scope, group: GroupRecord, held: number, wanted: number): void {
  const now = scope.world.now();
  if (isSuspended(group, 'Launch') || group.deleting) return;
  if (group.retryAt !== undefined && group.retryAt > now) return;
  const at = causeTime(now);
  const missing = wanted - held;
  const replaced = Math.min(group.replacements, missing);
  group.replacements = 0;
  if (replaced > 0) {
    bringUp(
      scope,
      group,
      replaced,
      `At ${at} an instance was launched in response to an unhealthy instance needing to be replaced.`,
    );
  }
  if (missing > replaced) {
    const cause = `${reasonsOf(group)}At ${at} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${held} to ${wanted}.`;
    bringUp(scope, group, missing - replaced, cause);
  }
  if (group.retryAt === undefined) group.reasons = [];
}

/** From the warm pool, as far as that goes. */
function bringUp(scope: Scope, group: GroupRecord, units: number, cause: string): void {
  const refreshing = activeRefresh(group) !== undefined;
  const version = refreshing ? currentVersion(scope, group)?.version : undefined;
  const drawn = drawWarm(scope, group, units, { cause, version });
  if (units > drawn) launchUnits(scope, group, units - drawn, cause);
}

function scaleIn(scope: Scope, group: GroupRecord, held: number, wanted: number): void {
  if (isSuspended(group, 'Terminate')) return;
  const at = causeTime(scope.world.now());
  const rules = {
    zones: group.zones,
    policies: group.terminationPolicies,
    distribution: group.mixed?.InstancesDistribution,
  };
  for (;;) {
    const members = countedMembers(group);
    const units = unitsOf(members);
    const chosen = chooseForTermination(members, rules);
    if (chosen === undefined) {
      if (units > wanted) tellStuck(scope, group, held, at);
      break;
    }
    // With weights, taking one out may leave too little; then the group keeps the surplus.
    if (units - chosen.weight < wanted) break;
    const cause = `${reasonsOf(group)}At ${at} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${held} to ${wanted}.  At ${at} instance ${chosen.instanceId} was selected for termination.`;
    beginTermination(scope, group, chosen, cause);
  }
  group.reasons = [];
}

function tellStuck(scope: Scope, group: GroupRecord, held: number, at: string): void {
  if (group.stuckAt === group.desired) return;
  group.stuckAt = group.desired;
  const activity = startActivity(scope, group, {
    description: 'Terminating EC2 instance',
    cause: `${reasonsOf(group)}At ${at} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${held} to ${group.desired}.`,
    status: 'InProgress',
    progress: 0,
    zone: group.zones[0] ?? '',
  });
  endActivity(
    group,
    activity.id,
    scope.world.now(),
    'Cancelled',
    'Could not scale to desired capacity because all remaining instances are protected from scale-in.',
  );
}
