import type { AwsContext } from '../aws/context.ts';
import { UsageError } from '../errors.ts';
import { requireStack } from '../stack/facts/stack/find-stack.ts';
import { groupNameOf } from '../stack/facts/stack/values.ts';
import { summaryOf } from '../stack/facts/stack/summary.ts';
import { metricCalls } from './calls.ts';
import type { StackMetrics } from './series.ts';
import { spanOf } from './span.ts';
import { stackMetrics } from './stack-metrics.ts';

/** Milliseconds since 1970. */
export interface Times {
  readonly since: number;
  readonly until: number;
  readonly now: number;
}

/** @throws UsageError for times in which there can be nothing */
export function checkTimes({ since, until, now }: Times): void {
  if (since >= now)
    throw new UsageError('--since is in the future', { hint: 'Say how long ago: --since 6h' });
  if (until <= since) {
    throw new UsageError('--until is not after --since', { hint: 'Give the earlier time as --since.' });
  }
}

/**
 * The metrics of a stack, ours or the official one.
 * @throws OperationError when there is no stack with this name
 */
export async function readMetrics(aws: AwsContext, stackName: string, times: Times): Promise<StackMetrics> {
  const found = await requireStack(aws, stackName);
  const group = groupNameOf(found);
  const subject = {
    stack: summaryOf(found, aws.region),
    ...(group !== undefined && { autoScalingGroupName: group }),
  };
  const { since, until, now } = times;
  return stackMetrics(metricCalls(aws), subject, spanOf(since, Math.min(until, now), now));
}
