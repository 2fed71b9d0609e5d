import type { Instant } from '../../../kernel/time.ts';
import { merged, type Aggregate } from './aggregate.ts';

export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * How fine what is old is kept, in milliseconds, and until which age.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
 */
const LEVELS = [
  { period: MINUTE, until: 15 * DAY },
  { period: 5 * MINUTE, until: 63 * DAY },
  { period: HOUR, until: 455 * DAY },
] as const;

/**
 * The values of a metric in one period, as few numbers as a snapshot can do with: when it begins, count, sum, minimum,
 * maximum, and where these do not say it all, each value with its count.
 */
type Point = number[];

/** A metric's values, oldest first; one list for each fineness. */
export type Series = readonly [Point[], Point[], Point[]];

export function emptySeries(): Series {
  return [[], [], []];
}

export function addTo(series: Series, at: Instant, aggregate: Aggregate, now: Instant): void {
  addPoint(series[0], Math.floor(at / MINUTE) * MINUTE, aggregate);
  age(series, now);
}

/** When its newest values are of. */
export function newest(series: Series): Instant | undefined {
  return series.map((points) => points.at(-1)?.[0]).find((start) => start !== undefined);
}

export interface Window {
  /** Where the first period begins. */
  readonly start: Instant;
  /** Before this, the last one begins. */
  readonly end: Instant;
  /** In milliseconds, a multiple of a minute. */
  readonly period: number;
}

/** The values by period, oldest first; periods without any are left out. What is kept coarser than asked for is not found. */
export function periodsOf(all: readonly Series[], { start, end, period }: Window): Map<Instant, Aggregate> {
  const found = new Map<Instant, Aggregate>();
  const fine = LEVELS.map((level, index) => ({ ...level, index })).filter(
    (level) => period % level.period === 0,
  );
  for (const points of all.flatMap((series) => fine.map(({ index }) => series[index] ?? []))) {
    for (let at = firstFrom(points, start); at < points.length; at += 1) {
      const point = points[at] ?? [];
      const [begins = 0] = point;
      if (begins >= end) break;
      const bucket = start + Math.floor((begins - start) / period) * period;
      const known = found.get(bucket);
      found.set(bucket, known === undefined ? unpacked(point) : merged(known, unpacked(point)));
    }
  }
  return new Map([...found].sort(([left], [right]) => left - right));
}

/** From when on CloudWatch answers what begins at `start`: the finer it is kept, the less it is rounded down. */
export function roundedStart(start: Instant, now: Instant): Instant {
  const { period } = LEVELS.find(({ until }) => now - start < until) ?? LEVELS[2];
  return Math.floor(start / period) * period;
}

/** Lets what is too old for its list go into the next one, an hour's worth at a time. */
function age(series: Series, now: Instant): void {
  LEVELS.forEach(({ until }, index) => {
    const points = series[index] ?? [];
    if (now - (points[0]?.[0] ?? now) < until + HOUR) return;
    const coarser = LEVELS[index + 1];
    for (const point of points.splice(0, firstFrom(points, now - until))) {
      if (coarser === undefined) continue;
      const begins = Math.floor((point[0] ?? 0) / coarser.period) * coarser.period;
      addPoint(series[index + 1] ?? [], begins, unpacked(point));
    }
  });
}

/** Nearly always the newest. */
function addPoint(points: Point[], begins: Instant, aggregate: Aggregate): void {
  const at = (points.at(-1)?.[0] ?? -Infinity) < begins ? points.length : firstFrom(points, begins);
  const there = points[at];
  if (there?.[0] === begins) points[at] = packed(begins, merged(unpacked(there), aggregate));
  else points.splice(at, 0, packed(begins, aggregate));
}

/** The index of the first point that does not begin before. */
function firstFrom(points: readonly Point[], start: Instant): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function packed(begins: Instant, { count, sum, minimum, maximum, spread }: Aggregate): Point {
  const told = minimum === maximum ? [] : (spread ?? []);
  return [begins, count, sum, minimum, maximum, ...told.flat()];
}

function unpacked([, count = 0, sum = 0, minimum = 0, maximum = 0, ...told]: Point): Aggregate {
  const spread = Array.from(
    { length: told.length / 2 },
    (_, index) => [told[2 * index] ?? 0, told[2 * index + 1] ?? 0] as const,
  );
  return { count, sum, minimum, maximum, ...(spread.length > 0 && { spread }) };
}
