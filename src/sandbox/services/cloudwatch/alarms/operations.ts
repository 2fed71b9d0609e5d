import type {
  AlarmHistoryItem,
  DeleteAlarmsInput,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  EnableAlarmActionsInput,
  MetricAlarm,
  PutMetricAlarmInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { own, put, remove, sorted } from '../../../kernel/table.ts';
import { pageOf } from '../../common/paging.ts';
import { checkTags, tagMap } from '../../common/tags.ts';
import { checkRange, checkText, required } from '../../common/validation.ts';
import { isOperator } from './decide.ts';
import {
  alarmArn,
  alarmNamed,
  type AlarmRecord,
  cloudWatchState,
  dimensionsOf,
  invalid,
  invalidCombination,
  invalidToken,
  metricKey,
  metricOf,
} from '../state/state.ts';
import { answers, checkQueries } from '../metrics/queries.ts';
import { queriesOf, watch } from '../state/alarm-schedule.ts';
import { remember, transit } from './watching.ts';

const CODE = 'ValidationError';
const MISSING = ['breaching', 'notBreaching', 'ignore', 'missing'];
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];
const DAY_SECONDS = 86_400;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const MOST_RECORDS = 100;
const PAGE = 50;

/** Makes an alarm, or another of it: what is not said again is not kept. @throws AwsError ValidationError */
export function putAlarm({ Tags, ...input }: PutMetricAlarmInput, scope: Scope): AlarmRecord {
  const name = checkText(
    required(input.AlarmName, 'alarmName', CODE),
    'alarmName',
    { least: 1, most: 255 },
    CODE,
  );
  const settings = { ...input, AlarmName: name };
  checkSettings(settings, scope);
  const { alarms } = cloudWatchState(scope);
  const now = scope.world.now();
  const known = own(alarms, name);
  const tags = tagMap(Tags);
  checkTags(tags);
  const alarm =
    known ??
    put(alarms, name, {
      settings,
      configuredAt: now,
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      updatedAt: now,
      transitionedAt: now,
      tags,
      history: [],
    });
  alarm.settings = settings;
  alarm.configuredAt = now;
  remember(alarm, {
    at: now,
    type: 'ConfigurationUpdate',
    summary: `Alarm "${name}" ${known === undefined ? 'created' : 'updated'}`,
    data: JSON.stringify({ version: '1.0', type: known === undefined ? 'Create' : 'Update' }),
  });
  watch(scope, alarm);
  return alarm;
}

function checkSettings(settings: PutMetricAlarmInput, scope: Scope): void {
  const { Metrics, MetricName, EvaluationPeriods, DatapointsToAlarm, TreatMissingData } = settings;
  if (settings.EvaluationCriteria !== undefined || settings.ThresholdMetricId !== undefined) {
    throw new AwsError(
      'NotImplemented',
      'The sandbox has alarms on metrics with a fixed threshold only.',
      501,
    );
  }
  if ((Metrics === undefined) === (MetricName === undefined)) {
    throw invalidCombination('Exactly one of the parameters MetricName and Metrics must be specified.');
  }
  const periods = checkRange(
    required(EvaluationPeriods, 'evaluationPeriods', CODE),
    'evaluationPeriods',
    [1, Infinity],
    CODE,
  );
  checkRange(DatapointsToAlarm ?? 1, 'datapointsToAlarm', [1, periods], CODE);
  required(settings.Threshold, 'threshold', CODE);
  const operator = required(settings.ComparisonOperator, 'comparisonOperator', CODE);
  if (!isOperator(operator))
    throw invalid(`ComparisonOperator ${operator} needs an anomaly detection model.`);
  checkText(TreatMissingData ?? 'missing', 'treatMissingData', { values: MISSING }, CODE);
  const queries = queriesOf(settings);
  checkQueries(queries);
  if (queries.filter(({ ReturnData }) => ReturnData !== false).length !== 1) {
    throw invalid('Exactly one element of the metrics list should return data.');
  }
  const longest = Math.max(...queries.map(({ MetricStat: asked }) => asked?.Period ?? 0));
  if (longest * periods > Math.max(DAY_SECONDS, 7 * DAY_SECONDS * Number(longest >= 3600))) {
    throw invalid(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    );
  }
  // What cannot be calculated is said now.
  answers(scope, queries, { start: 0, end: 0 });
}

/** @throws AwsError InvalidNextToken; NotImplemented for composite alarms, which the sandbox does not have */
function describeAlarms(input: DescribeAlarmsInput, scope: Scope): DescribeAlarmsOutput {
  const { AlarmNames, AlarmNamePrefix = '', AlarmTypes = ['MetricAlarm'], StateValue, ActionPrefix } = input;
  if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) {
    throw new AwsError('NotImplemented', 'The sandbox has no composite alarms.', 501);
  }
  if (AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
    throw invalidCombination('AlarmNames and AlarmNamePrefix must not be specified together.');
  }
  const found = sorted(cloudWatchState(scope).alarms).filter(
    ({ settings, state }) =>
      AlarmTypes.includes('MetricAlarm') &&
      (AlarmNames === undefined || AlarmNames.includes(settings.AlarmName)) &&
      settings.AlarmName.startsWith(AlarmNamePrefix) &&
      (StateValue === undefined || state === StateValue) &&
      (ActionPrefix === undefined ||
        [settings.OKActions, settings.AlarmActions, settings.InsufficientDataActions]
          .flatMap((actions) => actions ?? [])
          .some((action) => action.startsWith(ActionPrefix))),
  );
  const size = checkRange(input.MaxRecords ?? PAGE, 'maxRecords', [1, MOST_RECORDS], CODE);
  const { items, nextToken } = pageOf(found, size, input.NextToken, invalidToken);
  return {
    CompositeAlarms: [],
    MetricAlarms: items.map((alarm) => described(alarm, scope)),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

function described(alarm: AlarmRecord, scope: Scope): MetricAlarm {
  const { settings, state, reason, reasonData, configuredAt, updatedAt, transitionedAt } = alarm;
  const { ActionsEnabled = true, OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = settings;
  return {
    ...settings,
    AlarmArn: alarmArn(scope, settings.AlarmName),
    AlarmConfigurationUpdatedTimestamp: new Date(configuredAt),
    ...{ ActionsEnabled, OKActions, AlarmActions, InsufficientDataActions },
    StateValue: state,
    StateReason: reason,
    ...(reasonData !== undefined && { StateReasonData: reasonData }),
    StateUpdatedTimestamp: new Date(updatedAt),
    StateTransitionedTimestamp: new Date(transitionedAt),
    ...(settings.Metrics === undefined && { Dimensions: settings.Dimensions ?? [] }),
  };
}

function describeAlarmsForMetric(
  { Namespace, MetricName, Dimensions }: DescribeAlarmsForMetricInput,
  scope: Scope,
): DescribeAlarmsForMetricOutput {
  const wanted = { namespace: Namespace ?? '', name: MetricName ?? '', dimensions: dimensionsOf(Dimensions) };
  return {
    MetricAlarms: sorted(cloudWatchState(scope).alarms)
      .filter(({ settings }) =>
        queriesOf(settings).some(
          ({ MetricStat: asked }) => asked !== undefined && metricKey(metricOf(asked)) === metricKey(wanted),
        ),
      )
      .map((alarm) => described(alarm, scope)),
  };
}

function describeAlarmHistory(input: DescribeAlarmHistoryInput, scope: Scope): DescribeAlarmHistoryOutput {
  const { AlarmName: name, HistoryItemType: type, StartDate, EndDate } = input;
  const alarms = name === undefined ? sorted(cloudWatchState(scope).alarms) : [alarmNamed(scope, name)];
  const found = alarms
    .flatMap(({ settings, history }) => history.map((entry) => ({ ...entry, name: settings.AlarmName })))
    .filter(
      (entry) =>
        (type === undefined || entry.type === type) &&
        entry.at >= (StartDate?.getTime() ?? 0) &&
        entry.at <= (EndDate?.getTime() ?? Infinity),
    )
    .sort((left, right) => left.at - right.at);
  if (input.ScanBy !== 'TimestampAscending') found.reverse();
  const size = checkRange(input.MaxRecords ?? MOST_RECORDS, 'maxRecords', [1, MOST_RECORDS], CODE);
  const { items, nextToken } = pageOf(found, size, input.NextToken, invalidToken);
  return {
    AlarmHistoryItems: items.map((entry): AlarmHistoryItem => ({
      AlarmName: entry.name,
      AlarmType: 'MetricAlarm',
      Timestamp: new Date(entry.at),
      HistoryItemType: entry.type,
      HistorySummary: entry.summary,
      HistoryData: entry.data,
    })),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

/** All or none. @throws AwsError ResourceNotFound */
function deleteAlarms({ AlarmNames = [] }: DeleteAlarmsInput, scope: Scope): object {
  for (const name of AlarmNames) alarmNamed(scope, name);
  for (const name of AlarmNames) remove(cloudWatchState(scope).alarms, name);
  return {};
}

/** For a test of what happens then; what its metrics say counts again at the next look. */
function setAlarmState(input: SetAlarmStateInput, scope: Scope): object {
  const alarm = alarmNamed(scope, required(input.AlarmName, 'alarmName', CODE));
  const state = required(input.StateValue, 'stateValue', CODE);
  checkText(state, 'stateValue', { values: STATES }, CODE);
  transit(scope, alarm, {
    state,
    reason: required(input.StateReason, 'stateReason', CODE),
    data: input.StateReasonData,
  });
  watch(scope, alarm);
  return {};
}

const switchActions =
  (enabled: boolean) =>
  ({ AlarmNames = [] }: EnableAlarmActionsInput, scope: Scope): object => {
    for (const name of AlarmNames) {
      const alarm = own(cloudWatchState(scope).alarms, name);
      if (alarm !== undefined) alarm.settings = { ...alarm.settings, ActionsEnabled: enabled };
    }
    return {};
  };

export const alarmOperations = {
  PutMetricAlarm(input: PutMetricAlarmInput, scope: Scope): object {
    putAlarm(input, scope);
    return {};
  },
  DescribeAlarms: describeAlarms,
  DescribeAlarmsForMetric: describeAlarmsForMetric,
  DescribeAlarmHistory: describeAlarmHistory,
  DeleteAlarms: deleteAlarms,
  SetAlarmState: setAlarmState,
  EnableAlarmActions: switchActions(true),
  DisableAlarmActions: switchActions(false),
};
