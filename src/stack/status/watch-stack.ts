import type { AwsContext } from '../../aws/context.ts';
import { firstCauseIn } from '../diagnosis/operation.ts';
import { operationFailure } from '../diagnosis/report.ts';
import { watchToEnd } from '../events/watch.ts';
import { isFailure, isSettled } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { PollRange } from '../events/poll-range.ts';
import { cloudFormationEvents } from '../events/source.ts';
import { retryClockOf } from '../../aws/retry.ts';
import { readTemplate } from '../facts/stack/template.ts';
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
    const cause = await firstCauseIn(events, { aws, stackId, template: () => readTemplate(aws, stackId) });
    throw operationFailure({ ...stack, region: aws.region }, progress, cause);
  }
  return { ...stack, status, elapsedSeconds };
}
