import type { PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope, Task } from '../../../kernel/world.ts';
import { own } from '../../../kernel/table.ts';
import { judge, SPARE_PERIODS, type AlarmRule } from './decide.ts';
import { queriesOf, watch } from '../state/alarm-schedule.ts';
import { alarmArn, cloudWatchState, type AlarmRecord, type HistoryRecord } from '../state/state.ts';
import { answers } from '../metrics/queries.ts';
import { DAY, MINUTE } from '../state/series.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
const HISTORY_KEPT = 30 * DAY;
const MOST_HISTORY = 1000;

export const runAlarm: Task = (world, key) => {
  const slash = key.indexOf('/');
  const scope = world.scope(key.slice(0, slash));
  const alarm = own(cloudWatchState(scope).alarms, key.slice(slash + 1));
  if (alarm?.nextAt === undefined) return;
  Reflect.deleteProperty(alarm, 'nextAt');
  const silent = look(scope, alarm);
  // Without values the state stays what it is now, until there are some.
  if (!silent) watch(scope, alarm);
};

/** @returns whether there is no value at all */
function look(scope: Scope, alarm: AlarmRecord): boolean {
  const { settings } = alarm;
  const queries = queriesOf(settings);
  const period =
    1000 * Math.max(60, ...queries.map(({ MetricStat: asked, Period }) => asked?.Period ?? Period ?? 0));
  const count = (settings.EvaluationPeriods ?? 1) + SPARE_PERIODS;
  const end = Math.floor(scope.world.now() / MINUTE) * MINUTE;
  const start = end - count * period;
  const shown = queries.find(({ ReturnData }) => ReturnData !== false)?.Id ?? '';
  // Values may be of later than now.
  const lines = answers(scope, queries, { start, end: end + DAY });
  const values = Array.from({ length: count }, (_, index) =>
    lines.get(shown)?.values.get(start + index * period),
  );
  const verdict = judge(values, ruleOf(settings));
  if (verdict !== undefined && verdict.state !== alarm.state) {
    const data = {
      version: '1.0',
      queryDate: stamp(scope.world.now()),
      startDate: stamp(start + SPARE_PERIODS * period),
      ...(settings.Statistic !== undefined && { statistic: settings.Statistic }),
      period: period / 1000,
      recentDatapoints: values.slice(SPARE_PERIODS).filter((value) => value !== undefined),
      threshold: settings.Threshold,
    };
    transit(scope, alarm, { ...verdict, data: JSON.stringify(data) });
  }
  return [...lines.values()].every((line) => line.values.size === 0);
}

function ruleOf(settings: PutMetricAlarmInput): AlarmRule {
  const { EvaluationPeriods: evaluationPeriods = 1 } = settings;
  return {
    evaluationPeriods,
    datapointsToAlarm: settings.DatapointsToAlarm ?? evaluationPeriods,
    operator: settings.ComparisonOperator ?? 'GreaterThanThreshold',
    threshold: settings.Threshold ?? 0,
    missing: (settings.TreatMissingData ?? 'missing') as AlarmRule['missing'],
  };
}

export interface Transition {
  readonly state: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly data?: string | undefined;
}

/** Gives an alarm its state, and does what it says is to be done then. */
export function transit(scope: Scope, alarm: AlarmRecord, { state, reason, data }: Transition): void {
  const now = scope.world.now();
  const old = { stateValue: alarm.state, stateReason: alarm.reason };
  alarm.reason = reason;
  if (data === undefined) delete alarm.reasonData;
  else alarm.reasonData = data;
  alarm.updatedAt = now;
  if (alarm.state === state) return;
  alarm.state = state;
  alarm.transitionedAt = now;
  remember(alarm, {
    at: now,
    type: 'StateUpdate',
    summary: `Alarm updated from ${old.stateValue} to ${state}`,
    data: JSON.stringify({
      version: '1.0',
      oldState: old,
      newState: { stateValue: state, stateReason: reason },
    }),
  });
  const { settings } = alarm;
  if (settings.ActionsEnabled === false) return;
  const actions = {
    OK: settings.OKActions,
    ALARM: settings.AlarmActions,
    INSUFFICIENT_DATA: settings.InsufficientDataActions,
  }[state];
  for (const topic of actions ?? []) scope.world.background(notify(scope, alarm, topic, old.stateValue));
}

export function remember(alarm: AlarmRecord, entry: HistoryRecord): void {
  alarm.history = [...alarm.history, entry]
    .filter(({ at }) => entry.at - at < HISTORY_KEPT)
    .slice(-MOST_HISTORY);
}

/** Topics are told; what else an alarm can do in AWS is not done, nor is it for a topic that is gone. */
async function notify(scope: Scope, alarm: AlarmRecord, topic: string, old: StateValue): Promise<void> {
  if (!topic.includes(':sns:') || scope.world.service('sns') === undefined) return;
  const { settings, state, reason, transitionedAt } = alarm;
  const message = {
    AlarmName: settings.AlarmName,
    AlarmDescription: settings.AlarmDescription ?? null,
    AWSAccountId: scope.accountId,
    NewStateValue: state,
    NewStateReason: reason,
    StateChangeTime: stamp(transitionedAt),
    AlarmArn: alarmArn(scope, settings.AlarmName),
    OldStateValue: old,
  };
  const Subject = `${state}: "${settings.AlarmName}" in ${scope.region}`.slice(0, 100);
  try {
    await scope.world.call(scope, 'sns', 'Publish', {
      TopicArn: topic,
      Subject,
      Message: JSON.stringify(message),
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}

function stamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
