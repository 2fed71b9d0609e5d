import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';
import { isDenied } from '../../../aws/errors.ts';
import {
  idleMinutesOf,
  type Minute,
  minutesOf,
  type SizedGroup,
  type Surplus,
  surplusNow,
  surplusOf,
} from '../group/surplus.ts';
import { parameterOf } from '../stack/values.ts';

/**
 * Finds instances that a group should have got rid of. Asks for metrics only where there are too many right now.
 * @returns undefined too for a stack without our scaler's metrics, and where the caller may not read them
 */
export async function readSurplus(
  aws: AwsContext,
  stack: Stack,
  group: SizedGroup,
): Promise<Surplus | undefined> {
  if (surplusNow(group) <= 0) return undefined;
  const minutes = idleMinutesOf(stack);
  const dimensions = { StackName: stack.StackName ?? '', Queue: parameterOf(stack, 'BuildkiteQueue') ?? '' };
  const now = (await aws.clock())();
  try {
    return surplusOf(group, await readMinutes(aws, dimensions, now - minutes * 60_000, now), minutes);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

/** @param from milliseconds since 1970, as `until` */
async function readMinutes(
  aws: AwsContext,
  dimensions: Readonly<Record<string, string>>,
  from: number,
  until: number,
): Promise<Minute[]> {
  const { GetMetricDataCommand } = await import('../../../aws/sdk/cloudwatch.ts');
  const client = await aws.clients.cloudWatch();
  const query = (Id: keyof Minute, MetricName: string, Stat: string) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'Buildkite',
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: 60,
      Stat,
    },
  });
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        query('inService', 'InServiceInstances', 'Minimum'),
        query('desired', 'DesiredInstances', 'Maximum'),
        query('busyAgents', 'BusyAgentCount', 'Maximum'),
      ],
      StartTime: new Date(from),
      EndTime: new Date(until),
      ScanBy: 'TimestampAscending',
    }),
  );
  return minutesOf(MetricDataResults);
}
