import type { AwsContext } from '../../aws/context.ts';
import { OperationError } from '../../errors.ts';
import { metricCalls, type Question } from '../../metrics/calls.ts';
import { requireStack } from '../../stack/facts/stack/find-stack.ts';
import { type DemandByMinute, traceOfDemand } from './from-demand.ts';
import type { Trace } from '../engine/trace.ts';

const MINUTE_MS = 60_000;
const DAY = 24 * 60;
/** CloudWatch keeps points of a minute for fifteen days. */
const DAYS = 14;
/** A request of this many days stays below the hundred thousand points that an answer may have. */
const DAYS_AT_ONCE = 7;

/** What a stack's own metrics and parameters say. */
export interface StackPast {
  readonly trace: Trace;
  /** By the template's names. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly about: string;
}

/**
 * Two weeks of a stack's queue, rebuilt from what its scaler has published.
 * @throws OperationError where there is no such stack, or nothing is known of its queue
 */
export async function stackPast(aws: AwsContext, stackName: string, now: number): Promise<StackPast> {
  const stack = await requireStack(aws, stackName);
  const parameters = new Map(
    (stack.Parameters ?? []).flatMap(({ ParameterKey, ParameterValue }) =>
      ParameterKey === undefined || ParameterValue === undefined
        ? []
        : [[ParameterKey, ParameterValue] as const],
    ),
  );
  const queue = parameters.get('BuildkiteQueue') ?? '';
  const trace = traceOfDemand(await demandOf(aws, stackName, queue, Math.floor(now / MINUTE_MS)));
  if (trace.arrivals.length === 0) {
    throw new OperationError(`The metrics of ${stackName} know of no job in the last ${DAYS} days`, {
      hint: 'They are in the CloudWatch namespace Buildkite. For jobs of your own: bk-stack simulate --trace jobs.csv',
    });
  }
  return { trace, parameters, about: `${stackName}, the last ${DAYS} days, rebuilt from its metrics` };
}

async function demandOf(
  aws: AwsContext,
  stackName: string,
  queue: string,
  until: number,
): Promise<DemandByMinute> {
  const question = (id: string, metric: string): Question => ({
    ...{ id, namespace: 'Buildkite', metric, statistic: 'Average' as const },
    dimensions: { StackName: stackName, Queue: queue },
  });
  const questions = [question('scheduled', 'ScheduledJobsCount'), question('running', 'RunningJobsCount')];
  const first = until - DAYS * DAY;
  const known = {
    scheduled: new Array<number>(DAYS * DAY).fill(0),
    running: new Array<number>(DAYS * DAY).fill(0),
  };
  for (let from = first; from < until; from += DAYS_AT_ONCE * DAY) {
    const answers = await metricCalls(aws).read(questions, {
      from: from * MINUTE_MS,
      until: (from + DAYS_AT_ONCE * DAY) * MINUTE_MS,
      periodSeconds: 60,
    });
    for (const [id, into] of Object.entries(known)) {
      for (const [at, value] of answers.get(id) ?? []) into[Math.floor(at / MINUTE_MS) - first] = value;
    }
  }
  return known;
}
