import type { InstancesDistribution } from '@aws-sdk/client-auto-scaling';
import type { MemberRecord } from '../state.ts';
import { onDemandShare } from './distribution.ts';
import { countByZone } from './zones.ts';

export interface TerminationRules {
  readonly zones: readonly string[];
  readonly policies: readonly string[];
  /** Of a mixed instances policy. */
  readonly distribution?: InstancesDistribution | undefined;
}

/**
 * The member that a scale-in takes next; undefined when all are protected. The zone with the most members first; within
 * it the kind of purchase that the group has too much of; then by the group's termination policies.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
 */
export function chooseForTermination(
  members: readonly MemberRecord[],
  { zones, policies, distribution }: TerminationRules,
): MemberRecord | undefined {
  const free = members.filter(({ protectedFromScaleIn }) => !protectedFromScaleIn);
  const counts = countByZone(zones, members);
  const most = Math.max(...free.map(({ zone }) => counts.get(zone) ?? 0));
  const fullest = free.filter(({ zone }) => counts.get(zone) === most);
  const candidates = distribution === undefined ? fullest : surplusKind(fullest, members, distribution);
  return policies.reduce(applyPolicy, candidates)[0];
}

function surplusKind(
  candidates: readonly MemberRecord[],
  members: readonly MemberRecord[],
  distribution: InstancesDistribution,
): MemberRecord[] {
  const onDemand = members.filter(({ spot }) => !spot).length;
  const tooManyOnDemand = onDemand > onDemandShare(members.length - 1, distribution);
  const surplus = candidates.filter(({ spot }) => spot !== tooManyOnDemand);
  return surplus.length > 0 ? surplus : [...candidates];
}

function applyPolicy(candidates: readonly MemberRecord[], policy: string): MemberRecord[] {
  const least = (rank: (member: MemberRecord) => number) => {
    const lowest = Math.min(...candidates.map(rank));
    return candidates.filter((member) => rank(member) === lowest);
  };
  switch (policy) {
    case 'NewestInstance':
      return least(({ launchedAt }) => -launchedAt);
    case 'OldestInstance':
    case 'ClosestToNextInstanceHour':
    case 'OldestLaunchConfiguration':
      return least(({ launchedAt }) => launchedAt);
    case 'AllocationStrategy':
      return [...candidates];
    case 'OldestLaunchTemplate':
      return least(({ template }) => Number(template?.version ?? 0));
    default:
      return applyPolicy(applyPolicy(candidates, 'OldestLaunchTemplate'), 'ClosestToNextInstanceHour');
  }
}
