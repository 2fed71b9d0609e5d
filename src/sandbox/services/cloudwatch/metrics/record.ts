import type { Scope } from '../../../kernel/world.ts';
import { own, put } from '../../../kernel/table.ts';
import type { Instant } from '../../../kernel/time.ts';
import type { Aggregate } from '../state/aggregate.ts';
import { addTo, emptySeries } from '../state/series.ts';
import { cloudWatchState, metricKey, type MetricName } from '../state/state.ts';
import { awaken } from '../state/alarm-schedule.ts';

/** Some values of a metric. */
export interface Measurement extends MetricName {
  readonly unit: string;
  readonly at: Instant;
  readonly values: Aggregate;
}

/** Keeps what was measured. A world without CloudWatch keeps nothing. */
export function record(scope: Scope, measurements: readonly Measurement[]): void {
  if (measurements.length === 0 || scope.world.service('cloudwatch') === undefined) return;
  const { metrics } = cloudWatchState(scope);
  const now = scope.world.now();
  const keys = new Set<string>();
  for (const { namespace, name, dimensions, unit, at, values } of measurements) {
    const key = metricKey({ namespace, name, dimensions });
    keys.add(key);
    const { units } = own(metrics, key) ?? put(metrics, key, { namespace, name, dimensions, units: {} });
    addTo(own(units, unit) ?? put(units, unit, emptySeries()), at, values, now);
  }
  awaken(scope, keys);
}
