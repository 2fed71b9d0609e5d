import type { InstancesDistribution } from '@aws-sdk/client-auto-scaling';

export type Purchase = 'on-demand' | 'spot';

/**
 * How the next unit of capacity is to be bought: the base comes first and is on demand, above it a percentage is,
 * rounded in favour of on demand. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
 * @param held the units the group has of each kind
 */
export function nextPurchase(
  held: { readonly onDemand: number; readonly spot: number },
  distribution: InstancesDistribution = {},
): Purchase {
  return held.onDemand < onDemandShare(held.onDemand + held.spot + 1, distribution) ? 'on-demand' : 'spot';
}

/** How many of `total` units are to be on demand. */
export function onDemandShare(
  total: number,
  { OnDemandBaseCapacity = 0, OnDemandPercentageAboveBaseCapacity = 100 }: InstancesDistribution,
): number {
  const base = Math.min(total, OnDemandBaseCapacity);
  return base + Math.ceil(((total - base) * OnDemandPercentageAboveBaseCapacity) / 100);
}
