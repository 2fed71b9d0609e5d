import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { AwsContext } from '../aws/context.ts';
import type { Span } from './span.ts';

export type Dimensions = Readonly<Record<string, string>>;

/** A statistic of a metric, under a name for the answer. */
export interface MetricQuery {
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Dimensions;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum';
}

/** What is asked of CloudWatch. */
export interface MetricCalls {
  /** The metrics of a namespace that have this dimension. */
  list(
    namespace: string,
    dimension: readonly [name: string, value: string],
  ): Promise<readonly { readonly name: string; readonly dimensions: Dimensions }[]>;
  /** Values by question, and by the beginning of their period in milliseconds since 1970. */
  read(questions: readonly MetricQuery[], span: Span): Promise<Map<string, Map<number, number>>>;
}

export function metricCalls(aws: AwsContext): MetricCalls {
  return {
    async list(namespace, [Name, Value]) {
      const { ListMetricsCommand } = await import('../aws/sdk/cloudwatch.ts');
      const client = await aws.clients.cloudWatch();
      const found: { name: string; dimensions: Dimensions }[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListMetricsCommand({ Namespace: namespace, Dimensions: [{ Name, Value }], NextToken: token }),
        );
        for (const { MetricName = '', Dimensions: dimensions = [] } of page.Metrics ?? []) {
          found.push({
            name: MetricName,
            dimensions: Object.fromEntries(dimensions.map((each) => [each.Name ?? '', each.Value ?? ''])),
          });
        }
        token = page.NextToken;
      } while (token !== undefined);
      return found;
    },
    async read(questions, { from, until, periodSeconds }) {
      const { GetMetricDataCommand } = await import('../aws/sdk/cloudwatch.ts');
      const client = await aws.clients.cloudWatch();
      const answers = new Map(questions.map(({ id }) => [id, new Map<number, number>()]));
      let token: string | undefined;
      do {
        const page = await client.send(
          new GetMetricDataCommand({
            MetricDataQueries: questions.map((question) => queryOf(question, periodSeconds)),
            StartTime: new Date(from),
            EndTime: new Date(until),
            ScanBy: 'TimestampAscending',
            NextToken: token,
          }),
        );
        for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
          Timestamps.forEach((at, index) => {
            const value = Values[index];
            if (value !== undefined) answers.get(Id)?.set(at.getTime(), value);
          });
        }
        token = page.NextToken;
      } while (token !== undefined);
      return answers;
    },
  };
}

function queryOf(
  { id, namespace, metric, dimensions, statistic }: MetricQuery,
  periodSeconds: number,
): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: periodSeconds,
      Stat: statistic,
    },
  };
}
