import type { Scope } from '../../../kernel/service.ts';
import { chooseForTermination } from '../capacity/termination.ts';
import { imbalance } from '../capacity/zones.ts';
import { countedMembers, isSuspended, type GroupRecord } from '../state.ts';
import { causeTime } from './activities.ts';
import { launchUnits } from './launching.ts';
import { beginTermination } from './terminating.ts';

/**
 * Evens out the zones of a group at rest, one instance at a time. AWS launches the new one a little before the old one
 * goes; here both begin together.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-benefits.html#AutoScalingBehavior.InstanceUsage
 */
export function balanceZones(scope: Scope, group: GroupRecord): void {
  const members = Object.values(group.members);
  const resting = members.every(({ lifecycle }) => lifecycle === 'InService');
  const suspended = ['AZRebalance', 'Launch', 'Terminate'].some((process) => isSuspended(group, process));
  if (!resting || suspended || group.deleting || group.retryAt !== undefined) return;
  if (group.refreshes.some(({ endedAt }) => endedAt === undefined)) return;
  if (countedMembers(group).length > group.desired) return;
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
  const before = members.length;
  launchUnits(scope, group, 1, `${found} An instance was launched to aid in balancing the group's zones.`);
  if (Object.keys(group.members).length === before) return;
  beginTermination(
    scope,
    group,
    leaver,
    `${found} An instance was terminated to aid in balancing the group's zones.`,
  );
}
