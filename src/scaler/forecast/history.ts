import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';

/** What the scaler has published of some minutes since 1970; those of which it said nothing are left out. */
export interface Published {
  /** Jobs scheduled and running, on average. */
  readonly demand: ReadonlyMap<number, number>;
  /** Instances that were up for expected jobs alone, on average. */
  readonly ahead: ReadonlyMap<number, number>;
  /** What to ask with for the rest of an answer that was too long. */
  readonly next: string | undefined;
}

/** Reads it back, in one request. */
export type ReadHistory = (from: number, until: number, token: string | undefined) => Promise<Published>;

const METRICS = {
  scheduled: 'ScheduledJobsCount',
  running: 'RunningJobsCount',
  ahead: 'InstancesAhead',
} as const;
const MINUTE_MS = 60_000;

/**
 * The metrics of report.ts, as CloudWatch keeps them. Points of a minute are kept for fifteen days.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * @throws Error of the SDK, and where CloudWatch could not give everything
 */
export function publishedHistory(
  stackName: string,
  queue: string,
  client: Pick<CloudWatchClient, 'send'>,
): ReadHistory {
  const Dimensions = [
    { Name: 'StackName', Value: stackName },
    { Name: 'Queue', Value: queue },
  ];
  const MetricDataQueries = Object.entries(METRICS).map(([Id, MetricName]) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'Buildkite', MetricName, Dimensions }, Period: 60, Stat: 'Average' },
  }));
  return async (from, until, token) => {
    const { MetricDataResults = [], NextToken } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries,
        StartTime: new Date(from * MINUTE_MS),
        EndTime: new Date(until * MINUTE_MS),
        ...(token !== undefined && { NextToken: token }),
      }),
    );
    const demand = new Map<number, number>();
    const ahead = new Map<number, number>();
    for (const { Id, StatusCode, Timestamps = [], Values = [] } of MetricDataResults) {
      if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') {
        throw new Error(`CloudWatch answers ${StatusCode} for ${METRICS[Id as keyof typeof METRICS]}`);
      }
      const into = Id === 'ahead' ? ahead : demand;
      Timestamps.forEach((time, index) => {
        const minute = Math.floor(time.getTime() / MINUTE_MS);
        into.set(minute, (into.get(minute) ?? 0) + (Values[index] ?? 0));
      });
    }
    return { demand, ahead, next: NextToken };
  };
}
