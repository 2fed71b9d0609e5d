import type { Scope } from '../../kernel/world.ts';
import type { Instant } from '../../kernel/time.ts';
import { aggregateOf } from '../cloudwatch/state/aggregate.ts';
import { record, type Measurement } from '../cloudwatch/metrics/record.ts';
import type { Outcome } from './execution/environment.ts';

/**
 * What CloudWatch gets of each invocation, of the time at which it began. That is told from its end: in a sandbox that runs
 * fast, starting a process takes minutes, which are none of the function's.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function recordInvocation(
  scope: Scope,
  functionName: string,
  { failure, duration }: Pick<Outcome, 'failure' | 'duration'>,
): void {
  const measured = of(functionName, scope.world.now() - duration);
  record(scope, [
    measured('Invocations', 1),
    measured('Errors', failure === undefined ? 0 : 1),
    measured('Throttles', 0),
    measured('Duration', duration, 'Milliseconds'),
  ]);
}

/** One that was refused counts neither as an invocation nor as an error. */
export function recordThrottle(scope: Scope, functionName: string): void {
  record(scope, [of(functionName, scope.world.now())('Throttles', 1)]);
}

function of(functionName: string, at: Instant) {
  return (name: string, value: number, unit = 'Count'): Measurement => ({
    ...{ namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName }, unit, at },
    values: aggregateOf([value]),
  });
}
