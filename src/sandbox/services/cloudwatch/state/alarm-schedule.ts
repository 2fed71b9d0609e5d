import type { MetricDataQuery, PutMetricAlarmInput, Statistic } from '@aws-sdk/client-cloudwatch';
import type { Scope } from '../../../kernel/world.ts';
import { MINUTE } from './series.ts';
import { cloudWatchState, metricKey, metricOf, type AlarmRecord } from './state.ts';

/** The task that looks at an alarm's metrics; its key is `<region>/<alarm>`. */
export const ALARM_TASK = 'cloudwatch.alarm';

/** What an alarm asks for; one of a single metric is a query like others. */
export function queriesOf(settings: PutMetricAlarmInput): MetricDataQuery[] {
  const { Metrics, Namespace, MetricName, Dimensions, Period, Unit } = settings;
  if (Metrics !== undefined) return Metrics;
  const Stat = settings.Statistic ?? (settings.ExtendedStatistic as Statistic | undefined);
  const Metric = { Namespace, MetricName, Dimensions };
  return [{ Id: 'm1', MetricStat: { Metric, Period, Stat, Unit } }];
}

/** Has an alarm looked at when the next minute begins. */
export function watch({ world, region }: Scope, alarm: AlarmRecord): void {
  alarm.nextAt = (Math.floor(world.now() / MINUTE) + 1) * MINUTE;
  world.wake(ALARM_TASK, `${region}/${alarm.settings.AlarmName}`, alarm.nextAt);
}

/** Has the alarms on these metrics looked at again, if they had been silent. */
export function awaken(scope: Scope, keys: ReadonlySet<string>): void {
  for (const alarm of Object.values(cloudWatchState(scope).alarms)) {
    if (alarm.nextAt !== undefined) continue;
    const watched = queriesOf(alarm.settings).flatMap(({ MetricStat: asked }) =>
      asked ? [metricOf(asked)] : [],
    );
    if (watched.some((metric) => keys.has(metricKey(metric)))) watch(scope, alarm);
  }
}
