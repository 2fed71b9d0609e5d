import type { AwsContext } from '../../aws/context.ts';
import { foldFailure } from '../diagnosis/first-cause.ts';
import { launchFailuresOf, explainMissingSignals } from '../diagnosis/launches.ts';
import { operationFailure } from '../diagnosis/report.ts';
import { watchToEnd } from '../events/watch.ts';
import { isFailure, isSettled } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { PollRange } from '../events/poll-range.ts';
import { cloudFormationEvents } from '../events/source.ts';
import { retryClockOf } from '../../aws/retry.ts';
import { templateOf } from './describe-stack.ts';
import { requireStack } from '../facts/stack/find-stack.ts';

/** How an operation ended that was watched. */
export interface WatchResult {
  readonly stackName: string;
  readonly stackId: string;
  readonly status: string;
  readonly elapsedSeconds: number;
}

/**
 * Watches the operation that runs on a stack to its end; undefined where none runs.
 * @throws OperationError with the first cause when the operation fails.
 */
export async function watchStack(
  aws: AwsContext,
  stackName: string,
  { signal, observer }: { readonly signal: AbortSignal; readonly observer: DeploymentObserver },
): Promise<WatchResult | undefined> {
  const { StackId: stackId = stackName, StackStatus = '' } = await requireStack(aws, stackName);
  // Nothing runs in REVIEW_IN_PROGRESS: it waits for somebody to execute a change set.
  if (isSettled(StackStatus) || StackStatus === 'REVIEW_IN_PROGRESS') return undefined;
  const watching = {
    events: cloudFormationEvents(aws, signal),
    retry: retryClockOf(aws, signal),
    observer,
    signal,
  };
  const stack = { stackId, stackName };
  const { progress, events } = await watchToEnd(stack, PollRange.currentOperation, 0, watching);
  const { status, elapsedSeconds } = progress;
  if (isFailure(status)) {
    const template = await templateOf(aws, stackId);
    const folded = foldFailure(events, { stackId, region: aws.region, ...(template && { template }) });
    const cause = await explainMissingSignals(folded, aws.region, launchFailuresOf(aws));
    throw operationFailure({ ...stack, region: aws.region }, progress, cause);
  }
  return { ...stack, status, elapsedSeconds };
}
