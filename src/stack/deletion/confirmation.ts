import { confirm, confirmByTyping } from '../../terminal/confirm.ts';
import type { DeletionPlan } from './plan.ts';

/** Asks a person to agree to a plan: by the stack's name, and for secrets that go with it once more. */
export async function confirmDeletion(plan: DeletionPlan): Promise<void> {
  await confirmByTyping('Type the name of the stack to delete it:', plan.stack.stackName);
  if (plan.bucketsToDelete.some(({ versions }) => versions > 0)) {
    await confirmByTyping(
      'What the buckets hold cannot be brought back. Type "delete secrets":',
      'delete secrets',
    );
  }
}

/** Asks, after a deletion has failed, whether what is in the way shall stay and the rest go. */
export function confirmRetaining(logicalIds: readonly string[]): Promise<boolean> {
  return confirm(`Delete the rest, and keep ${logicalIds.join(', ')}?`, true);
}
