import type {
  ListMetricsInput,
  ListMetricsOutput,
  MetricDatum,
  PutMetricDataInput,
} from '@aws-sdk/client-cloudwatch';
import type { Scope } from '../../../kernel/world.ts';
import { own, sorted } from '../../../kernel/table.ts';
import { pageOf } from '../../common/paging.ts';
import { checkText, required } from '../../common/validation.ts';
import { aggregateOf, type Aggregate } from '../state/aggregate.ts';
import { record, type Measurement } from './record.ts';
import { DAY, MINUTE, newest } from '../state/series.ts';
import {
  cloudWatchState,
  dimensionList,
  dimensionsOf,
  invalidCombination,
  invalidToken,
  invalidValue,
  type MetricRecord,
} from '../state/state.ts';

const CODE = 'ValidationError';
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const MOST_METRICS = 1000;
const MOST_DIMENSIONS = 30;
const MOST_VALUES = 150;
const OLDEST = 14 * DAY;
const NEWEST = 120 * MINUTE;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
const LISTED_FOR = 14 * DAY;
const RECENTLY = 180 * MINUTE;
const PAGE = 500;

/** @throws AwsError InvalidParameterValue, InvalidParameterCombination, ValidationError */
function putMetricData(input: PutMetricDataInput, scope: Scope): object {
  const rule = { least: 1, most: 255, pattern: '[^:].*' };
  const namespace = checkText(required(input.Namespace, 'namespace', CODE), 'namespace', rule, CODE);
  if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
  const data = input.MetricData ?? [];
  if (data.length > MOST_METRICS) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${MOST_METRICS}.`);
  }
  record(
    scope,
    data.map((datum, index) =>
      measured(datum, `MetricData.member.${index + 1}`, namespace, scope.world.now()),
    ),
  );
  return {};
}

function measured(datum: MetricDatum, member: string, namespace: string, now: number): Measurement {
  const rule = { least: 1, most: 255 };
  const name = checkText(required(datum.MetricName, 'metricName', CODE), 'metricName', rule, CODE);
  const dimensions = dimensionsOf(datum.Dimensions);
  if (Object.keys(dimensions).length > MOST_DIMENSIONS) {
    throw invalidValue(
      `The collection ${member}.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`,
    );
  }
  const at = datum.Timestamp?.getTime() ?? now;
  if (at < now - OLDEST) {
    throw invalidValue(
      `The parameter ${member}.Timestamp must specify a time no more than two weeks in the past.`,
    );
  }
  if (at > now + NEWEST) {
    throw invalidValue(`The parameter ${member}.Timestamp must specify a time within two hours of now.`);
  }
  return { namespace, name, dimensions, unit: datum.Unit ?? 'None', at, values: valuesOf(datum, member) };
}

function valuesOf({ Value, Values, Counts, StatisticValues: told }: MetricDatum, member: string): Aggregate {
  if ([Value, Values, told].filter((given) => given !== undefined).length !== 1) {
    throw invalidCombination(
      `At least one and only one of the parameters must be specified: ${member}.Value, ${member}.Values, ${member}.StatisticValues.`,
    );
  }
  if (told !== undefined) {
    const { SampleCount: count = NaN, Sum: sum = NaN, Minimum: minimum = NaN, Maximum: maximum = NaN } = told;
    checkNumbers([count, sum, minimum, maximum], `${member}.StatisticValues`);
    return { count, sum, minimum, maximum };
  }
  const values = Values ?? [Value ?? NaN];
  checkNumbers(values, member);
  if (values.length === 0 || values.length > MOST_VALUES) {
    throw invalidValue(`The collection ${member}.Values must have a size between 1 and ${MOST_VALUES}.`);
  }
  if (Counts !== undefined && Counts.length !== values.length) {
    throw invalidValue(`The parameters ${member}.Values and ${member}.Counts must be of the same size.`);
  }
  return aggregateOf(values, Counts);
}

function checkNumbers(values: readonly number[], member: string): void {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw invalidValue(`The value ${wrong} for parameter ${member} is invalid.`);
}

/** Metrics without values for two weeks are not listed any more. @throws AwsError InvalidParameterValue */
function listMetrics(input: ListMetricsInput, scope: Scope): ListMetricsOutput {
  const { Namespace: namespace, MetricName: name, Dimensions: wanted = [], RecentlyActive } = input;
  const since = scope.world.now() - (RecentlyActive === undefined ? LISTED_FOR : RECENTLY);
  const found = sorted(cloudWatchState(scope).metrics).filter(
    (metric) =>
      (namespace === undefined || metric.namespace === namespace) &&
      (name === undefined || metric.name === name) &&
      wanted.every(({ Name, Value }) => {
        const value = own(metric.dimensions, Name);
        return value !== undefined && (Value === undefined || value === Value);
      }) &&
      lastOf(metric) >= since,
  );
  const { items, nextToken } = pageOf(found, PAGE, input.NextToken, invalidToken);
  return {
    Metrics: items.map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: dimensionList(metric.dimensions),
    })),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

function lastOf({ units }: MetricRecord): number {
  return Math.max(...Object.values(units).map((series) => newest(series) ?? 0));
}

export const metricOperations = { PutMetricData: putMetricData, ListMetrics: listMetrics };
