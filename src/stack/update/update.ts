import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { passingFailure, withRetry } from '../../aws/retry.ts';
import { DeclinedError, isKnownFailure, OperationError } from '../../errors.ts';
import { requireStack } from '../facts/stack/find-stack.ts';
import { executeUpdate, type UpdateEnd } from './execution/execute-update.ts';
import { activeUpdateError } from './execution/journal/active-update.ts';
import { type Journal, newJournal } from './execution/journal/journal.ts';
import type { ResumeOptions } from './execution/resume.ts';
import { type UpdateServices, updateServices } from './execution/services.ts';
import { planUpdate, type PlanOptions } from './plan/plan-update.ts';
import type { UpdatePreview } from './plan/preview/preview.ts';
import type { Target } from './request/resolve-update.ts';

export interface UpdateOptions extends PlanOptions, ResumeOptions {
  readonly preview: (preview: UpdatePreview) => void;
  /** Whether to go on, when the preview has been shown. */
  readonly agreed: () => Promise<boolean>;
  readonly dryRun: boolean;
}

/** How a call of `update` ended. */
export type UpdateOutcome =
  | { readonly kind: 'unchanged'; readonly stackName: string }
  | { readonly kind: 'previewed'; readonly preview: UpdatePreview }
  | ({ readonly kind: 'updated' } & UpdateEnd & Pick<UpdatePreview, 'parameters' | 'resources'>);

/**
 * Updates a stack, or makes it what it was before its last update: plans it, shows what would change, asks, and executes the plan.
 * With `dryRun` it only plans.
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
  const services = await updateServices(aws, options.signal);
  const stack = await requireStack(aws, stackName);
  const active = await services.journals.read(stackName);
  if (active !== undefined) throw activeUpdateError(active);
  const planned = await planUpdate(aws, services, stack, target, options);
  if (planned === undefined) return { kind: 'unchanged', stackName };
  const { preview, plan } = planned;
  const discard = () => services.sets.deleteChangeSet(plan.changeSetId).catch(() => undefined);
  try {
    options.preview(preview);
    if (options.dryRun) {
      await discard();
      return { kind: 'previewed', preview };
    }
    if (!(await options.agreed())) throw new DeclinedError();
    options.signal.throwIfAborted();
  } catch (error) {
    await discard();
    throw error;
  }
  const journal = newJournal(plan, services.holder, new Date(services.now()));
  await beginUpdate(services, journal).catch(async (error: unknown) => {
    if (hasNotBegun(error)) await discard();
    throw error;
  });
  options.begun();
  const end = await executeUpdate(services, journal, options.observer);
  const { parameters, resources } = preview;
  return { kind: 'updated', ...end, parameters, resources };
}

/**
 * Writes the journal of an update that begins.
 * @throws OperationError where another update has begun meanwhile
 */
export async function beginUpdate(
  { journals, retry }: Pick<UpdateServices, 'journals' | 'retry'>,
  journal: Journal,
): Promise<void> {
  const { stackName, id } = journal;
  if (await withRetry(retry, () => journals.open(journal))) return;
  const found = await withRetry(retry, () => journals.read(stackName));
  // A lost answer makes us ask twice.
  if (found?.id === id) return;
  throw found === undefined
    ? new OperationError(`Another update of ${stackName} has just ended; repeat the command`)
    : activeUpdateError(found);
}

/**
 * Whether an error of `beginUpdate` means for sure that the update has not begun. Where it is not known whether the journal was
 * written, whoever goes on with it needs the change set.
 */
export function hasNotBegun(error: unknown): boolean {
  const refused = isKnownFailure(error) || awsErrorCode(error) !== undefined;
  return refused && passingFailure(error) === undefined;
}
