import type { Task } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { cloudFormation } from '../stacks/state.ts';
import { conclude, fault, overdue } from './conclude.ts';
import { openPhase } from './open.ts';
import { nextLook, runPhase } from './phase.ts';
import { nudgeStack, wakeStack } from '../stacks/wake.ts';

/**
 * Moves a stack's operation on as far as the time allows, and asks to be run again when the next step is due. All it
 * knows is in the stack's state, so that it may be run at any time and as often as one likes.
 * @param key `<region>/<stack id>`
 */
export const advance: Task = (world, key) => {
  const slash = key.indexOf('/');
  const scope = world.scope(key.slice(0, slash));
  const stack = own(cloudFormation(scope).stacks, key.slice(slash + 1));
  if (stack === undefined) return;
  const { parent } = stack;
  const statusBefore = stack.status;
  while (stack.operation !== undefined) {
    const { operation } = stack;
    const run = { scope, stack, operation };
    if (operation.phase === undefined) {
      if (fault(run)) continue;
      operation.phase = openPhase(run);
    }
    if (overdue(run)) continue;
    if (!runPhase(run, operation.phase)) {
      const deadline = operation.goal === 'create' ? operation.deadline : undefined;
      const due = [nextLook(operation.phase), deadline].filter((at) => at !== undefined);
      if (due.length > 0) wakeStack(scope, stack.stackId, Math.max(Math.min(...due), world.now()));
      break;
    }
    conclude(run);
  }
  if (parent !== undefined && stack.status !== statusBefore) nudgeStack(scope, parent.stackId);
};
