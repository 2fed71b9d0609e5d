import type { Scope } from '../../../kernel/world.ts';
import { chooseForTermination } from '../capacity/termination.ts';
import { onDemandShare } from '../capacity/distribution.ts';
import { imbalance } from '../capacity/zones.ts';
import { countedMembers, isSuspended, type GroupRecord, type MemberRecord } from '../state.ts';
import { causeTime } from './activities.ts';
import { launchUnits } from './launching.ts';
import { beginTermination } from './terminating.ts';

/**
 * Evens out the zones of a group at rest, one instance at a time. AWS launches the new one a little before the old one
 * goes; here both begin together.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-benefits.html#AutoScalingBehavior.InstanceUsage
 */
export function balanceZones(scope: Scope, group: GroupRecord): void {
  if (isSuspended(group, 'AZRebalance') || !isAtRest(group)) return;
  const members = Object.values(group.members);
  const move = imbalance(group.zones, members);
  if (move === undefined) return;
  const movable = members.filter(
    ({ zone, protectedFromScaleIn }) => zone === move.from && !protectedFromScaleIn,
  );
  const leaver = chooseForTermination(movable, { zones: group.zones, policies: group.terminationPolicies });
  if (leaver === undefined) return;
  const at = causeTime(scope.world.now());
  const zones = [...move.counts.keys()].join(' ');
  const counts = [...move.counts.values()].join(' ');
  const found = `At ${at} availability zones ${zones} had ${counts} instances respectively.`;
  const why = `${found} An instance was %s to aid in balancing the group's zones.`;
  exchange(scope, group, leaver, why, move.to);
}

/**
 * Comes nearer to the distribution of a mixed instances policy that was changed, one instance at a time: "an update to this
 * setting means a gradual replacement of instances". Those that are protected from scale-in stay.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-autoscaling-autoscalinggroup-instancesdistribution.html
 */
export function balancePurchases(scope: Scope, group: GroupRecord): void {
  const distribution = group.mixed?.InstancesDistribution;
  if (distribution === undefined || !isAtRest(group)) return;
  const members = Object.values(group.members);
  const missing = onDemandShare(members.length, distribution) - members.filter(({ spot }) => !spot).length;
  if (missing === 0) return;
  const surplus = members.filter(
    ({ spot, protectedFromScaleIn }) => spot === missing > 0 && !protectedFromScaleIn,
  );
  const leaver = chooseForTermination(surplus, { zones: group.zones, policies: group.terminationPolicies });
  if (leaver === undefined) return;
  const at = causeTime(scope.world.now());
  exchange(
    scope,
    group,
    leaver,
    `At ${at} an instance was %s to move towards the group's distribution of on-demand and spot instances.`,
  );
}

function isAtRest(group: GroupRecord): boolean {
  const resting = Object.values(group.members).every(({ lifecycle }) => lifecycle === 'InService');
  const suspended = ['Launch', 'Terminate'].some((process) => isSuspended(group, process));
  if (!resting || suspended || group.deleting || group.retryAt !== undefined) return false;
  if (group.refreshes.some(({ endedAt }) => endedAt === undefined)) return false;
  return countedMembers(group).length <= group.desired;
}

/**
 * Launches one instance and, where that succeeds, ends another.
 * @param cause with `%s` for what was done to each
 * @param zone where the new one has to be
 */
function exchange(
  scope: Scope,
  group: GroupRecord,
  leaver: MemberRecord,
  cause: string,
  zone?: string,
): void {
  const before = Object.keys(group.members).length;
  launchUnits(scope, group, 1, cause.replace('%s', 'launched'), { only: zone });
  if (Object.keys(group.members).length === before) return;
  beginTermination(scope, group, leaver, cause.replace('%s', 'terminated'));
}
