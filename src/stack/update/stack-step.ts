import { awsErrorCode } from '../../aws/errors.ts';
import { foldFailure } from '../diagnosis/first-cause.ts';
import { explainMissingSignals } from '../diagnosis/launches.ts';
import { causeLine } from '../diagnosis/report.ts';
import type { ChangeSetState } from '../deployment/change-set-calls.ts';
import { isFailure, isSettled } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { PollRange } from '../events/poll-range.ts';
import { watchToEnd } from '../events/watch.ts';
import { withRetry } from '../../aws/retry.ts';
import type { Journal } from './journal.ts';
import type { UpdateServices } from './site.ts';

/** How CloudFormation's part of an update ended. */
export type StackEnd =
  | { readonly kind: 'updated' }
  /** It has been rolled back, and this is why. */
  | { readonly kind: 'rolled back'; readonly why: string; readonly advice?: string }
  /** The roll-back has failed too. */
  | { readonly kind: 'stuck'; readonly why: string };

type Subject = Pick<Journal, 'stackId' | 'stackName' | 'resources'>;

/** A change set's state; undefined for one that is gone. */
export async function changeSetState(
  { sets, retry }: UpdateServices,
  changeSetId: string,
): Promise<ChangeSetState | undefined> {
  try {
    return await withRetry(retry, () => sets.changeSet(changeSetId));
  } catch (error) {
    if (/^ChangeSetNotFound/.test(awsErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Sets a change set going, unless it has been already, and watches to the end. */
export async function executeAndWatch(
  site: UpdateServices,
  subject: Subject,
  changeSetId: string,
  observer: DeploymentObserver,
): Promise<StackEnd> {
  const { sets, stacks, retry } = site;
  const state = await changeSetState(site, changeSetId);
  if (state?.executionStatus !== 'AVAILABLE') return watchRunning(site, subject, observer);
  const { events } = await withRetry(retry, () => stacks.events(subject.stackId));
  await withRetry(retry, async () => {
    await sets
      .executeChangeSet(changeSetId, changeSetId.slice(-128).replace(/[^A-Za-z0-9-]/g, '-'))
      .catch((error: unknown) => {
        // A lost answer makes us ask twice.
        if (!awsErrorCode(error)?.startsWith('InvalidChangeSetStatus')) throw error;
      });
  });
  return watch(site, subject, PollRange.after(events[0]?.eventId), observer);
}

/** Watches the operation that runs on a stack to its end; where none runs, tells how the latest ended. */
export async function watchRunning(
  site: UpdateServices,
  subject: Subject,
  observer: DeploymentObserver,
): Promise<StackEnd> {
  const status = await withRetry(site.retry, () => site.stacks.status(subject.stackId));
  if (isSettled(status) && !isFailure(status)) return { kind: 'updated' };
  return watch(site, subject, PollRange.currentOperation, observer);
}

async function watch(
  { stacks, retry, signal, region }: UpdateServices,
  { stackId, stackName, resources }: Subject,
  range: PollRange,
  observer: DeploymentObserver,
): Promise<StackEnd> {
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
