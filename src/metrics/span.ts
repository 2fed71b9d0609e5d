/** From when until when, in milliseconds since 1970, and how fine. */
export interface Span {
  readonly from: number;
  readonly until: number;
  readonly periodSeconds: number;
}

const DAY_MS = 86_400_000;
const PERIODS = [60, 300, 900, 3600, 21_600, 86_400];
/** More points nobody looks at, and CloudWatch charges by the metric and not by the point. */
const MAX_POINTS = 1500;

/**
 * The finest period in which the time has a bearable number of points and CloudWatch still has them: minutes for 15 days,
 * five minutes for 63, hours beyond. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
 * Both ends go outwards to whole periods.
 */
export function spanOf(since: number, until: number, now: number): Span {
  const age = now - since;
  const finest = age <= 15 * DAY_MS ? 60 : age <= 63 * DAY_MS ? 300 : 3600;
  const coarsest = PERIODS[PERIODS.length - 1] ?? 60;
  const periodSeconds =
    PERIODS.find((period) => period >= finest && (until - since) / 1000 / period <= MAX_POINTS) ?? coarsest;
  const step = periodSeconds * 1000;
  return {
    from: Math.floor(since / step) * step,
    until: Math.max(Math.ceil(until / step), Math.floor(since / step) + 1) * step,
    periodSeconds,
  };
}

/** When each period begins. */
export function timesOf({ from, until, periodSeconds }: Span): number[] {
  const step = periodSeconds * 1000;
  return Array.from({ length: Math.round((until - from) / step) }, (_, index) => from + index * step);
}
