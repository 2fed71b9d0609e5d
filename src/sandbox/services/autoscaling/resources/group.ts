import type {
  CreateAutoScalingGroupType,
  LifecycleHookSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { Properties, ResourceContext, ResourceProvider } from '../../../providers/provider.ts';
import { generatedName } from '../../../providers/generated-name.ts';
import { AwsError } from '../../../kernel/errors.ts';
import { own } from '../../../kernel/table.ts';
import { flag, integer, member, members, text, texts, typed } from '../../../providers/properties.ts';
import { groupNamed } from '../errors.ts';
import { createGroup, deleteGroup, updateGroup } from '../groups/lifecycle.ts';
import { deleteLifecycleHook, putLifecycleHook } from '../hooks.ts';
import { enableMetricsCollection } from '../processes.ts';
import { groupsOf, type GroupTag } from '../state.ts';

const KINDS = {
  numbers: new Set([
    'OnDemandBaseCapacity',
    'OnDemandPercentageAboveBaseCapacity',
    'SpotInstancePools',
    'HeartbeatTimeout',
    'Min',
    'Max',
    'SpotMaxPricePercentageOverLowestPrice',
    'OnDemandMaxPricePercentageOverLowestPrice',
    'MaxSpotPriceAsPercentageOfOptimalOnDemandPrice',
  ]),
  booleans: new Set(['RequireHibernateSupport']),
};

function request(properties: Properties, AutoScalingGroupName: string): CreateAutoScalingGroupType {
  const template = member(properties, 'LaunchTemplate');
  const mixed = typed(member(properties, 'MixedInstancesPolicy'), KINDS);
  return {
    AutoScalingGroupName,
    MinSize: integer(properties, 'MinSize'),
    MaxSize: integer(properties, 'MaxSize'),
    DesiredCapacity: integer(properties, 'DesiredCapacity'),
    DefaultCooldown: integer(properties, 'Cooldown'),
    DefaultInstanceWarmup: integer(properties, 'DefaultInstanceWarmup'),
    AvailabilityZones: texts(properties, 'AvailabilityZones'),
    VPCZoneIdentifier: texts(properties, 'VPCZoneIdentifier')?.join(','),
    HealthCheckType: text(properties, 'HealthCheckType'),
    HealthCheckGracePeriod: integer(properties, 'HealthCheckGracePeriod'),
    TerminationPolicies: texts(properties, 'TerminationPolicies'),
    NewInstancesProtectedFromScaleIn: flag(properties, 'NewInstancesProtectedFromScaleIn'),
    MaxInstanceLifetime: integer(properties, 'MaxInstanceLifetime'),
    CapacityRebalance: flag(properties, 'CapacityRebalance'),
    ServiceLinkedRoleARN: text(properties, 'ServiceLinkedRoleARN'),
    Context: text(properties, 'Context'),
    DesiredCapacityType: text(properties, 'DesiredCapacityType'),
    ...(template && {
      LaunchTemplate: {
        LaunchTemplateId: text(template, 'LaunchTemplateId'),
        LaunchTemplateName: text(template, 'LaunchTemplateName'),
        Version: text(template, 'Version'),
      },
    }),
    ...(mixed !== undefined && { MixedInstancesPolicy: withTextVersion(mixed as MixedInstancesPolicy) }),
  };
}

/** A version may come as a number. */
function withTextVersion(policy: MixedInstancesPolicy): MixedInstancesPolicy {
  const specification = policy.LaunchTemplate?.LaunchTemplateSpecification;
  if (specification?.Version === undefined) return policy;
  return {
    ...policy,
    LaunchTemplate: {
      ...policy.LaunchTemplate,
      LaunchTemplateSpecification: { ...specification, Version: text({ ...specification }, 'Version') },
    },
  };
}

/** The stack's tags reach the instances too. */
function tagsFor(properties: Properties, context: ResourceContext): GroupTag[] {
  const own = members(properties, 'Tags').map((tag) => ({
    key: text(tag, 'Key') ?? '',
    value: text(tag, 'Value') ?? '',
    propagate: flag(tag, 'PropagateAtLaunch') ?? false,
  }));
  const stack = Object.entries(context.tags).map(([key, value]) => ({ key, value, propagate: true }));
  return [...new Map([...stack, ...own].map((tag) => [tag.key, tag])).values()];
}

function hooksIn(properties: Properties): LifecycleHookSpecification[] {
  return typed(members(properties, 'LifecycleHookSpecificationList'), KINDS) as LifecycleHookSpecification[];
}

function collectMetrics(
  AutoScalingGroupName: string,
  properties: Properties,
  context: ResourceContext,
): void {
  groupNamed(context, AutoScalingGroupName).metrics = [];
  for (const collection of members(properties, 'MetricsCollection')) {
    enableMetricsCollection(
      {
        AutoScalingGroupName,
        Granularity: text(collection, 'Granularity'),
        Metrics: texts(collection, 'Metrics'),
      },
      context,
    );
  }
}

/** CloudFormation waits for the signals of a CreationPolicy itself; the group is there once it is made. */
export const groupResource: ResourceProvider = {
  type: 'AWS::AutoScaling::AutoScalingGroup',
  seconds: { create: 4, update: 4, delete: 2 },
  create(properties, context) {
    const name = text(properties, 'AutoScalingGroupName') ?? generatedName(context, 255);
    createGroup(
      { ...request(properties, name), LifecycleHookSpecificationList: hooksIn(properties) },
      context,
      { serviceTags: tagsFor(properties, context) },
    );
    collectMetrics(name, properties, context);
    return name;
  },
  update(id, next, previous, context) {
    updateGroup(request(next, id), context);
    groupNamed(context, id).tags = tagsFor(next, context);
    collectMetrics(id, next, context);
    const wanted = hooksIn(next);
    for (const hook of wanted) putLifecycleHook({ AutoScalingGroupName: id, ...hook }, context);
    for (const { LifecycleHookName } of hooksIn(previous)) {
      const kept = wanted.some((hook) => hook.LifecycleHookName === LifecycleHookName);
      if (!kept) deleteLifecycleHook({ AutoScalingGroupName: id, LifecycleHookName }, context);
    }
  },
  /**
   * CloudFormation sets a group to zero and waits until it is empty. It neither forces the deletion nor removes scale-in
   * protection, and lifecycle hooks hold instances as ever: https://github.com/aws/aws-cdk/issues/18179,
   * https://github.com/buildkite/elastic-ci-stack-for-aws/issues/927
   */
  delete(id, _properties, context) {
    const group = own(groupsOf(context), id);
    if (group === undefined || group.deleting) return;
    updateGroup({ AutoScalingGroupName: id, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }, context);
  },
  deletionTimeout: {
    // https://github.com/aws-samples/aws-fault-injection-simulator-workshop/issues/114
    seconds: 3600,
    reason(id, _properties, context) {
      const { members, min, max, activities } = groupNamed(context, id);
      const held = Object.keys(members).length;
      const message = activities.at(-1)?.message;
      return (
        `Group did not stabilize. {current/minSize/maxSize} group size = {${held}/${min}/${max}}.` +
        (message === undefined ? '' : ` Last scaling activity: ${message}`)
      );
    },
  },
  isDeleted(id, _properties, context) {
    const group = own(groupsOf(context), id);
    if (group === undefined) return true;
    if (Object.keys(group.members).length > 0) return false;
    try {
      deleteGroup({ AutoScalingGroupName: id }, context);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return false;
    }
    return true;
  },
  present(id, _properties, context) {
    const { min, max, desired, defaultCooldown, protectNew, capacityRebalance } = groupNamed(context, id);
    return {
      ...{ MinSize: min, MaxSize: max, DesiredCapacity: desired, Cooldown: defaultCooldown },
      ...{ NewInstancesProtectedFromScaleIn: protectNew, CapacityRebalance: capacityRebalance },
    };
  },
  attributes: (id, _properties, context) => ({
    AutoScalingGroupName: id,
    AutoScalingGroupARN: groupNamed(context, id).arn,
    DesiredCapacity: String(groupNamed(context, id).desired),
  }),
};
