import type {
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  Filter,
  Instance,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../../kernel/world.ts';
import { describedPage, validationError } from '../errors.ts';
import { groupsOf, type GroupRecord, type MemberRecord, type WarmPoolRecord } from '../state.ts';

/** A group as DescribeAutoScalingGroups shows it. */
export function describedGroup(group: GroupRecord): AutoScalingGroup {
  const { launchTemplate } = group;
  const weighted = group.mixed?.LaunchTemplate?.Overrides?.some(
    ({ WeightedCapacity }) => WeightedCapacity !== undefined,
  );
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    ...(launchTemplate && {
      LaunchTemplate: {
        LaunchTemplateId: launchTemplate.id,
        LaunchTemplateName: launchTemplate.name,
        Version: launchTemplate.version,
      },
    }),
    ...(group.mixed && { MixedInstancesPolicy: group.mixed }),
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    DefaultCooldown: group.defaultCooldown,
    DefaultInstanceWarmup: group.defaultWarmup,
    AvailabilityZones: group.zones,
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.healthCheckGrace,
    Instances: Object.values(group.members).map((member) => describedMember(member, weighted ?? false)),
    CreatedTime: new Date(group.createdAt),
    SuspendedProcesses: group.suspended.map(({ name, reason }) => ({
      ProcessName: name,
      SuspensionReason: reason,
    })),
    ...(group.subnetIds.length > 0 && { VPCZoneIdentifier: group.subnetIds.join(',') }),
    EnabledMetrics: group.metrics.map(({ name, granularity }) => ({
      Metric: name,
      Granularity: granularity,
    })),
    ...(group.deleting && { Status: 'Delete in progress' }),
    Tags: describedTags(group),
    TerminationPolicies: group.terminationPolicies,
    NewInstancesProtectedFromScaleIn: group.protectNew,
    ServiceLinkedRoleARN: group.serviceLinkedRoleArn,
    ...(group.maxInstanceLifetime !== undefined && { MaxInstanceLifetime: group.maxInstanceLifetime }),
    CapacityRebalance: group.capacityRebalance,
    ...(group.context !== undefined && { Context: group.context }),
    ...(group.desiredCapacityType !== undefined && { DesiredCapacityType: group.desiredCapacityType }),
    TrafficSources: [],
    ...(group.warmPool && {
      WarmPoolConfiguration: describedWarmPool(group.warmPool),
      WarmPoolSize: Object.keys(group.warmPool.members).length,
    }),
  };
}

export function describedWarmPool({ minSize, maxPrepared, deleting }: WarmPoolRecord): WarmPoolConfiguration {
  return {
    MinSize: minSize,
    ...(maxPrepared !== undefined && { MaxGroupPreparedCapacity: maxPrepared }),
    PoolState: 'Stopped',
    ...(deleting && { Status: 'PendingDelete' }),
  };
}

export function describedTags(group: GroupRecord) {
  return group.tags.map(({ key, value, propagate }) => ({
    ResourceId: group.name,
    ResourceType: 'auto-scaling-group',
    Key: key,
    Value: value,
    PropagateAtLaunch: propagate,
  }));
}

/** A member as its group shows it. @param weighted whether the group has weights, which are shown then */
export function describedMember(member: MemberRecord, weighted: boolean): Instance {
  const { template } = member;
  return {
    InstanceId: member.instanceId,
    InstanceType: member.instanceType,
    AvailabilityZone: member.zone,
    LifecycleState: member.lifecycle,
    HealthStatus: member.healthy ? 'Healthy' : 'Unhealthy',
    ProtectedFromScaleIn: member.protectedFromScaleIn,
    ...(template && {
      LaunchTemplate: {
        LaunchTemplateId: template.id,
        LaunchTemplateName: template.name,
        Version: template.version,
      },
    }),
    ...(weighted && { WeightedCapacity: String(member.weight) }),
  };
}

/** Whether a group has the tags that filters ask for. @throws AwsError ValidationError */
export function matchesFilters({ tags }: GroupRecord, filters: readonly Filter[]): boolean {
  return filters.every(({ Name = '', Values = [] }) => {
    if (Name === 'tag-key') return tags.some(({ key }) => Values.includes(key));
    if (Name === 'tag-value') return tags.some(({ value }) => Values.includes(value));
    if (Name.startsWith('tag:')) {
      return tags.some(({ key, value }) => key === Name.slice('tag:'.length) && Values.includes(value));
    }
    throw validationError(
      `Filter type ${Name} is not correct. Allowed filter types are: tag-key, tag-value, tag:<key>`,
    );
  });
}

function describeAutoScalingGroups(input: AutoScalingGroupNamesType, scope: Scope): AutoScalingGroupsType {
  const names = input.AutoScalingGroupNames ?? [];
  const asked = Object.values(groupsOf(scope)).filter(
    (group) =>
      (names.length === 0 || names.includes(group.name)) && matchesFilters(group, input.Filters ?? []),
  );
  const { items, nextToken } = describedPage(asked, input);
  const groups = items.map(describedGroup);
  if (input.IncludeInstances === false) for (const group of groups) group.Instances = [];
  return { AutoScalingGroups: groups, NextToken: nextToken };
}

export const groupDescriptionOperations = { DescribeAutoScalingGroups: describeAutoScalingGroups };
