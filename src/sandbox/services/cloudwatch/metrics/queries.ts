import type {
  Datapoint,
  GetMetricDataInput,
  GetMetricDataOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  MetricDataQuery,
  MetricStat,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { own } from '../../../kernel/table.ts';
import { pageOf } from '../../common/paging.ts';
import { checkRange, checkText, required } from '../../common/validation.ts';
import { isStatistic, statistic } from '../state/aggregate.ts';
import { calculate, type Line, type Span } from './expression.ts';
import { MINUTE, periodsOf, roundedStart, type Series } from '../state/series.ts';
import {
  cloudWatchState,
  dimensionsOf,
  metricOf,
  invalid,
  invalidCombination,
  invalidToken,
  invalidValue,
  metricKey,
  type MetricName,
} from '../state/state.ts';

const CODE = 'ValidationError';
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MOST_STATISTICS = 1440;

/** What each query results in. @throws AwsError ValidationError for queries that contradict each other */
export function answers(scope: Scope, queries: readonly MetricDataQuery[], span: Span): Map<string, Line> {
  const byId = new Map(queries.map((query) => [query.Id ?? '', query]));
  if (byId.size < queries.length)
    throw invalid('The values for parameter id in MetricDataQueries must be unique.');
  const found = new Map<string, Line>();
  const lineOf = (id: string, asking: readonly string[]): Line => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const query = byId.get(id);
    if (query === undefined || asking.includes(id)) {
      throw invalid(`Error in expression '${asking.at(-1) ?? id}': ${id} is not the id of another query.`);
    }
    const { MetricStat: asked, Expression: expression } = query;
    const line =
      expression !== undefined
        ? calculate(expression, (other) => lineOf(other, [...asking, id]), span)
        : lineOfMetric(scope, asked as MetricStat, span);
    found.set(id, line);
    return line;
  };
  for (const id of byId.keys()) lineOf(id, []);
  return found;
}

/** @throws AwsError ValidationError; NotImplemented for periods and statistics that the sandbox does not have */
export function checkQueries(queries: readonly MetricDataQuery[]): void {
  if (queries.length === 0 || queries.length > MOST_QUERIES) {
    throw invalid(`The collection MetricDataQueries must have a size between 1 and ${MOST_QUERIES}.`);
  }
  for (const { Id, MetricStat: asked, Expression: expression } of queries) {
    checkText(required(Id, 'id', CODE), 'id', { least: 1, most: 255, pattern: '[a-z][a-zA-Z0-9_]*' }, CODE);
    if ((asked === undefined) === (expression === undefined)) {
      throw invalid(
        'Exactly one of the parameters MetricStat and Expression must be specified for each MetricDataQuery.',
      );
    }
    if (asked !== undefined) {
      checkPeriod(required(asked.Period, 'period', CODE));
      checkStatistic(required(asked.Stat, 'stat', CODE));
    }
  }
}

/** @param period in seconds @throws AwsError InvalidParameterValue, NotImplemented */
export function checkPeriod(period: number): void {
  if ([1, 5, 10, 20, 30].includes(period)) {
    throw new AwsError(
      'NotImplemented',
      `The sandbox keeps metrics by the minute, not by ${period} seconds.`,
      501,
    );
  }
  if (period < 60 || period % 60 !== 0) {
    throw invalidValue(`The parameter Period must be a multiple of 60; it is ${period}.`);
  }
}

/** @throws AwsError NotImplemented */
export function checkStatistic(name: string): void {
  if (isStatistic(name)) return;
  throw new AwsError('NotImplemented', `The sandbox has no statistic ${name}.`, 501);
}

function lineOfMetric(scope: Scope, asked: MetricStat, span: Span): Line {
  const { Period: seconds = 60, Stat: name = '', Unit: unit } = asked;
  const period = seconds * 1000;
  const values = new Map<number, number>();
  for (const [begins, aggregate] of periodsOf(seriesOf(scope, metricOf(asked), unit), { ...span, period })) {
    const value = statistic(name, aggregate);
    if (value !== undefined) values.set(begins, value);
  }
  return { period, values };
}

function seriesOf(scope: Scope, metric: MetricName, unit: StandardUnit | undefined): Series[] {
  const units = own(cloudWatchState(scope).metrics, metricKey(metric))?.units ?? {};
  return unit === undefined
    ? Object.values(units)
    : [own(units, unit)].filter((series) => series !== undefined);
}

/** @throws AwsError InvalidParameterValue, InvalidParameterCombination */
function spanOf(scope: Scope, start: Date | undefined, end: Date | undefined): Span {
  const [from, to] = [required(start, 'startTime', CODE).getTime(), required(end, 'endTime', CODE).getTime()];
  if (from >= to) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  return { start: roundedStart(from, scope.world.now()), end: Math.ceil(to / MINUTE) * MINUTE };
}

/** Newest first unless ScanBy says otherwise, each page with what it holds of every query. */
function getMetricData(input: GetMetricDataInput, scope: Scope): GetMetricDataOutput {
  const queries = input.MetricDataQueries ?? [];
  checkQueries(queries);
  const found = answers(scope, queries, spanOf(scope, input.StartTime, input.EndTime));
  const shown = queries.filter(({ ReturnData }) => ReturnData !== false);
  const points = shown.flatMap(({ Id = '' }) => {
    const line = [...(found.get(Id)?.values ?? [])].map(([at, value]) => ({ id: Id, at, value }));
    return input.ScanBy === 'TimestampAscending' ? line : line.reverse();
  });
  const size = checkRange(
    input.MaxDatapoints ?? MOST_DATAPOINTS,
    'maxDatapoints',
    [1, MOST_DATAPOINTS],
    CODE,
  );
  const { items, nextToken } = pageOf(points, size, input.NextToken, invalidToken);
  const last = items.at(-1)?.id;
  return {
    MetricDataResults: shown.map(({ Id = '', Label, MetricStat: asked }) => {
      const own = items.filter(({ id }) => id === Id);
      const cut = nextToken !== undefined && (own.length === 0 || Id === last);
      return {
        Id,
        Label: Label ?? asked?.Metric?.MetricName ?? Id,
        Timestamps: own.map(({ at }) => new Date(at)),
        Values: own.map(({ value }) => value),
        StatusCode: cut ? 'PartialData' : 'Complete',
      };
    }),
    Messages: [],
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

/** @throws AwsError InvalidParameterCombination for more than 1,440 datapoints */
function getMetricStatistics(input: GetMetricStatisticsInput, scope: Scope): GetMetricStatisticsOutput {
  const { Namespace = '', MetricName = '', Statistics = [], ExtendedStatistics = [], Unit } = input;
  const span = spanOf(scope, input.StartTime, input.EndTime);
  const period = required(input.Period, 'period', CODE);
  checkPeriod(period);
  if (Statistics.length + ExtendedStatistics.length === 0) {
    throw invalidCombination(
      'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
    );
  }
  for (const name of [...Statistics, ...ExtendedStatistics]) checkStatistic(name);
  const many = Math.ceil((span.end - span.start) / 1000 / period);
  if (many > MOST_STATISTICS) {
    throw invalidCombination(
      `You have requested up to ${many.toLocaleString('en-US')} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const metric = { namespace: Namespace, name: MetricName, dimensions: dimensionsOf(input.Dimensions) };
  const all = own(cloudWatchState(scope).metrics, metricKey(metric))?.units ?? {};
  const datapoints = Object.keys(all)
    .filter((unit) => Unit === undefined || unit === Unit)
    .flatMap((unit) =>
      [...periodsOf(seriesOf(scope, metric, unit as StandardUnit), { ...span, period: period * 1000 })].map(
        ([begins, aggregate]): Datapoint => {
          const valued = (names: readonly string[]) =>
            Object.fromEntries(names.map((name) => [name, statistic(name, aggregate)]));
          return {
            Timestamp: new Date(begins),
            ...valued(Statistics),
            ...(ExtendedStatistics.length > 0 && {
              ExtendedStatistics: valued(ExtendedStatistics) as Record<string, number>,
            }),
            Unit: unit as StandardUnit,
          };
        },
      ),
    );
  return { Label: MetricName, Datapoints: datapoints };
}

export const queryOperations = { GetMetricData: getMetricData, GetMetricStatistics: getMetricStatistics };
