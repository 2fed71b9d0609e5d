/** Which chart a series belongs to. */
export type ChartName = 'jobs' | 'agents' | 'instances';

export interface SeriesDefinition {
  readonly id: string;
  readonly chart: ChartName;
  readonly label: string;
  /** Its metric in the namespace Buildkite. */
  readonly metric: string;
  /** The metric of the group itself, for scalers that do not report instances. */
  readonly groupMetric?: string;
}

/** What is shown, by the metrics that the scaler leaves behind. */
export const SERIES: readonly SeriesDefinition[] = [
  { id: 'scheduledJobs', chart: 'jobs', label: 'scheduled', metric: 'ScheduledJobsCount' },
  { id: 'runningJobs', chart: 'jobs', label: 'running', metric: 'RunningJobsCount' },
  { id: 'waitingJobs', chart: 'jobs', label: 'waiting', metric: 'WaitingJobsCount' },
  { id: 'busyAgents', chart: 'agents', label: 'busy', metric: 'BusyAgentCount' },
  { id: 'idleAgents', chart: 'agents', label: 'idle', metric: 'IdleAgentCount' },
  {
    ...{ id: 'desiredInstances', chart: 'instances', label: 'desired', metric: 'DesiredInstances' },
    groupMetric: 'GroupDesiredCapacity',
  },
  {
    ...{ id: 'inServiceInstances', chart: 'instances', label: 'in service', metric: 'InServiceInstances' },
    groupMetric: 'GroupInServiceInstances',
  },
  {
    ...{ id: 'pendingInstances', chart: 'instances', label: 'pending', metric: 'PendingInstances' },
    groupMetric: 'GroupPendingInstances',
  },
];

/** By the time at which a period begins; null where nothing was reported. */
export type Values = readonly (number | null)[];

export interface MetricSeries extends Pick<SeriesDefinition, 'id' | 'chart' | 'label'> {
  readonly average: Values;
  readonly maximum: Values;
}

/** The metrics of a stack over a time. */
export interface StackMetrics {
  readonly stackName: string;
  readonly region: string;
  readonly queue: string;
  readonly from: string;
  readonly until: string;
  readonly periodSeconds: number;
  /** When each period begins. */
  readonly times: readonly string[];
  readonly series: readonly MetricSeries[];
  /** In seconds: what no job of the queue can have waited longer than. */
  readonly longestWaitAtMost: Values;
  /** What is missing, and why. */
  readonly notes: readonly string[];
}

/** How the waits are known: Buildkite's metrics count jobs, they do not time them. */
export const WAIT_BASIS = 'since the queue was last seen without a scheduled job';

/**
 * Buildkite counts the jobs of a queue and does not say how long each waits. A job that waits now cannot have come before
 * the queue was last empty, and that is seen: an upper bound, in seconds. Jobs that nobody can run make it grow.
 * Null until an empty queue has been seen, and after a time without reports.
 * @param minimum,maximum of the scheduled jobs in each period
 */
export function longestWaits(minimum: Values, maximum: Values, periodSeconds: number): (number | null)[] {
  let since: number | null = null;
  return maximum.map((most, index) => {
    if (most === null) since = null;
    else if (most === 0) since = 0;
    else if (minimum[index] === 0) since = periodSeconds;
    else if (since !== null) since += periodSeconds;
    return since;
  });
}

/** The same in at most so many periods: means of means, the most of maxima. */
export function condensed(metrics: StackMetrics, most: number): StackMetrics {
  const count = Math.ceil(metrics.times.length / Math.max(1, most));
  if (count <= 1) return metrics;
  const fold = (values: Values, by: (known: number[]) => number): (number | null)[] =>
    chunks(values, count).map((chunk) => {
      const known = chunk.filter((value) => value !== null);
      return known.length === 0 ? null : by(known);
    });
  return {
    ...metrics,
    periodSeconds: metrics.periodSeconds * count,
    times: chunks(metrics.times, count).flatMap(([first]) => first ?? []),
    series: metrics.series.map((series) => ({
      ...series,
      average: fold(series.average, mean),
      maximum: fold(series.maximum, highest),
    })),
    longestWaitAtMost: fold(metrics.longestWaitAtMost, highest),
  };
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** A count as people read it: at most one decimal. */
export function countText(value: number): string {
  return String(Math.round(value * 10) / 10);
}
