import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { DeclinedError, isKnownFailure, OperationError } from '../../errors.ts';
import { groupNameOf } from '../facts/stack/values.ts';
import { requireDraining } from '../draining/require.ts';
import { passingFailure, withRetry } from '../../aws/retry.ts';
import { requireStack } from '../facts/stack/find-stack.ts';
import { executeUpdate, type UpdateEnd } from './carry-out.ts';
import { type Forgotten, forgetUpdate } from './forget.ts';
import { takeOver } from './hold.ts';
import type { Journal } from './journal.ts';
import type { UpdateObserver } from './observer.ts';
import { type PreparationOptions, prepareUpdate } from './prepare.ts';
import type { UpdatePreview } from './preview/preview.ts';
import { type UpdateServices, updateServices } from './site.ts';
import { type StackEnd, watchRunning } from './stack-step.ts';
import { activeUpdateError } from './under-way.ts';
import { requireUsable } from './void.ts';
import type { Target } from './wanted.ts';

export interface UpdateOptions extends PreparationOptions {
  readonly signal: AbortSignal;
  readonly observer: UpdateObserver;
  readonly preview: (preview: UpdatePreview) => void;
  /** Whether to go on, when the preview has been shown. */
  readonly agreed: () => Promise<boolean>;
  /** Told when the update has begun: from here on it is in AWS. */
  readonly begun: () => void;
  readonly dryRun: boolean;
}

/** How a call of `update` ended. */
export type UpdateOutcome =
  | { readonly kind: 'unchanged'; readonly stackName: string }
  | { readonly kind: 'previewed'; readonly preview: UpdatePreview }
  | ({ readonly kind: 'updated' } & UpdateEnd & Pick<UpdatePreview, 'parameters' | 'resources'>);

/**
 * Updates a stack, or makes it what it was before its last update: looks, has CloudFormation compute the changes, shows them,
 * asks, and carries them out. With `dryRun` it only looks.
 * @throws UsageError for what cannot be used or is refused; nothing was changed then
 * @throws DeclinedError where it was not agreed to
 * @throws OperationError where it failed; InterruptedError on Ctrl-C, with what goes on
 */
export async function updateStack(
  aws: AwsContext,
  stackName: string,
  target: Target,
  options: UpdateOptions,
): Promise<UpdateOutcome> {
  const site = await updateServices(aws, options.signal);
  const prepared = await prepareUpdate(aws, site, stackName, target, options);
  if (prepared === undefined) return { kind: 'unchanged', stackName };
  const { preview, journal } = prepared;
  const forget = () => site.sets.deleteChangeSet(journal.changeSetId).catch(() => undefined);
  try {
    options.preview(preview);
    if (options.dryRun) {
      await forget();
      return { kind: 'previewed', preview };
    }
    if (!(await options.agreed())) throw new DeclinedError();
    options.signal.throwIfAborted();
  } catch (error) {
    await forget();
    throw error;
  }
  await begin(site, journal).catch(async (error: unknown) => {
    // Where it is not known whether the journal was written, whoever goes on with it needs the change set.
    const known = isKnownFailure(error) || awsErrorCode(error) !== undefined;
    if (known && passingFailure(error) === undefined) await forget();
    throw error;
  });
  options.begun();
  const end = await executeUpdate(site, journal, options.observer);
  const { parameters, resources } = preview;
  return { kind: 'updated', ...end, parameters, resources };
}

/** @throws OperationError where another update has begun meanwhile */
async function begin({ journals, retry }: UpdateServices, journal: Journal): Promise<void> {
  const { stackName, id } = journal;
  if (await withRetry(retry, () => journals.open(journal))) return;
  const found = await withRetry(retry, () => journals.read(stackName));
  // A lost answer makes us ask twice.
  if (found?.id === id) return;
  throw found === undefined
    ? new OperationError(`Another update of ${stackName} has just ended; repeat the command`)
    : activeUpdateError(found);
}

/** An update that was taken back. */
export type Cancellation = Pick<UpdateEnd, 'stackName' | 'stackId' | 'cancelled'>;

type Picking = Pick<UpdateOptions, 'signal' | 'observer' | 'begun'>;

/**
 * Goes on with an update that nobody watches any more; a bk-stack that does stops.
 * @throws OperationError where none is under way; UsageError for one that cannot go on
 */
export async function resumeUpdate(
  aws: AwsContext,
  stackName: string,
  { signal, observer, begun }: Picking,
): Promise<UpdateEnd> {
  const site = await updateServices(aws, signal);
  const found = await site.journals.read(stackName);
  if (found === undefined) throw await noneUnderWay(aws, stackName);
  await requireUsable(aws, found);
  const journal = await takeOver(site, found);
  begun();
  observer.say(
    `Going on with the update that began at ${journal.startedAt}: ${journal.phase}${replacing(found)}`,
  );
  return executeUpdate(site, journal, observer);
}

/**
 * Takes an update back that is under way; the stack is what it was before. Also ends an update that others have begun, and a
 * roll-back that has failed.
 * @throws OperationError where nothing is to be taken back; UsageError where that is not possible, or jobs would be lost
 */
export async function cancelUpdate(
  aws: AwsContext,
  stackName: string,
  { signal, observer, begun }: Picking,
): Promise<Cancellation> {
  const site = await updateServices(aws, signal);
  const journal = await site.journals.read(stackName);
  if (journal !== undefined) await requireUsable(aws, journal);
  begun();
  if (journal === undefined) return cancelForeign(aws, site, stackName, observer);
  const { failure: _, ...rest } = journal;
  const undoing = await takeOver(site, { ...rest, phase: 'undoing', cancelled: true });
  return executeUpdate(site, undoing, observer);
}

function replacing({ holder }: Journal): string {
  return holder === undefined
    ? ''
    : `; a bk-stack on ${holder.host} that carries it out stops, if it still runs`;
}

/**
 * Drops the journal of an update that can neither go on nor be taken back.
 * @throws OperationError where none is under way, or it can go on
 */
export async function dropUpdate(
  aws: AwsContext,
  stackName: string,
  signal: AbortSignal,
): Promise<Forgotten> {
  const site = await updateServices(aws, signal);
  const journal = await site.journals.read(stackName);
  if (journal === undefined) throw await noneUnderWay(aws, stackName);
  return forgetUpdate(aws, site, journal);
}

/** An update of the stack alone, by the console or another tool. */
async function cancelForeign(
  aws: AwsContext,
  site: UpdateServices,
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
  if (status === 'UPDATE_IN_PROGRESS') await site.stacks.cancelUpdate(stackId);
  else if (status === 'UPDATE_ROLLBACK_FAILED') await site.stacks.continueRollback(stackId);
  else throw await noneUnderWay(aws, stackName);
  const ended: StackEnd = await watchRunning(
    site,
    { stackName, stackId, resources: 0 },
    await observer.stack(),
  );
  if (ended.kind === 'stuck') {
    throw new OperationError(`${stackName} could not be rolled back: ${ended.why}`, {
      hint: `When the cause is mended, go on with it: bk-stack update ${stackName} --cancel`,
    });
  }
  return { stackName, stackId, cancelled: true };
}

async function noneUnderWay(aws: AwsContext, stackName: string): Promise<OperationError> {
  const { StackStatus } = await requireStack(aws, stackName);
  return new OperationError(`No update of ${stackName} is under way (${StackStatus ?? '?'})`, {
    hint: `Begin one: bk-stack update ${stackName}\nOr make it what it was before its last: bk-stack rollback ${stackName}`,
  });
}
