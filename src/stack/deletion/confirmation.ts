import { confirm, confirmByTyping } from '../../terminal/confirm.ts';
import type { DeletionPlan } from './plan.ts';

/** A question, and the word that has to be typed for yes. */
export interface TypedConfirmation {
  readonly question: string;
  readonly word: string;
}

/** The questions about a plan: for the stack's name, and for secrets that go with it once more. */
export function confirmationsOf({
  stack,
  bucketsToDelete,
}: Pick<DeletionPlan, 'stack' | 'bucketsToDelete'>): TypedConfirmation[] {
  const losesData = bucketsToDelete.some(({ versions }) => versions > 0);
  return [
    { question: 'Type the name of the stack to delete it:', word: stack.stackName },
    ...(losesData
      ? [
          {
            question: 'What the buckets hold cannot be brought back. Type "delete secrets":',
            word: 'delete secrets',
          },
        ]
      : []),
  ];
}

/** The question after a deletion has failed: whether what is in the way shall stay and the rest go. */
export function retainingQuestion(logicalIds: readonly string[]): string {
  return `Delete the rest, and keep ${logicalIds.join(', ')}?`;
}

/** Asks a person to agree to a plan. @throws DeclinedError for a no */
export async function confirmDeletion(plan: DeletionPlan): Promise<void> {
  for (const { question, word } of confirmationsOf(plan)) await confirmByTyping(question, word);
}

/** Asks, after a deletion has failed, whether what is in the way shall stay and the rest go. */
export function confirmRetaining(logicalIds: readonly string[]): Promise<boolean> {
  return confirm(retainingQuestion(logicalIds), true);
}
