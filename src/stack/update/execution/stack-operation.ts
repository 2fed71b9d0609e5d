import { awsErrorCode } from '../../../aws/errors.ts';
import { withRetry } from '../../../aws/retry.ts';
import type { ChangeSetState } from '../../deployment/change-set-calls.ts';
import { foldFailure } from '../../diagnosis/first-cause.ts';
import { explainMissingSignals } from '../../diagnosis/launches.ts';
import { causeLine } from '../../diagnosis/report.ts';
import { isFailure, isSettled } from '../../events/event.ts';
import type { DeploymentObserver } from '../../events/observer.ts';
import { PollRange } from '../../events/poll-range.ts';
import { watchToEnd } from '../../events/watch.ts';
import type { Journal } from './journal/journal.ts';
import type { UpdateServices } from './services.ts';

/** How an operation of CloudFormation on the stack ended. */
export type StackOutcome =
  | { readonly kind: 'updated' }
  /** It has been rolled back, and this is why. */
  | { readonly kind: 'rolled back'; readonly why: string; readonly advice?: string }
  /** The roll-back has failed too. */
  | { readonly kind: 'stuck'; readonly why: string };

/** The services that an operation is watched with. */
export type OperationServices = Pick<UpdateServices, 'region' | 'sets' | 'stacks' | 'retry' | 'signal'>;

type Subject = Pick<Journal, 'stackId' | 'stackName' | 'resources'>;

/**
 * How far a change set has been executed: AVAILABLE, EXECUTE_IN_PROGRESS, EXECUTE_COMPLETE, EXECUTE_FAILED, OBSOLETE, ...;
 * undefined for one that is gone.
 */
export async function executionStatus(
  { sets, retry }: Pick<OperationServices, 'sets' | 'retry'>,
  changeSetId: string,
): Promise<ChangeSetState['executionStatus']> {
  try {
    return (await withRetry(retry, () => sets.changeSet(changeSetId))).executionStatus;
  } catch (error) {
    if (/^ChangeSetNotFound/.test(awsErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Executes a change set that is available, and watches to the end. */
export async function executeAndWatch(
  services: OperationServices,
  subject: Subject,
  changeSetId: string,
  observer: DeploymentObserver,
): Promise<StackOutcome> {
  const { sets, stacks, retry } = services;
  const { events } = await withRetry(retry, () => stacks.events(subject.stackId));
  await withRetry(retry, async () => {
    await sets.executeChangeSet(changeSetId, clientRequestToken(changeSetId)).catch((error: unknown) => {
      // A lost answer makes us ask twice.
      if (!awsErrorCode(error)?.startsWith('InvalidChangeSetStatus')) throw error;
    });
  });
  return watch(services, subject, PollRange.after(events[0]?.eventId), observer);
}

/**
 * A token of letters, digits and hyphens, 128 at most, that is the same for the same change set.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
 */
function clientRequestToken(changeSetId: string): string {
  return changeSetId.slice(-128).replace(/[^A-Za-z0-9-]/g, '-');
}

/** Watches the operation that runs on a stack to its end; where none runs, tells how the latest ended. */
export async function watchRunning(
  services: OperationServices,
  subject: Subject,
  observer: DeploymentObserver,
): Promise<StackOutcome> {
  const status = await withRetry(services.retry, () => services.stacks.status(subject.stackId));
  if (isSettled(status) && !isFailure(status)) return { kind: 'updated' };
  return watch(services, subject, PollRange.currentOperation, observer);
}

async function watch(
  { stacks, retry, signal, region }: OperationServices,
  { stackId, stackName, resources }: Subject,
  range: PollRange,
  observer: DeploymentObserver,
): Promise<StackOutcome> {
  const again = `bk-stack update ${stackName} --resume`;
  const watching = { events: stacks.events, retry, observer, signal, again };
  const { progress, events } = await watchToEnd({ stackId, stackName }, range, resources, watching);
  if (!isFailure(progress.status)) return { kind: 'updated' };
  const folded = foldFailure(events, { stackId, region });
  const cause = await explainMissingSignals(folded, region, stacks.launchFailures);
  const why = cause === undefined ? (progress.reason ?? progress.status) : causeLine(cause);
  if (progress.status.endsWith('_FAILED')) return { kind: 'stuck', why };
  return {
    kind: 'rolled back',
    why,
    ...(cause?.advice !== undefined && { advice: cause.advice }),
  };
}
