import type {
  CompleteLifecycleActionType,
  DeleteLifecycleHookType,
  DescribeLifecycleHooksAnswer,
  DescribeLifecycleHooksType,
  LifecycleHookSpecification,
  PutLifecycleHookType,
  RecordLifecycleActionHeartbeatType,
} from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../kernel/world.ts';
import { groupNamed, required, validationError } from './errors.ts';
import { settleAction } from './reconciling/reconcile.ts';
import { reconcileSoon } from './reconciling/task.ts';
import {
  everyMember,
  type GroupRecord,
  type HookRecord,
  type LifecycleAction,
  type MemberRecord,
  type Transition,
} from './state.ts';

const TRANSITIONS = ['autoscaling:EC2_INSTANCE_LAUNCHING', 'autoscaling:EC2_INSTANCE_TERMINATING'];
const MOST_HOOKS = 50;

/** A hook from what a request says of it, over what it was. @throws AwsError ValidationError */
export function hookFrom(
  input: LifecycleHookSpecification | PutLifecycleHookType,
  previous?: HookRecord,
): HookRecord {
  const name = required(input.LifecycleHookName, 'lifecycleHookName');
  const transition = input.LifecycleTransition ?? previous?.transition;
  if (transition === undefined || !TRANSITIONS.includes(transition)) {
    throw validationError(
      `Invalid Lifecycle Transition '${transition ?? 'null'}'. Valid transitions are: ${TRANSITIONS.join(', ')}`,
    );
  }
  const heartbeatSeconds = input.HeartbeatTimeout ?? previous?.heartbeatSeconds ?? 3600;
  if (heartbeatSeconds < 30 || heartbeatSeconds > 7200) {
    throw validationError('Heartbeat Timeout must be between 30 and 7200 seconds (inclusive).');
  }
  const defaultResult = input.DefaultResult ?? previous?.defaultResult ?? 'ABANDON';
  if (defaultResult !== 'CONTINUE' && defaultResult !== 'ABANDON') {
    throw validationError('Default Result must be one of: CONTINUE, ABANDON');
  }
  return {
    ...previous,
    name,
    transition: transition as Transition,
    heartbeatSeconds,
    defaultResult,
    ...(input.NotificationMetadata !== undefined && { metadata: input.NotificationMetadata }),
    ...(input.NotificationTargetARN !== undefined && { targetArn: input.NotificationTargetARN }),
    ...(input.RoleARN !== undefined && { roleArn: input.RoleARN }),
  };
}

/** Makes or changes a hook. It holds transitions that begin from now on. */
export function putLifecycleHook(input: PutLifecycleHookType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const hook = hookFrom(input, group.hooks[input.LifecycleHookName ?? '']);
  if (group.hooks[hook.name] === undefined && Object.keys(group.hooks).length >= MOST_HOOKS) {
    throw validationError(
      `The maximum number of lifecycle hooks per Auto Scaling group, ${MOST_HOOKS}, has been reached.`,
    );
  }
  group.hooks[hook.name] = hook;
  return {};
}

/** Removes a hook; what it holds goes on as if it had said CONTINUE, or gives up a launch. */
export function deleteLifecycleHook(input: DeleteLifecycleHookType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const name = required(input.LifecycleHookName, 'lifecycleHookName');
  const hook = group.hooks[name];
  if (hook === undefined) throw validationError(`No Lifecycle Hook found with name: ${name}`);
  Reflect.deleteProperty(group.hooks, name);
  const result = hook.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING' ? 'ABANDON' : 'CONTINUE';
  for (const member of everyMember(group)) {
    if (member.actions[name] !== undefined) {
      settleAction(scope, group, member, name, result, 'Lifecycle Hook Deleted');
    }
  }
  return {};
}

function describeLifecycleHooks(
  input: DescribeLifecycleHooksType,
  scope: Scope,
): DescribeLifecycleHooksAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const names = input.LifecycleHookNames ?? [];
  return {
    LifecycleHooks: Object.values(group.hooks)
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .map((hook) => ({
        LifecycleHookName: hook.name,
        AutoScalingGroupName: group.name,
        LifecycleTransition: hook.transition,
        HeartbeatTimeout: hook.heartbeatSeconds,
        GlobalTimeout: Math.min(172_800, hook.heartbeatSeconds * 100),
        DefaultResult: hook.defaultResult,
        NotificationMetadata: hook.metadata,
        NotificationTargetARN: hook.targetArn,
        RoleARN: hook.roleArn,
      })),
  };
}

/** The action that a request names by token or by instance. @throws AwsError ValidationError */
function actionOf(
  group: GroupRecord,
  input: Pick<CompleteLifecycleActionType, 'LifecycleHookName' | 'LifecycleActionToken' | 'InstanceId'>,
): { member: MemberRecord; action: LifecycleAction; hookName: string } {
  const hookName = required(input.LifecycleHookName, 'lifecycleHookName');
  const { InstanceId, LifecycleActionToken } = input;
  if (InstanceId === undefined && LifecycleActionToken === undefined) {
    throw validationError('Either LifecycleActionToken or InstanceId must be specified.');
  }
  const member = everyMember(group).find(
    ({ instanceId, actions }) =>
      (InstanceId === undefined || instanceId === InstanceId) &&
      (LifecycleActionToken === undefined || actions[hookName]?.token === LifecycleActionToken),
  );
  const action = member?.actions[hookName];
  if (member !== undefined && action !== undefined) return { member, action, hookName };
  throw validationError(
    InstanceId === undefined
      ? `No active Lifecycle Action found with token ${LifecycleActionToken ?? ''}`
      : `No active Lifecycle Action found with instance ID ${InstanceId}`,
  );
}

/** @throws AwsError ValidationError when nothing waits, or for another result than CONTINUE and ABANDON */
export function completeLifecycleAction(input: CompleteLifecycleActionType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const { member, hookName } = actionOf(group, input);
  const result = required(input.LifecycleActionResult, 'lifecycleActionResult');
  if (result !== 'CONTINUE' && result !== 'ABANDON') {
    throw validationError('Lifecycle Action Result must be one of: CONTINUE, ABANDON');
  }
  settleAction(scope, group, member, hookName, result, 'Lifecycle Action Completed with ABANDON Result');
  return {};
}

/** Gives an action its hook's timeout again, from now. */
export function recordLifecycleActionHeartbeat(
  input: RecordLifecycleActionHeartbeatType,
  scope: Scope,
): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const { action, hookName } = actionOf(group, input);
  const seconds = group.hooks[hookName]?.heartbeatSeconds ?? 3600;
  action.deadline = Math.min(action.globalDeadline, scope.world.now() + seconds * 1000);
  reconcileSoon(scope, group);
  return {};
}

export const hookOperations = {
  PutLifecycleHook: putLifecycleHook,
  DeleteLifecycleHook: deleteLifecycleHook,
  DescribeLifecycleHooks: describeLifecycleHooks,
  CompleteLifecycleAction: completeLifecycleAction,
  RecordLifecycleActionHeartbeat: recordLifecycleActionHeartbeat,
};
