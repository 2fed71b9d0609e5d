import type { Scope } from '../../../kernel/world.ts';
import { isWarm, type GroupRecord, type HookRecord, type MemberRecord, type Transition } from '../state.ts';
import { activityOf } from './activities.ts';

/** A lifecycle action lasts 48 hours at most, or a hundred heartbeats, whichever is less. */
const LONGEST_ACTION_SECONDS = 172_800;
const MOST_HEARTBEATS = 100;

export function hooksFor(group: GroupRecord, transition: Transition): HookRecord[] {
  return Object.values(group.hooks).filter((hook) => hook.transition === transition);
}

/**
 * Holds a member for the hooks of a transition. They run side by side.
 * @returns false where there is none, so that the transition goes on at once
 */
export function holdForHooks(
  scope: Scope,
  group: GroupRecord,
  member: MemberRecord,
  transition: Transition,
): boolean {
  const hooks = hooksFor(group, transition);
  if (hooks.length === 0) return false;
  const { world } = scope;
  const now = world.now();
  member.actions = Object.fromEntries(
    hooks.map(({ name, heartbeatSeconds }) => [
      name,
      {
        token: world.ids.uuid(),
        deadline: now + heartbeatSeconds * 1000,
        globalDeadline: now + Math.min(LONGEST_ACTION_SECONDS, heartbeatSeconds * MOST_HEARTBEATS) * 1000,
      },
    ]),
  );
  const waiting = transition === 'autoscaling:EC2_INSTANCE_LAUNCHING' ? 'Pending:Wait' : 'Terminating:Wait';
  member.lifecycle = isWarm(member) ? `Warmed:${waiting}` : waiting;
  const activity = activityOf(group, member.activityId);
  if (activity !== undefined) activity.status = 'MidLifecycleAction';
  return true;
}

/** How the wait of a member for one of its hooks ended. */
export interface HookOutcome {
  readonly result: 'CONTINUE' | 'ABANDON';
  readonly message: string;
}

/**
 * Ends one lifecycle action of a member. ABANDON ends the others too.
 * @returns the outcome once the member waits for nothing more
 */
export function completeAction(
  member: MemberRecord,
  hookName: string,
  result: 'CONTINUE' | 'ABANDON',
  why: string,
): HookOutcome | undefined {
  const token = member.actions[hookName]?.token ?? '';
  const message = `Instance failed to complete user's Lifecycle Action: Lifecycle Action with token ${token} was abandoned: ${why}`;
  Reflect.deleteProperty(member.actions, hookName);
  if (result === 'ABANDON') member.actions = {};
  if (Object.keys(member.actions).length > 0) return undefined;
  const proceeding = /Pending/.test(member.lifecycle) ? 'Pending:Proceed' : 'Terminating:Proceed';
  member.lifecycle = isWarm(member) ? `Warmed:${proceeding}` : proceeding;
  return { result, message };
}
