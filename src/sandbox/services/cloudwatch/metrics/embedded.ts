import type { Scope } from '../../../kernel/world.ts';
import { aggregateOf } from '../state/aggregate.ts';
import { record, type Measurement } from './record.ts';

type Fields = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const MOST_VALUES = 100;
const MOST_METRICS = 100;
const MOST_DIMENSIONS = 30;

/** Keeps the metrics of log lines in the embedded metric format. What is not in that format stays a log line only. */
export function recordEmbedded(scope: Scope, messages: readonly string[]): void {
  record(
    scope,
    messages.flatMap((message) => (message.includes('"_aws"') ? measurementsOf(message) : [])),
  );
}

function measurementsOf(message: string): Measurement[] {
  const root = objectOf(parsed(message));
  const metadata = objectOf(root['_aws']);
  const at = metadata['Timestamp'];
  if (typeof at !== 'number' || !Number.isFinite(at)) return [];
  return listOf(metadata['CloudWatchMetrics'])
    .map(objectOf)
    .flatMap(({ Namespace: namespace, Dimensions, Metrics }) => {
      if (typeof namespace !== 'string' || namespace === '') return [];
      // Without a set of dimensions it is a metric with none.
      const given = listOf(Dimensions);
      const sets = (given.length === 0 ? [[]] : given)
        .map((names) => dimensionSet(root, listOf(names)))
        .filter((set) => set !== undefined);
      return listOf(Metrics)
        .slice(0, MOST_METRICS)
        .map(objectOf)
        .flatMap(({ Name: name, Unit }): Measurement[] => {
          if (typeof name !== 'string') return [];
          const values = valuesOf(root[name]);
          if (values.length === 0) return [];
          const unit = typeof Unit === 'string' ? Unit : 'None';
          return sets.map((dimensions) => ({
            ...{ namespace, name, dimensions, unit, at },
            values: aggregateOf(values),
          }));
        });
    });
}

/** Undefined where a dimension has no value. */
function dimensionSet(root: Fields, names: readonly unknown[]): Record<string, string> | undefined {
  if (names.length > MOST_DIMENSIONS) return undefined;
  const pairs = names.flatMap((name) => {
    const value = root[String(name)];
    return typeof value === 'string' ? [[String(name), value] as const] : [];
  });
  return pairs.length === names.length ? Object.fromEntries(pairs) : undefined;
}

function valuesOf(value: unknown): number[] {
  const values = Array.isArray(value) ? (value as unknown[]).slice(0, MOST_VALUES) : [value];
  return values.filter((one): one is number => typeof one === 'number' && Number.isFinite(one));
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
