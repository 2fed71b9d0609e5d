import type { Scope } from '../../../kernel/world.ts';
import { isAlive } from '../../ec2/state/instance.ts';
import { endInstance, userInitiated } from '../../ec2/compute/lifecycle.ts';
import { ec2State } from '../../ec2/state/state.ts';
import { everyMember, isWarm, type ActivityRecord, type GroupRecord, type MemberRecord } from '../state.ts';
import { endActivity, startActivity } from './activities.ts';
import { holdForHooks } from './hooks.ts';

/** Whether a member is on its way out. */
export function isLeaving({ lifecycle }: MemberRecord): boolean {
  return /^(Warmed:)?Terminating/.test(lifecycle);
}

/**
 * Begins to take a member out. Its terminating hooks hold it first, unless its instance has ended already.
 * @param options.abandoned why a launch is given up, for the activity that launched it
 */
export function beginTermination(
  scope: Scope,
  group: GroupRecord,
  member: MemberRecord,
  cause: string,
  options: { readonly abandoned?: string } = {},
): ActivityRecord {
  const state = ec2State(scope);
  const instance = state.instances[member.instanceId];
  const launching = /^(Warmed:)?Pending/.test(member.lifecycle);
  if (launching) {
    const message = options.abandoned;
    endActivity(
      group,
      member.activityId,
      scope.world.now(),
      message === undefined ? 'Successful' : 'Cancelled',
      message,
    );
  }
  const activity = startActivity(scope, group, {
    description: `Terminating EC2 instance: ${member.instanceId}`,
    cause,
    status: 'InProgress',
    progress: 50,
    subnetId: instance?.subnetId,
    zone: member.zone,
  });
  member.activityId = activity.id;
  member.actions = {};
  const held =
    instance !== undefined &&
    isAlive(instance) &&
    holdForHooks(scope, group, member, 'autoscaling:EC2_INSTANCE_TERMINATING');
  if (!held) endMember(scope, member);
  return activity;
}

/** Ends the instance of a member that nothing holds any more. */
export function endMember(scope: Scope, member: MemberRecord): void {
  const state = ec2State(scope);
  const instance = state.instances[member.instanceId];
  if (!member.lifecycle.endsWith('Terminating:Proceed')) {
    member.lifecycle = isWarm(member) ? 'Warmed:Terminating' : 'Terminating';
  }
  if (instance !== undefined) endInstance(state, scope, instance, userInitiated(scope));
}

/** Lets go of the members whose instances are gone. */
export function buryDead(scope: Scope, group: GroupRecord): void {
  const { instances } = ec2State(scope);
  for (const member of everyMember(group)) {
    if (!isLeaving(member) || member.lifecycle.endsWith(':Wait')) continue;
    const instance = instances[member.instanceId];
    if (instance !== undefined && instance.state !== 'terminated') continue;
    endActivity(group, member.activityId, scope.world.now(), 'Successful');
    Reflect.deleteProperty(group.members, member.instanceId);
    Reflect.deleteProperty(group.warmPool?.members ?? {}, member.instanceId);
  }
}
