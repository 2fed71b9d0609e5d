import type {
  AttachInstancesQuery,
  DetachInstancesAnswer,
  DetachInstancesQuery,
  EnterStandbyAnswer,
  EnterStandbyQuery,
  ExitStandbyAnswer,
  ExitStandbyQuery,
} from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../../kernel/world.ts';
import { ec2State } from '../../ec2/state/state.ts';
import { setTags } from '../../ec2/tagging/tags.ts';
import { describedActivity } from '../activities.ts';
import { groupNamed, required, validationError } from '../errors.ts';
import { changeDesired } from '../groups/lifecycle.ts';
import { causeTime, endActivity, startActivity } from '../reconciling/activities.ts';
import { reconcileSoon } from '../reconciling/task.ts';
import { groupOfInstance, unitsOf, type GroupRecord, type MemberRecord } from '../state.ts';

function membersAsked(
  group: GroupRecord,
  ids: readonly string[] | undefined,
  states: readonly string[],
): MemberRecord[] {
  return required(ids?.length ? ids : undefined, 'instanceIds').map((id) => {
    const member = group.members[id];
    if (member === undefined)
      throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    if (!states.includes(member.lifecycle)) {
      throw validationError(`The instance ${id} is not in ${states.join(' or ')}.`);
    }
    return member;
  });
}

/** Takes the units of members off the wanted capacity. @throws AwsError ValidationError below the minimum */
function decrement(group: GroupRecord, members: readonly MemberRecord[]): void {
  const desired = group.desired - unitsOf(members);
  if (desired < group.min) {
    throw validationError(
      `AutoScalingGroup ${group.name} has min-size=${group.min}, max-size=${group.max}, and desired-size=${group.desired}. To place into standby or detach ${members.length} instances, please update the AutoScalingGroup sizes appropriately.`,
    );
  }
  changeDesired(group, desired);
}

/** An activity that is over as soon as it is noted. */
function note(scope: Scope, group: GroupRecord, member: MemberRecord, description: string, cause: string) {
  const activity = startActivity(scope, group, {
    description: `${description}: ${member.instanceId}`,
    cause: `At ${causeTime(scope.world.now())} instance ${member.instanceId} was ${cause} in response to a user request.`,
    status: 'InProgress',
    progress: 50,
    zone: member.zone,
  });
  const shown = describedActivity(group, activity);
  endActivity(group, activity.id, scope.world.now(), 'Successful');
  return shown;
}

function enterStandby(input: EnterStandbyQuery, scope: Scope): EnterStandbyAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const members = membersAsked(group, input.InstanceIds, ['InService']);
  if (required(input.ShouldDecrementDesiredCapacity, 'shouldDecrementDesiredCapacity'))
    decrement(group, members);
  const Activities = members.map((member) => {
    member.lifecycle = 'Standby';
    return note(scope, group, member, 'Moving EC2 instance to Standby', 'moved to standby');
  });
  reconcileSoon(scope, group);
  return { Activities };
}

function exitStandby(input: ExitStandbyQuery, scope: Scope): ExitStandbyAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const members = membersAsked(group, input.InstanceIds, ['Standby']);
  const desired = group.desired + unitsOf(members);
  if (desired > group.max) {
    throw validationError(
      `AutoScalingGroup ${group.name} has min-size=${group.min}, max-size=${group.max}, and desired-size=${group.desired}. To exit standby ${members.length} instances, please update the AutoScalingGroup sizes appropriately.`,
    );
  }
  changeDesired(group, desired);
  const Activities = members.map((member) => {
    member.lifecycle = 'InService';
    return note(scope, group, member, 'Moving EC2 instance out of Standby', 'moved out of standby');
  });
  reconcileSoon(scope, group);
  return { Activities };
}

function detachInstances(input: DetachInstancesQuery, scope: Scope): DetachInstancesAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const members = membersAsked(group, input.InstanceIds, ['InService', 'Standby']);
  if (required(input.ShouldDecrementDesiredCapacity, 'shouldDecrementDesiredCapacity'))
    decrement(group, members);
  const { tags } = ec2State(scope);
  const Activities = members.map((member) => {
    Reflect.deleteProperty(group.members, member.instanceId);
    Reflect.deleteProperty(tags[member.instanceId] ?? {}, 'aws:autoscaling:groupName');
    return note(scope, group, member, 'Detaching EC2 instance', 'detached');
  });
  reconcileSoon(scope, group);
  return { Activities };
}

/** @throws AwsError ValidationError for instances that do not run, that a group has, or that are too many */
function attachInstances(input: AttachInstancesQuery, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const state = ec2State(scope);
  const instances = required(input.InstanceIds, 'instanceIds').map((id) => {
    const instance = state.instances[id];
    if (instance?.state !== 'running') {
      throw validationError(
        `Invalid Instance ID(s): [${id}] specified. Instances must be in a running state.`,
      );
    }
    const owner = groupOfInstance(scope, id);
    if (owner !== undefined)
      throw validationError(`Instance ${id} is already part of AutoScalingGroup:${owner.name}.`);
    return instance;
  });
  if (group.desired + instances.length > group.max) {
    throw validationError(
      `AutoScalingGroup ${group.name} has min-size=${group.min}, max-size=${group.max}, and desired-size=${group.desired}. To attach ${instances.length} instances, please update the AutoScalingGroup sizes appropriately.`,
    );
  }
  changeDesired(group, group.desired + instances.length);
  for (const instance of instances) {
    const member: MemberRecord = {
      instanceId: instance.instanceId,
      zone: instance.zone,
      instanceType: instance.instanceType,
      spot: instance.spot,
      weight: 1,
      launchedAt: instance.launchTime,
      lifecycle: 'InService',
      healthy: true,
      protectedFromScaleIn: group.protectNew,
      inServiceAt: scope.world.now(),
      activityId: '',
      actions: {},
    };
    group.members[instance.instanceId] = member;
    setTags(state, instance.instanceId, { 'aws:autoscaling:groupName': group.name });
    note(scope, group, member, 'Attaching an existing EC2 instance', 'attached');
  }
  return {};
}

export const movingOperations = {
  EnterStandby: enterStandby,
  ExitStandby: exitStandby,
  DetachInstances: detachInstances,
  AttachInstances: attachInstances,
};
