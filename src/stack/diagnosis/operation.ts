import type { AwsContext } from '../../aws/context.ts';
import { PollRange } from '../events/poll-range.ts';
import { EventPoller } from '../events/poller.ts';
import type { StackEvent } from '../events/event.ts';
import { cloudFormationEvents } from '../events/source.ts';
import { templateDocument } from '../facts/stack/template.ts';
import { type FirstCause, foldFailure } from './first-cause.ts';
import { explainMissingSignals, launchFailuresOf } from './launches.ts';

/** The facts about a stack that tell why an operation on it failed. */
export interface FailedStack {
  readonly aws: AwsContext;
  readonly stackId: string;
  template(): Promise<string>;
}

/** Finds why the latest operation on a stack failed; undefined where nothing has. */
export async function firstCauseOf(stack: FailedStack): Promise<FirstCause | undefined> {
  const poller = new EventPoller(cloudFormationEvents(stack.aws), stack.stackId, PollRange.currentOperation);
  return firstCauseIn(await poller.poll(), stack);
}

/** Finds why an operation failed that has these events, oldest first; undefined where nothing has. */
export async function firstCauseIn(
  events: readonly StackEvent[],
  stack: FailedStack,
): Promise<FirstCause | undefined> {
  const { aws, stackId } = stack;
  const template = templateDocument(await stack.template());
  const cause = foldFailure(events, { stackId, region: aws.region, ...(template && { template }) });
  return explainMissingSignals(cause, aws.region, launchFailuresOf(aws));
}
