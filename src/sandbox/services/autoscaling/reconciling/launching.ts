import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { launchInstances } from '../../ec2/compute/launching/run-instances.ts';
import { vcpuRoom } from '../../ec2/compute/launching/vcpus.ts';
import { templateOf, versionOf } from '../../ec2/compute/launch-templates.ts';
import { ec2State } from '../../ec2/state/state.ts';
import { nextPurchase, type Purchase } from '../capacity/distribution.ts';
import { rankedPools } from '../capacity/pools.ts';
import { zonesByNeed } from '../capacity/zones.ts';
import {
  countedMembers,
  unitsOf,
  type GroupRecord,
  type GroupTemplate,
  type Launching,
  type MemberRecord,
  type TemplateVersion,
  type WarmPoolRecord,
} from '../state.ts';
import { endActivity, startActivity } from './activities.ts';

/** The launch template of a group, whichever way it is given. */
export function templateOfGroup(group: GroupRecord): GroupTemplate | undefined {
  const mixed = group.mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  if (mixed === undefined) return group.launchTemplate;
  return { id: mixed.LaunchTemplateId ?? '', name: mixed.LaunchTemplateName ?? '', version: mixed.Version };
}

/** The version that the group launches from now. @throws AwsError when the template or its version is gone */
export function currentVersion(scope: Scope, group: GroupRecord): TemplateVersion | undefined {
  const named = templateOfGroup(group);
  if (named === undefined) return undefined;
  const template = templateOf(ec2State(scope), { LaunchTemplateId: named.id });
  const { number } = versionOf(template, named.version);
  return { id: template.LaunchTemplateId, name: template.LaunchTemplateName, version: String(number) };
}

/** After a launch that failed: half a minute, doubled each time, a quarter of an hour at most. */
function backOff(launching: Launching, now: number): void {
  launching.failures += 1;
  launching.retryAt = now + Math.min(30_000 * 2 ** (launching.failures - 1), 900_000);
}

export interface LaunchOptions {
  /** The one zone that is wanted, where another would be of no use. */
  readonly only?: string | undefined;
  /** The group's warm pool, where the instances are for that. */
  readonly pool?: WarmPoolRecord;
}

/**
 * Launches `units` of capacity, spread over the group's zones. A zone that has no room is left for another one; when
 * none has, the group waits before it tries again. Each try leaves an activity, as in AWS.
 */
export function launchUnits(
  scope: Scope,
  group: GroupRecord,
  units: number,
  cause: string,
  { only, pool }: LaunchOptions = {},
): void {
  const launching: Launching = pool ?? group;
  const closed = new Set<string>();
  let missing = units;
  while (missing > 0) {
    const open = placesOf(scope, group).filter(({ zone }) => !closed.has(zone) && (only ?? zone) === zone);
    if (open.length === 0) {
      backOff(launching, scope.world.now());
      return;
    }
    const held = pool === undefined ? countedMembers(group) : Object.values(pool.members);
    const batches = plan(group, held, missing, open);
    for (const batch of batches) {
      const launched = launchBatch(scope, group, batch, { cause, pool });
      if (launched === 'hopeless') {
        backOff(launching, scope.world.now());
        return;
      }
      if (launched === 0) closed.add(batch.zone);
      missing -= launched;
    }
  }
  launching.failures = 0;
  Reflect.deleteProperty(launching, 'retryAt');
}

interface Place {
  readonly zone: string;
  readonly subnetId: string | undefined;
}

/** Where the group may launch: its subnets, or its zones in the default VPC. */
function placesOf(scope: Scope, group: GroupRecord): Place[] {
  if (group.subnetIds.length === 0) return group.zones.map((zone) => ({ zone, subnetId: undefined }));
  const { subnets } = ec2State(scope);
  return group.subnetIds.map((subnetId) => ({ subnetId, zone: subnets[subnetId]?.AvailabilityZone ?? '' }));
}

interface Batch extends Place {
  readonly purchase: Purchase;
  count: number;
}

/** Which launches bring `units` of capacity: zone by zone, each bought as the distribution has it. */
function plan(
  group: GroupRecord,
  there: readonly MemberRecord[],
  units: number,
  places: readonly Place[],
): Batch[] {
  const members: { zone: string; spot: boolean; weight: number }[] = [...there];
  const zones = [...new Set(places.map(({ zone }) => zone))];
  const batches = new Map<string, Batch>();
  const weight = leastWeight(group);
  for (let planned = 0; planned < units; planned += weight) {
    const held = {
      onDemand: unitsOf(members.filter(({ spot }) => !spot)),
      spot: unitsOf(members.filter(({ spot }) => spot)),
    };
    const purchase =
      group.mixed === undefined ? 'on-demand' : nextPurchase(held, group.mixed.InstancesDistribution);
    const [zone = ''] = zonesByNeed(zones, members);
    const key = `${zone} ${purchase}`;
    const place = places.find((one) => one.zone === zone);
    const batch = batches.get(key) ?? { zone, subnetId: place?.subnetId, purchase, count: 0 };
    batch.count += 1;
    batches.set(key, batch);
    members.push({ zone, spot: purchase === 'spot', weight });
  }
  return [...batches.values()];
}

function leastWeight({ mixed }: GroupRecord): number {
  const weights = (mixed?.LaunchTemplate?.Overrides ?? []).map(({ WeightedCapacity }) =>
    Number(WeightedCapacity ?? 1),
  );
  return weights.length === 0 ? 1 : Math.min(...weights);
}

/** Errors that another zone, or another time, may not have. */
const CAPACITY_ERRORS = new Set([
  'InsufficientInstanceCapacity',
  'InsufficientFreeAddressesInSubnet',
  'UnfulfillableCapacity',
  'Unsupported',
  'SpotMaxPriceTooLow',
]);

interface Occasion {
  readonly cause: string;
  readonly pool: WarmPoolRecord | undefined;
}

/** @returns the units launched; `hopeless` when no zone would do better */
function launchBatch(
  scope: Scope,
  group: GroupRecord,
  { zone, subnetId, purchase, count }: Batch,
  occasion: Occasion,
): number | 'hopeless' {
  const { world, region } = scope;
  const pools = rankedPools(
    group.mixed?.LaunchTemplate?.Overrides ?? [],
    purchase,
    group.mixed?.InstancesDistribution ?? {},
    { region, zone, now: world.now() },
  );
  let refusal: AwsError | undefined;
  for (const pool of pools) {
    try {
      return launchFrom(scope, group, { zone, subnetId, purchase, count, ...pool }, occasion);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      refusal ??= error;
      if (!CAPACITY_ERRORS.has(error.code)) break;
    }
  }
  if (refusal === undefined) return 'hopeless';
  const activity = startActivity(scope, group, {
    description: description(occasion),
    cause: occasion.cause,
    status: 'InProgress',
    progress: 30,
    subnetId,
    zone,
  });
  endActivity(group, activity.id, world.now(), 'Failed', refusalText(refusal, purchase, group));
  return CAPACITY_ERRORS.has(refusal.code) ? 0 : 'hopeless';
}

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html */
function refusalText({ code, message }: AwsError, purchase: Purchase, group: GroupRecord): string {
  const ending = 'Launching EC2 instance failed.';
  const sentence = /[.!]$/.test(message) ? message : `${message}.`;
  if (purchase === 'spot') return `Could not launch Spot Instances. ${code} - ${sentence} ${ending}`;
  if (group.mixed !== undefined)
    return `Could not launch On-Demand Instances. ${code} - ${sentence} ${ending}`;
  return `${sentence} ${ending}`;
}

function description({ pool }: Occasion): string {
  return `Launching a new EC2 instance${pool === undefined ? '' : ' into warm pool'}`;
}

function launchFrom(
  scope: Scope,
  group: GroupRecord,
  launch: Batch & { readonly instanceType: string | undefined; readonly weight: number },
  occasion: Occasion,
): number {
  const { world } = scope;
  const template = currentVersion(scope, group);
  const state = ec2State(scope);
  const version =
    template && versionOf(templateOf(state, { LaunchTemplateId: template.id }), template.version);
  const [networkInterface] = version?.data.NetworkInterfaces ?? [];
  const spotByTemplate = version?.data.InstanceMarketOptions?.MarketType === 'spot';
  // A group fills up to its account's quota before it is refused.
  const type = launch.instanceType ?? version?.data.InstanceType;
  const room =
    type === undefined ? Infinity : vcpuRoom(scope, type, launch.purchase === 'spot' || spotByTemplate);
  const count = Math.max(1, Math.min(launch.count, room));
  const instances = launchInstances(
    {
      MinCount: count,
      MaxCount: count,
      ...(template && { LaunchTemplate: { LaunchTemplateId: template.id, Version: template.version } }),
      ...(launch.instanceType !== undefined && { InstanceType: launch.instanceType as 'm5.large' }),
      ...(networkInterface === undefined
        ? { SubnetId: launch.subnetId }
        : { NetworkInterfaces: [{ ...networkInterface, SubnetId: launch.subnetId }] }),
      ...(launch.subnetId === undefined && { Placement: { AvailabilityZone: launch.zone } }),
      ...(group.mixed !== undefined && {
        InstanceMarketOptions:
          launch.purchase === 'spot'
            ? {
                MarketType: 'spot' as const,
                SpotOptions: { MaxPrice: group.mixed.InstancesDistribution?.SpotMaxPrice || undefined },
              }
            : undefined,
      }),
    },
    scope,
    { serviceTags: memberTags(group) },
  );
  for (const instance of instances) {
    const activity = startActivity(scope, group, {
      description: `${description(occasion)}: ${instance.instanceId}`,
      cause: occasion.cause,
      status: 'PreInService',
      progress: 30,
      subnetId: launch.subnetId,
      zone: instance.zone,
    });
    (occasion.pool ?? group).members[instance.instanceId] = {
      instanceId: instance.instanceId,
      zone: instance.zone,
      instanceType: instance.instanceType,
      spot: launch.purchase === 'spot' || spotByTemplate,
      weight: launch.weight,
      ...(template && { template }),
      launchedAt: world.now(),
      lifecycle: occasion.pool === undefined ? 'Pending' : 'Warmed:Pending',
      healthy: true,
      protectedFromScaleIn: group.protectNew,
      activityId: activity.id,
      actions: {},
    };
  }
  return instances.length * launch.weight;
}

function memberTags(group: GroupRecord): Record<string, string> {
  const propagated = group.tags.filter(({ propagate }) => propagate);
  return {
    ...Object.fromEntries(propagated.map(({ key, value }) => [key, value])),
    'aws:autoscaling:groupName': group.name,
  };
}
