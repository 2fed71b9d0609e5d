/** What is known of the values of a metric in some span of time. */
export interface Aggregate {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Each value with how often it came; absent where only the above was told, so that percentiles are not to be had. */
  readonly spread?: readonly (readonly [value: number, count: number])[];
}

/** More values than these are kept to a tenth of their size, as CloudWatch's own agent keeps them. */
const MOST_VALUES = 100;
const STEP = Math.log(1.1);

/** @param counts how often each value came; once each without it */
export function aggregateOf(values: readonly number[], counts: readonly number[] = []): Aggregate {
  const counted = values.map((value, index) => [value, counts[index] ?? 1] as const);
  return {
    count: counted.reduce((sum, [, count]) => sum + count, 0),
    sum: counted.reduce((sum, [value, count]) => sum + value * count, 0),
    minimum: values.reduce((least, value) => Math.min(least, value), Infinity),
    maximum: values.reduce((most, value) => Math.max(most, value), -Infinity),
    spread: counted,
  };
}

export function merged(left: Aggregate, right: Aggregate): Aggregate {
  const [one, other] = [spreadOf(left), spreadOf(right)];
  return {
    count: left.count + right.count,
    sum: left.sum + right.sum,
    minimum: Math.min(left.minimum, right.minimum),
    maximum: Math.max(left.maximum, right.maximum),
    ...(one !== undefined && other !== undefined && { spread: counted([...one, ...other]) }),
  };
}

function spreadOf({ count, minimum, maximum, spread }: Aggregate): Aggregate['spread'] {
  return minimum === maximum ? [[minimum, count]] : spread;
}

function counted(pairs: readonly (readonly [number, number])[]): [number, number][] {
  const all = byValue(pairs, (value) => value);
  return all.length > MOST_VALUES ? byValue(all, rounded) : all;
}

function byValue(
  pairs: readonly (readonly [number, number])[],
  kept: (value: number) => number,
): [number, number][] {
  const counts = new Map<number, number>();
  for (const [value, count] of pairs) counts.set(kept(value), (counts.get(kept(value)) ?? 0) + count);
  return [...counts];
}

function rounded(value: number): number {
  if (value === 0) return 0;
  return Math.sign(value) * Math.exp(Math.round(Math.log(Math.abs(value)) / STEP) * STEP);
}

const PLAIN: Readonly<Record<string, (aggregate: Aggregate) => number>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/** Whether the sandbox has a statistic: the plain ones, and percentiles such as p99.9. */
export function isStatistic(name: string): boolean {
  return Object.hasOwn(PLAIN, name) || percentOf(name) !== undefined;
}

/** Undefined for a percentile of what was told as a whole. */
export function statistic(name: string, aggregate: Aggregate): number | undefined {
  const percent = percentOf(name);
  return percent === undefined ? PLAIN[name]?.(aggregate) : percentile(percent, aggregate);
}

function percentOf(name: string): number | undefined {
  const [, digits] = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function percentile(percent: number, aggregate: Aggregate): number | undefined {
  const spread = spreadOf(aggregate);
  if (spread === undefined) return undefined;
  let left = (percent / 100) * aggregate.count;
  for (const [value, count] of [...spread].sort(([one], [other]) => one - other)) {
    left -= count;
    // Rounding must not lead past the last.
    if (left <= 1e-9) return value;
  }
  return aggregate.maximum;
}
