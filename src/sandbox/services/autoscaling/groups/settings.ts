import type {
  CreateAutoScalingGroupType,
  Tag,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { zonesOf } from '../../ec2/catalogue/regions.ts';
import { ec2State } from '../../ec2/state/state.ts';
import { validationError } from '../errors.ts';
import type { GroupRecord, GroupTag } from '../state.ts';
import { checkedPolicy, checkedTemplate } from './template.ts';

export interface Sizes {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
}

/** @throws AwsError ValidationError */
export function checkSizes({ min, max, desired }: Sizes): void {
  if (max < min) {
    throw validationError(`Max bound, ${max}, must be greater than or equal to min bound, ${min}`);
  }
  if (desired < min || desired > max) {
    throw validationError(
      `Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`,
    );
  }
}

/** Where a group launches: the subnets of VPCZoneIdentifier, or zones. @throws AwsError ValidationError */
export function placesAsked(
  scope: Scope,
  input: Pick<CreateAutoScalingGroupType, 'VPCZoneIdentifier' | 'AvailabilityZones'>,
): Pick<GroupRecord, 'zones' | 'subnetIds'> | undefined {
  const { subnets } = ec2State(scope);
  const subnetIds = (input.VPCZoneIdentifier ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  for (const id of subnetIds) {
    if (subnets[id] === undefined) throw validationError(`The subnet ID '${id}' does not exist`);
  }
  const vpcs = new Set(subnetIds.map((id) => subnets[id]?.VpcId));
  if (vpcs.size > 1) throw validationError('All subnets must belong to the same VPC.');
  const known = zonesOf(scope.region).map(({ name }) => name);
  const unknown = (input.AvailabilityZones ?? []).find((zone) => !known.includes(zone));
  if (unknown !== undefined) {
    throw validationError(`Invalid Availability Zone(s) were specified: ${unknown}`);
  }
  if (subnetIds.length === 0) {
    return input.AvailabilityZones?.length ? { zones: [...input.AvailabilityZones], subnetIds } : undefined;
  }
  const zones = [...new Set(subnetIds.map((id) => subnets[id]?.AvailabilityZone ?? ''))];
  const outside = (input.AvailabilityZones ?? []).find((zone) => !zones.includes(zone));
  if (outside !== undefined) {
    throw validationError(
      'The availability zones of the specified subnets and the Auto Scaling group do not match',
    );
  }
  return { zones, subnetIds };
}

const TERMINATION_POLICIES = new Set([
  'Default',
  'OldestInstance',
  'NewestInstance',
  'OldestLaunchConfiguration',
  'OldestLaunchTemplate',
  'ClosestToNextInstanceHour',
  'AllocationStrategy',
]);

/**
 * What a request says of a group beside its sizes and places, as the state holds it.
 * @param before the group that it changes
 * @throws AwsError ValidationError
 */
export function settingsAsked(
  scope: Scope,
  input: Partial<CreateAutoScalingGroupType & UpdateAutoScalingGroupType>,
  before?: GroupRecord,
): Partial<GroupRecord> {
  if (input.LaunchTemplate !== undefined && input.MixedInstancesPolicy !== undefined) {
    throw validationError(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    );
  }
  const unknown = (input.TerminationPolicies ?? []).find(
    (policy) => !TERMINATION_POLICIES.has(policy) && !policy.startsWith('arn:'),
  );
  if (unknown !== undefined) {
    throw validationError(`Unsupported termination policy: ${unknown}`);
  }
  const { MaxInstanceLifetime: lifetime } = input;
  if (lifetime !== undefined && lifetime !== 0 && (lifetime < 86_400 || lifetime > 31_536_000)) {
    throw validationError(
      'MaxInstanceLifetime must be 0, or between 86400 and 31536000 seconds (inclusive).',
    );
  }
  const settings: Partial<GroupRecord> = {
    launchTemplate: input.LaunchTemplate && checkedTemplate(scope, input.LaunchTemplate),
    mixed: input.MixedInstancesPolicy && checkedPolicy(scope, input.MixedInstancesPolicy, before?.mixed),
    defaultCooldown: input.DefaultCooldown,
    defaultWarmup: input.DefaultInstanceWarmup,
    healthCheckType: input.HealthCheckType,
    healthCheckGrace: input.HealthCheckGracePeriod,
    terminationPolicies: input.TerminationPolicies?.length ? [...input.TerminationPolicies] : undefined,
    protectNew: input.NewInstancesProtectedFromScaleIn,
    maxInstanceLifetime: lifetime,
    capacityRebalance: input.CapacityRebalance,
    serviceLinkedRoleArn: input.ServiceLinkedRoleARN,
    context: input.Context,
    desiredCapacityType: input.DesiredCapacityType,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** The role that Auto Scaling acts with where nothing is said. */
export function defaultRoleArn(scope: Scope): string {
  return arn(scope, 'iam', 'role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling', {
    global: true,
  });
}

/** Tags as the state holds them, a key once. @throws AwsError ValidationError */
export function tagsAsked(tags: readonly Tag[]): GroupTag[] {
  const held = new Map<string, GroupTag>();
  for (const { Key = '', Value = '', PropagateAtLaunch = false } of tags) {
    if (Key === '') throw validationError('Tag keys must not be empty.');
    if (Key.toLowerCase().startsWith('aws:')) {
      throw validationError('Tag keys starting with aws: are reserved for system use');
    }
    held.set(Key, { key: Key, value: Value, propagate: PropagateAtLaunch });
  }
  if (held.size > 50) throw validationError('The number of tags for a resource must not exceed 50.');
  return [...held.values()];
}
