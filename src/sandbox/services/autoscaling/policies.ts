import type {
  DeletePolicyType,
  DescribeAccountLimitsAnswer,
  DescribePoliciesType,
  ExecutePolicyType,
  PoliciesType,
  PolicyARNType,
  PutScalingPolicyType,
} from '@aws-sdk/client-auto-scaling';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { describedPage, groupNamed, required, validationError } from './errors.ts';
import { changeDesired } from './groups/lifecycle.ts';
import { causeTime } from './reconciling/activities.ts';
import { reconcileSoon } from './reconciling/task.ts';
import { groupsOf, type GroupRecord } from './state.ts';

const ADJUSTMENTS = ['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'];

/** Keeps a scaling policy. Nothing but ExecutePolicy runs it, as no alarms fire here. @throws AwsError ValidationError */
export function putScalingPolicy(
  input: PutScalingPolicyType,
  scope: Scope,
): Required<Pick<PolicyARNType, 'PolicyARN' | 'Alarms'>> {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const name = required(input.PolicyName, 'policyName');
  const type = input.PolicyType ?? 'SimpleScaling';
  if (type === 'SimpleScaling' || type === 'StepScaling') {
    if (!ADJUSTMENTS.includes(input.AdjustmentType ?? '')) {
      throw validationError(`Invalid AdjustmentType. Valid values are: ${ADJUSTMENTS.join(', ')}`);
    }
  }
  if (type === 'SimpleScaling' && input.ScalingAdjustment === undefined) {
    throw validationError('SimpleScaling policies must contain a ScalingAdjustment');
  }
  if (type === 'TargetTrackingScaling' && input.TargetTrackingConfiguration === undefined) {
    throw validationError('TargetTrackingScaling policies must contain a TargetTrackingConfiguration');
  }
  const held = group.policies[name];
  const policyArn =
    held?.arn ??
    arn(
      scope,
      'autoscaling',
      `scalingPolicy:${scope.world.ids.uuid()}:autoScalingGroupName/${group.name}:policyName/${name}`,
    );
  group.policies[name] = {
    ...(JSON.parse(JSON.stringify(input)) as PutScalingPolicyType),
    PolicyType: type,
    arn: policyArn,
  };
  return { PolicyARN: policyArn, Alarms: [] };
}

/** The policy of a name or an ARN, and its group. */
function policyNamed(scope: Scope, groupName: string | undefined, name: string) {
  const groups = groupName === undefined ? Object.values(groupsOf(scope)) : [groupNamed(scope, groupName)];
  for (const group of groups) {
    const found = Object.values(group.policies).find(
      (policy) => policy.PolicyName === name || policy.arn === name,
    );
    if (found !== undefined) return { group, policy: found };
  }
  throw validationError(`Cannot find policy ${name}`);
}

export function deletePolicy(input: DeletePolicyType, scope: Scope): object {
  const { group, policy } = policyNamed(
    scope,
    input.AutoScalingGroupName,
    required(input.PolicyName, 'policyName'),
  );
  Reflect.deleteProperty(group.policies, policy.PolicyName ?? '');
  return {};
}

function executePolicy(input: ExecutePolicyType, scope: Scope): object {
  const { group, policy } = policyNamed(
    scope,
    input.AutoScalingGroupName,
    required(input.PolicyName, 'policyName'),
  );
  if (policy.PolicyType !== 'SimpleScaling') {
    throw validationError(`Policies of type ${policy.PolicyType ?? ''} cannot be executed.`);
  }
  const wanted = adjusted(group, policy);
  const desired = Math.max(group.min, Math.min(group.max, wanted));
  if (desired !== group.desired) {
    group.reasons.push(
      `At ${causeTime(scope.world.now())} a user request executed policy ${policy.PolicyName ?? ''} changing the desired capacity from ${group.desired} to ${desired}.`,
    );
    changeDesired(group, desired);
    reconcileSoon(scope, group);
  }
  return {};
}

function adjusted({ desired }: GroupRecord, policy: PutScalingPolicyType): number {
  const { ScalingAdjustment: by = 0, MinAdjustmentMagnitude: least = 0 } = policy;
  switch (policy.AdjustmentType) {
    case 'ExactCapacity':
      return by;
    case 'PercentChangeInCapacity': {
      const change = (desired * by) / 100;
      const whole = Math.abs(change) < 1 ? Math.sign(change) : Math.trunc(change);
      return desired + Math.sign(whole) * Math.max(Math.abs(whole), least);
    }
    default:
      return desired + by;
  }
}

function describePolicies(input: DescribePoliciesType, scope: Scope): PoliciesType {
  const groups =
    input.AutoScalingGroupName === undefined
      ? Object.values(groupsOf(scope))
      : [groupNamed(scope, input.AutoScalingGroupName)];
  const names = input.PolicyNames ?? [];
  const types = input.PolicyTypes ?? [];
  const asked = groups
    .flatMap(({ policies }) => Object.values(policies))
    .filter(
      (policy) =>
        (names.length === 0 || names.includes(policy.PolicyName ?? '') || names.includes(policy.arn)) &&
        (types.length === 0 || types.includes(policy.PolicyType ?? '')),
    );
  const { items, nextToken } = describedPage(asked, input);
  return {
    ScalingPolicies: items.map(({ arn: PolicyARN, ...policy }) => ({
      ...policy,
      PolicyARN,
      Enabled: policy.Enabled ?? true,
      Alarms: [],
    })),
    NextToken: nextToken,
  };
}

function describeAccountLimits(_input: object, scope: Scope): DescribeAccountLimitsAnswer {
  return {
    MaxNumberOfAutoScalingGroups: 500,
    MaxNumberOfLaunchConfigurations: 200,
    NumberOfAutoScalingGroups: Object.keys(groupsOf(scope)).length,
    NumberOfLaunchConfigurations: 0,
  };
}

export const policyOperations = {
  PutScalingPolicy: putScalingPolicy,
  DeletePolicy: deletePolicy,
  ExecutePolicy: executePolicy,
  DescribePolicies: describePolicies,
  DescribeAccountLimits: describeAccountLimits,
};
