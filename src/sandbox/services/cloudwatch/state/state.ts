import type {
  MetricStat,
  Dimension,
  HistoryItemType,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../kernel/errors.ts';
import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { own, type Table } from '../../../kernel/table.ts';
import type { Instant } from '../../../kernel/time.ts';
import { defineSlice } from '../../../kernel/slice.ts';
import type { Series } from './series.ts';

/** What tells one metric from another: another dimension makes another metric. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricRecord extends MetricName {
  /** By unit, as values of different units are only put together when nobody asks for one. */
  readonly units: Table<Series>;
}

export interface HistoryRecord {
  readonly at: Instant;
  readonly type: HistoryItemType;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** What an alarm is told to be, in the form in which it is told. */
export type AlarmSettings = Omit<PutMetricAlarmInput, 'Tags'> & { readonly AlarmName: string };

export interface AlarmRecord {
  settings: AlarmSettings;
  configuredAt: Instant;
  state: StateValue;
  reason: string;
  /** JSON. */
  reasonData?: string;
  /** When state or reason changed last. */
  updatedAt: Instant;
  /** When the state changed last. */
  transitionedAt: Instant;
  /** When it is looked at next; absent while its metrics are silent, which changes nothing. */
  nextAt?: Instant;
  tags: Record<string, string>;
  /** Oldest first. */
  history: HistoryRecord[];
}

interface CloudWatchState {
  readonly metrics: Table<MetricRecord>;
  readonly alarms: Table<AlarmRecord>;
}

export const cloudWatchState = defineSlice<CloudWatchState>('cloudwatch', () => ({
  metrics: {},
  alarms: {},
}));

/** The same for the same dimensions in another order. */
export function metricKey({ namespace, name, dimensions }: MetricName): string {
  const sorted = Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

/** The metric that a query or an alarm asks for. */
export function metricOf({ Metric }: MetricStat): MetricName {
  return {
    namespace: Metric?.Namespace ?? '',
    name: Metric?.MetricName ?? '',
    dimensions: dimensionsOf(Metric?.Dimensions),
  };
}

export function dimensionsOf(dimensions: readonly Dimension[] | undefined): Record<string, string> {
  return Object.fromEntries((dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));
}

export function dimensionList(dimensions: MetricName['dimensions']): Dimension[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

export function alarmArn(scope: Scope, name: string): string {
  return arn(scope, 'cloudwatch', `alarm:${name}`);
}

/** @throws AwsError ResourceNotFound (404) */
export function alarmNamed(scope: Scope, name: string): AlarmRecord {
  const found = own(cloudWatchState(scope).alarms, name);
  if (found === undefined) throw new AwsError('ResourceNotFound', `Alarm ${name} does not exist`, 404);
  return found;
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombination', message);
}

export function invalidToken(): AwsError {
  return new AwsError('InvalidNextToken', 'Invalid nextToken');
}
