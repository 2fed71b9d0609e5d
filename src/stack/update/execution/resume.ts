import type { AwsContext } from '../../../aws/context.ts';
import { OperationError } from '../../../errors.ts';
import { groupNameOf } from '../../facts/stack/values.ts';
import { requireDraining } from '../../draining/require.ts';
import { requireStack } from '../../facts/stack/find-stack.ts';
import { executeUpdate, type UpdateEnd } from './execute-update.ts';
import { noActiveUpdateError } from './journal/active-update.ts';
import type { Journal } from './journal/journal.ts';
import { assertResumable } from './journal/journal-state.ts';
import { takeOver } from './journal/update-lock.ts';
import type { UpdateObserver } from './observer.ts';
import { type UpdateServices, updateServices } from './services.ts';
import { watchRunning } from './stack-operation.ts';

/** How an update that others have begun is watched. */
export interface ResumeOptions {
  readonly signal: AbortSignal;
  readonly observer: UpdateObserver;
  /** Told when the update is this bk-stack's. */
  readonly begun: () => void;
}

/** An update that was taken back. */
export type Cancellation = Pick<UpdateEnd, 'stackName' | 'stackId' | 'cancelled'>;

/**
 * Goes on with an update that nobody watches any more; a bk-stack that does stops.
 * @throws OperationError where none is under way; UsageError for one that cannot go on
 */
export async function resumeUpdate(
  aws: AwsContext,
  stackName: string,
  { signal, observer, begun }: ResumeOptions,
): Promise<UpdateEnd> {
  const services = await updateServices(aws, signal);
  const found = await services.journals.read(stackName);
  if (found === undefined) throw await noActiveUpdateError(aws, stackName);
  await assertResumable(aws, found);
  const journal = await takeOver(services, found);
  begun();
  observer.say(
    `Going on with the update that began at ${journal.startedAt}: ${journal.phase}${predecessorText(found)}`,
  );
  return executeUpdate(services, journal, observer);
}

function predecessorText({ holder }: Journal): string {
  return holder === undefined
    ? ''
    : `; a bk-stack on ${holder.host} that carries it out stops, if it still runs`;
}

/**
 * Takes an update back that is under way; the stack is what it was before. Also ends an update that others have begun, and a
 * roll-back that has failed.
 * @throws OperationError where nothing is to be taken back; UsageError where that is not possible, or jobs would be lost
 */
export async function cancelUpdate(
  aws: AwsContext,
  stackName: string,
  { signal, observer, begun }: ResumeOptions,
): Promise<Cancellation> {
  const services = await updateServices(aws, signal);
  const journal = await services.journals.read(stackName);
  if (journal !== undefined) await assertResumable(aws, journal);
  begun();
  if (journal === undefined) return cancelStackUpdate(aws, services, stackName, observer);
  return executeUpdate(services, await takeOver(services, cancelled(journal)), observer);
}

/** The journal of an update that a person has asked to be taken back: an earlier failure is not the reason any more. */
export function cancelled({ failure: _, ...journal }: Journal): Journal {
  return { ...journal, phase: 'undoing', cancelled: true };
}

/** Cancels an update of the stack alone, by the console or another tool. */
async function cancelStackUpdate(
  aws: AwsContext,
  services: UpdateServices,
  stackName: string,
  observer: UpdateObserver,
): Promise<Cancellation> {
  const stack = await requireStack(aws, stackName);
  const { StackId: stackId = stackName, StackStatus: status } = stack;
  const group = groupNameOf(stack);
  if (group !== undefined && /^UPDATE_(IN_PROGRESS|ROLLBACK_FAILED)$/.test(status ?? '')) {
    // It ends the instances of whichever group CloudFormation gives up.
    await requireDraining(aws, stack, group, 'update --cancel');
  }
  if (status === 'UPDATE_IN_PROGRESS') await services.stacks.cancelUpdate(stackId);
  else if (status === 'UPDATE_ROLLBACK_FAILED') await services.stacks.continueRollback(stackId);
  else throw await noActiveUpdateError(aws, stackName);
  const subject = { stackName, stackId, resources: 0 };
  const ended = await watchRunning(services, subject, await observer.stack());
  if (ended.kind === 'stuck') {
    throw new OperationError(`${stackName} could not be rolled back: ${ended.why}`, {
      hint: `When the cause is mended, go on with it: bk-stack update ${stackName} --cancel`,
    });
  }
  return { stackName, stackId, cancelled: true };
}
