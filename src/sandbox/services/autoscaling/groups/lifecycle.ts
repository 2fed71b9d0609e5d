import type {
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  SetDesiredCapacityType,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../kernel/errors.ts';
import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { own, put } from '../../../kernel/table.ts';
import { groupNamed, required, validationError } from '../errors.ts';
import { hookFrom } from '../hooks.ts';
import { causeTime } from '../reconciling/activities.ts';
import { removeGroup } from '../reconciling/reconcile.ts';
import { beginTermination, endMember, isLeaving } from '../reconciling/terminating.ts';
import { reconcileSoon } from '../reconciling/task.ts';
import { everyMember, groupsOf, type GroupRecord, type GroupTag } from '../state.ts';
import { endPool, refuseWarmSpot } from '../warm-pools.ts';
import { checkSizes, defaultRoleArn, placesAsked, settingsAsked, tagsAsked } from './settings.ts';

export interface CreateOptions {
  /** Tags that only AWS's own services may give. */
  readonly serviceTags?: readonly GroupTag[];
}

/** @throws AwsError AlreadyExists, ValidationError */
export function createGroup(
  input: CreateAutoScalingGroupType,
  scope: Scope,
  { serviceTags = [] }: CreateOptions = {},
): GroupRecord {
  const groups = groupsOf(scope);
  const name = required(input.AutoScalingGroupName, 'autoScalingGroupName');
  const min = required(input.MinSize, 'minSize');
  const max = required(input.MaxSize, 'maxSize');
  const desired = input.DesiredCapacity ?? min;
  if (name.includes(':') || name.length > 255) {
    throw validationError(`Group name contains an invalid character or is too long: ${name}`);
  }
  if (own(groups, name) !== undefined) {
    throw new AwsError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  }
  if (input.LaunchTemplate === undefined && input.MixedInstancesPolicy === undefined) {
    throw validationError(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    );
  }
  checkSizes({ min, max, desired });
  const places = placesAsked(scope, input);
  if (places === undefined)
    throw validationError('At least one Availability Zone or VPC Subnet is required.');
  const { world } = scope;
  const now = world.now();
  const group: GroupRecord = {
    name,
    arn: arn(scope, 'autoscaling', `autoScalingGroup:${world.ids.uuid()}:autoScalingGroupName/${name}`),
    createdAt: now,
    min,
    max,
    desired,
    defaultCooldown: 300,
    ...places,
    healthCheckType: 'EC2',
    healthCheckGrace: 0,
    tags: [...tagsAsked(input.Tags ?? []), ...serviceTags],
    terminationPolicies: ['Default'],
    protectNew: false,
    capacityRebalance: false,
    serviceLinkedRoleArn: defaultRoleArn(scope),
    metrics: [],
    suspended: [],
    hooks: {},
    scheduled: {},
    policies: {},
    members: {},
    activities: [],
    refreshes: [],
    deleting: false,
    reasons: [],
    replacements: 0,
    failures: 0,
    ...settingsAsked(scope, input),
  };
  for (const hook of input.LifecycleHookSpecificationList ?? []) {
    const record = hookFrom(hook);
    group.hooks[record.name] = record;
  }
  if (desired > 0) {
    group.reasons.push(
      `At ${causeTime(now)} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${desired}.`,
    );
  }
  put(groups, name, group);
  reconcileSoon(scope, group);
  return group;
}

/** Sizes that an update leaves out stay; a desired capacity outside the new bounds moves to the nearer one. */
export function updateGroup(input: UpdateAutoScalingGroupType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  if (group.deleting) {
    throw validationError(`AutoScalingGroup is pending delete - Group ${group.name} is being deleted.`);
  }
  const min = input.MinSize ?? group.min;
  const max = input.MaxSize ?? group.max;
  const desired = input.DesiredCapacity ?? Math.max(min, Math.min(max, group.desired));
  checkSizes({ min, max, desired });
  const settings = settingsAsked(scope, input, group);
  const places = placesAsked(scope, input);
  if (group.warmPool !== undefined) refuseWarmSpot(scope, { ...group, ...settings });
  if (places !== undefined) Object.assign(group, places);
  // The two ways to say what to launch shut each other out.
  if (settings.mixed !== undefined) Reflect.deleteProperty(group, 'launchTemplate');
  if (settings.launchTemplate !== undefined) Reflect.deleteProperty(group, 'mixed');
  Object.assign(group, settings);
  if (desired !== group.desired) {
    group.reasons.push(
      `At ${causeTime(scope.world.now())} a user request update of AutoScalingGroup constraints to min: ${min}, max: ${max}, desired: ${desired} changing the desired capacity from ${group.desired} to ${desired}.`,
    );
  }
  Object.assign(group, { min, max });
  changeDesired(group, desired);
  reconcileSoon(scope, group);
  return {};
}

/** Sets the wanted capacity; launches that were held back are tried again at once. */
export function changeDesired(group: GroupRecord, desired: number): void {
  group.desired = desired;
  group.failures = 0;
  Reflect.deleteProperty(group, 'retryAt');
  Reflect.deleteProperty(group, 'stuckAt');
}

/** @throws AwsError ValidationError outside of the group's bounds */
export function setDesiredCapacity(input: SetDesiredCapacityType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const desired = required(input.DesiredCapacity, 'desiredCapacity');
  if (desired > group.max) {
    throw validationError(
      `New SetDesiredCapacity value ${desired} is above max value ${group.max} for the AutoScalingGroup.`,
    );
  }
  if (desired < group.min) {
    throw validationError(
      `New SetDesiredCapacity value ${desired} is below min value ${group.min} for the AutoScalingGroup.`,
    );
  }
  if (desired !== group.desired) {
    group.reasons.push(
      `At ${causeTime(scope.world.now())} a user request explicitly set group desired capacity changing the desired capacity from ${group.desired} to ${desired}.`,
    );
    changeDesired(group, desired);
  }
  reconcileSoon(scope, group);
  return {};
}

/**
 * Without ForceDelete, only an empty group goes. With it, the instances are terminated without waiting for lifecycle
 * actions, and the group goes with the last of them.
 * @throws AwsError ResourceInUse, ScalingActivityInProgress
 */
export function deleteGroup(input: DeleteAutoScalingGroupType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const members = everyMember(group);
  if (members.length === 0) {
    removeGroup(scope, group);
    return {};
  }
  if (!input.ForceDelete) {
    if (members.every(isLeaving)) {
      throw new AwsError(
        'ScalingActivityInProgress',
        'You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.',
      );
    }
    throw new AwsError(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while there are instances still in the group.',
    );
  }
  group.deleting = true;
  group.hooks = {};
  Object.assign(group, { min: 0, max: 0 });
  changeDesired(group, 0);
  const cause = `At ${causeTime(scope.world.now())} a user request force deleted AutoScaling group changing the desired capacity to 0.`;
  endPool(scope, group, cause);
  for (const member of Object.values(group.members)) {
    if (!isLeaving(member)) beginTermination(scope, group, member, cause);
    else if (member.lifecycle === 'Terminating:Wait') {
      member.actions = {};
      endMember(scope, member);
    }
  }
  reconcileSoon(scope, group);
  return {};
}

export const groupLifecycleOperations = {
  CreateAutoScalingGroup: (input: CreateAutoScalingGroupType, scope: Scope): object => {
    createGroup(input, scope);
    return {};
  },
  UpdateAutoScalingGroup: updateGroup,
  SetDesiredCapacity: setDesiredCapacity,
  DeleteAutoScalingGroup: deleteGroup,
};
