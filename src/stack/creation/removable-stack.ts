import type { AwsContext } from '../../aws/context.ts';
import { DeclinedError } from '../../errors.ts';
import { confirm } from '../../terminal/confirm.ts';
import type { Theme } from '../../terminal/theme.ts';
import { remainingText } from '../capacity/await-zero.ts';
import {
  deleteStack,
  type DeletionFacts,
  type DeletionPlan,
  planDeletion,
  surveyForDeletion,
} from '../deletion/index.ts';
import { planText } from '../deletion/text.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { type RemovableStack, nameTakenProblem } from '../preflight/index.ts';

/** How long the jobs of a stack may take that is in the way of its name: a failed deletion may have left some running. */
const DRAIN_SECONDS = 14_400;

export interface RemovalOptions {
  readonly signal: AbortSignal;
  readonly observer: () => Promise<DeploymentObserver>;
  readonly say: (line: string) => void;
  readonly theme: Theme;
  /** Whether a person is to be asked; otherwise it is agreed already. */
  readonly ask: boolean;
  /** An SSM parameter that the new stack needs, although it lies among the old one's. */
  readonly keepParameter?: string;
}

/**
 * Plans the removal of a stack that nobody has asked to delete: its secrets stay, jobs finish, and protection is not lifted
 * from what was once made.
 * @param keepParameter an SSM parameter that the new stack needs
 */
export function planRemoval(found: DeletionFacts, keepParameter?: string): DeletionPlan {
  return planDeletion(
    { ...found, parameters: found.parameters.filter((name) => name !== keepParameter) },
    { deleteSecrets: false, retain: [], disableTerminationProtection: false, force: false },
  );
}

/**
 * Removes a stack that is in the way of its name, after saying what goes and what stays.
 * @throws DeclinedError when the person does not agree; OperationError when it cannot be removed.
 */
export async function removeStack(
  aws: AwsContext,
  removable: RemovableStack,
  { signal, observer, say, theme, ask, keepParameter }: RemovalOptions,
): Promise<void> {
  const { stackName, stackId } = removable.stack;
  const plan = planRemoval(await surveyForDeletion(aws, stackId), keepParameter);
  say(`${theme.stack(stackName)} is taken: ${removable.explanation}.`);
  say(planText(plan, theme));
  if (ask && !(await confirm(`Remove it, and go on with the new ${stackName}?`, true))) {
    const { message, hint } = nameTakenProblem(removable);
    throw new DeclinedError(`Nothing was changed. ${message}`, { ...(hint !== undefined && { hint }) });
  }
  signal.throwIfAborted();
  await deleteStack(aws, plan, {
    signal,
    observer,
    draining: (left) => {
      say(remainingText(left));
    },
    drainSeconds: DRAIN_SECONDS,
  });
}
