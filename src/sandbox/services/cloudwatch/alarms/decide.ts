import type { ComparisonOperator, StateValue } from '@aws-sdk/client-cloudwatch';

/** How an alarm judges the values of its latest periods. */
export interface AlarmRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly operator: ComparisonOperator;
  readonly threshold: number;
  readonly missing: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
}

/** Looked at beyond the evaluation periods, so that a value may be late or missing. */
export const SPARE_PERIODS = 2;

const COMPARE: Readonly<Record<string, readonly [(value: number, threshold: number) => boolean, string]>> = {
  GreaterThanThreshold: [(value, threshold) => value > threshold, 'greater than'],
  GreaterThanOrEqualToThreshold: [(value, threshold) => value >= threshold, 'greater than or equal to'],
  LessThanThreshold: [(value, threshold) => value < threshold, 'less than'],
  LessThanOrEqualToThreshold: [(value, threshold) => value <= threshold, 'less than or equal to'],
};

export function isOperator(operator: string): boolean {
  return Object.hasOwn(COMPARE, operator);
}

export interface Verdict {
  readonly state: StateValue;
  readonly reason: string;
}

/**
 * The state that values ask for. Undefined where it is to stay as it is.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @param values of the evaluation periods and two before them, oldest first
 */
export function judge(values: readonly (number | undefined)[], rule: AlarmRule): Verdict | undefined {
  const { evaluationPeriods, datapointsToAlarm, missing } = rule;
  const breaches = (value: number) => COMPARE[rule.operator]?.[0](value, rule.threshold) ?? false;
  const there = values.filter((value) => value !== undefined);
  const looked = there.slice(-evaluationPeriods);
  const breaching = looked.filter(breaches).length;
  const absent = evaluationPeriods - looked.length;
  const treated = (state: StateValue): Verdict => ({
    state,
    reason: `Threshold Crossed: no datapoints were received for ${many(absent, 'period')} and ${many(absent, 'missing datapoint')} ${were(absent)} treated as [${missing === 'breaching' ? 'Breaching' : 'NonBreaching'}].`,
  });
  const alarm = () => crossed('ALARM', looked, rule, breaching);
  if (looked.length === 0) {
    if (missing === 'breaching') return treated(absent >= datapointsToAlarm ? 'ALARM' : 'OK');
    if (missing === 'notBreaching') return treated('OK');
    if (missing === 'ignore') return undefined;
    const reason = `Insufficient Data: ${many(absent, 'datapoint')} ${were(absent)} unknown.`;
    return { state: 'INSUFFICIENT_DATA', reason };
  }
  if (breaching >= datapointsToAlarm) return alarm();
  if (absent > 0 && missing === 'breaching' && breaching + absent >= datapointsToAlarm)
    return treated('ALARM');
  if (absent > 0 && (missing === 'missing' || missing === 'ignore') && breaching === looked.length) {
    // Nothing but breaches, and too few of them. Once the oldest is old enough, what is missing does not speak for it.
    const oldest = values.length - values.findIndex((value) => value !== undefined);
    return missing === 'missing' && oldest >= datapointsToAlarm ? alarm() : undefined;
  }
  return crossed('OK', looked, rule, looked.length - breaching);
}

function crossed(
  state: 'OK' | 'ALARM',
  looked: readonly number[],
  { operator, threshold, datapointsToAlarm, evaluationPeriods }: AlarmRule,
  count: number,
): Verdict {
  const shown = [...looked].reverse().join(', ');
  const share =
    datapointsToAlarm < evaluationPeriods
      ? `${count} out of the last ${many(evaluationPeriods, 'datapoint')}`
      : many(count, 'datapoint');
  const [, words = ''] = COMPARE[operator] ?? [];
  return {
    state,
    reason: `Threshold Crossed: ${share} [${shown}] ${were(count)} ${state === 'OK' ? 'not ' : ''}${words} the threshold (${threshold}).`,
  };
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}
