import type {
  ActivityType,
  AutoScalingInstancesType,
  DescribeAutoScalingInstancesType,
  SetInstanceHealthQuery,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../../kernel/world.ts';
import { describedActivity } from '../activities.ts';
import { describedPage, groupNamed, required, validationError } from '../errors.ts';
import { describedMember } from '../groups/description.ts';
import { changeDesired } from '../groups/lifecycle.ts';
import { causeTime } from '../reconciling/activities.ts';
import { beginTermination, isLeaving } from '../reconciling/terminating.ts';
import { reconcileSoon } from '../reconciling/task.ts';
import {
  countedMembers,
  everyMember,
  groupOfInstance,
  groupsOf,
  isWarm,
  memberOf,
  unitsOf,
  type GroupRecord,
  type MemberRecord,
} from '../state.ts';

/** The member of any group, or of its warm pool, that an instance is. @throws AwsError ValidationError */
function memberOfAny(scope: Scope, instanceId: string): { group: GroupRecord; member: MemberRecord } {
  const group = groupOfInstance(scope, instanceId);
  const member = group && memberOf(group, instanceId);
  if (group !== undefined && member !== undefined) return { group, member };
  throw validationError(`Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
}

/** @throws AwsError ValidationError where a decrement would go below the group's minimum, and for the warm pool's instances */
function terminateInstance(input: TerminateInstanceInAutoScalingGroupType, scope: Scope): ActivityType {
  const id = required(input.InstanceId, 'instanceId');
  const decrement = required(input.ShouldDecrementDesiredCapacity, 'shouldDecrementDesiredCapacity');
  const { group, member } = memberOfAny(scope, id);
  // "This operation cannot be called on instances in a warm pool."
  if (isWarm(member)) throw validationError(`The instance ${id} is in a warm pool.`);
  const leaving = isLeaving(member);
  if (decrement && !leaving && group.desired - member.weight < group.min) {
    throw validationError(
      `Currently, desiredSize equals minSize (${group.min}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  }
  if (leaving) {
    const activity = group.activities.findLast((one) => one.id === member.activityId);
    return { Activity: activity && describedActivity(group, activity) };
  }
  const held = unitsOf(countedMembers(group));
  const shrinking = decrement ? `, shrinking the capacity from ${held} to ${held - member.weight}` : '';
  if (decrement) changeDesired(group, group.desired - member.weight);
  const activity = beginTermination(
    scope,
    group,
    member,
    `At ${causeTime(scope.world.now())} instance ${id} was taken out of service in response to a user request${shrinking}.`,
  );
  reconcileSoon(scope, group);
  return { Activity: describedActivity(group, activity) };
}

/** Within the grace period after an instance came into service, Unhealthy is ignored unless the request says otherwise. */
function setInstanceHealth(input: SetInstanceHealthQuery, scope: Scope): object {
  const { group, member } = memberOfAny(scope, required(input.InstanceId, 'instanceId'));
  const status = required(input.HealthStatus, 'healthStatus');
  if (status !== 'Healthy' && status !== 'Unhealthy') {
    throw validationError(`Valid instance health states are: [Healthy, Unhealthy].`);
  }
  const graceEnd = (member.inServiceAt ?? scope.world.now()) + group.healthCheckGrace * 1000;
  if (status === 'Unhealthy' && (input.ShouldRespectGracePeriod ?? true) && scope.world.now() < graceEnd)
    return {};
  member.healthy = status === 'Healthy';
  if (member.healthy) Reflect.deleteProperty(member, 'unhealthyBy');
  else member.unhealthyBy = 'user';
  reconcileSoon(scope, group);
  return {};
}

function setInstanceProtection(input: SetInstanceProtectionQuery, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const ids = required(input.InstanceIds, 'instanceIds');
  if (ids.length > 50) throw validationError('You may specify at most 50 instance IDs.');
  const wanted = required(input.ProtectedFromScaleIn, 'protectedFromScaleIn');
  for (const id of ids) {
    const member = group.members[id];
    if (member === undefined)
      throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    if (member.lifecycle !== 'InService') {
      throw validationError(`The instance ${id} is not in InService or EnteringStandby or Standby.`);
    }
  }
  for (const id of ids) {
    const member = group.members[id];
    if (member !== undefined) member.protectedFromScaleIn = wanted;
  }
  Reflect.deleteProperty(group, 'stuckAt');
  reconcileSoon(scope, group);
  return {};
}

function describeInstances(input: DescribeAutoScalingInstancesType, scope: Scope): AutoScalingInstancesType {
  const ids = input.InstanceIds ?? [];
  const all = Object.values(groupsOf(scope)).flatMap((group) =>
    everyMember(group)
      .filter(({ instanceId }) => ids.length === 0 || ids.includes(instanceId))
      .map((member) => ({ group, member })),
  );
  const { items, nextToken } = describedPage(all, input, [50, 50]);
  return {
    AutoScalingInstances: items.map(({ group, member }) => {
      const { HealthStatus, ...shown } = describedMember(member, false);
      // This operation alone writes the health in capitals.
      return { ...shown, HealthStatus: HealthStatus?.toUpperCase(), AutoScalingGroupName: group.name };
    }),
    NextToken: nextToken,
  };
}

export const instanceOperations = {
  TerminateInstanceInAutoScalingGroup: terminateInstance,
  SetInstanceHealth: setInstanceHealth,
  SetInstanceProtection: setInstanceProtection,
  DescribeAutoScalingInstances: describeInstances,
};
