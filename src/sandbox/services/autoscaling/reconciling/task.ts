import type { Scope } from '../../../kernel/world.ts';
import type { GroupRecord } from '../state.ts';

/** The task that brings a group to what is wanted of it; its key is `region/group name`. */
export const RECONCILE_TASK = 'autoscaling.reconcile';

/** How long Auto Scaling takes, about, to act on a change. */
const REACTION_MS = 3_000;

/** Has the group looked at soon: to be called after every change to it. */
export function reconcileSoon({ world, region }: Scope, group: GroupRecord, afterMs = REACTION_MS): void {
  world.wake(RECONCILE_TASK, `${region}/${group.name}`, world.now() + afterMs);
}
