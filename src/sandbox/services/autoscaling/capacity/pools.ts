import type { InstancesDistribution, LaunchTemplateOverrides } from '@aws-sdk/client-auto-scaling';
import type { Instant } from '../../../kernel/time.ts';
import { instanceType } from '../../ec2/catalogue/instance-types.ts';
import { isOffered } from '../../ec2/catalogue/offerings.ts';
import { onDemandPrice, spotDepth, spotPrice } from '../../ec2/catalogue/prices.ts';
import type { Purchase } from './distribution.ts';

/** One way to get an instance in a zone: a type, and the units of capacity that it gives. */
export interface Pool {
  readonly instanceType: string | undefined;
  readonly weight: number;
}

/**
 * The pools of a zone in the order in which a group tries them.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html
 * @param overrides the types of a mixed instances policy; without any, the launch template's own type is the only pool
 */
export function rankedPools(
  overrides: readonly LaunchTemplateOverrides[],
  purchase: Purchase,
  distribution: InstancesDistribution,
  place: { readonly region: string; readonly zone: string; readonly now: Instant },
): Pool[] {
  if (overrides.length === 0) return [{ instanceType: undefined, weight: 1 }];
  const pools = overrides.map(({ InstanceType, WeightedCapacity }) => ({
    instanceType: InstanceType,
    weight: Number(WeightedCapacity ?? 1),
  }));
  // Types that the zone has not come last: they fail only where nothing else is left, and say so.
  const offered = pools.filter(({ instanceType: name }) => isIn(name, place));
  const elsewhere = pools.filter(({ instanceType: name }) => !isIn(name, place));
  return [...sorted(offered, purchase, distribution, place), ...elsewhere];
}

function isIn(
  name: string | undefined,
  { region, zone }: { readonly region: string; readonly zone: string },
): boolean {
  const type = instanceType(name ?? '');
  return type !== undefined && isOffered(type, region, zone);
}

function sorted(
  pools: readonly Pool[],
  purchase: Purchase,
  { OnDemandAllocationStrategy, SpotAllocationStrategy }: InstancesDistribution,
  { zone, now }: { readonly zone: string; readonly now: Instant },
): Pool[] {
  const facts = (pool: Pool) => instanceType(pool.instanceType ?? '');
  const onDemand = (pool: Pool) => priceOf(facts(pool), onDemandPrice) / pool.weight;
  const spot = (pool: Pool) => priceOf(facts(pool), (type) => spotPrice(type, zone, now)) / pool.weight;
  const depth = (pool: Pool) => priceOf(facts(pool), (type) => spotDepth(type, zone));
  const ranked = (rank: (pool: Pool) => number) => [...pools].sort((one, other) => rank(one) - rank(other));
  if (purchase === 'on-demand') {
    return OnDemandAllocationStrategy === 'lowest-price' ? ranked(onDemand) : [...pools];
  }
  switch (SpotAllocationStrategy ?? 'lowest-price') {
    case 'capacity-optimized':
      return ranked((pool) => -depth(pool));
    case 'price-capacity-optimized':
      return ranked((pool) => spot(pool) / (0.5 + depth(pool)));
    case 'capacity-optimized-prioritized':
      return [...pools];
    default:
      return ranked(spot);
  }
}

function priceOf<Facts>(facts: Facts | undefined, price: (facts: Facts) => number): number {
  return facts === undefined ? Number.MAX_VALUE : price(facts);
}
