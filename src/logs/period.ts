import { UsageError } from '../errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * A point in time as people say it: `10m`, `2h`, `3d` ago, or a date and time.
 * @returns milliseconds since 1970
 * @throws UsageError that shows what is allowed
 */
export function pointInTime(flag: string, text: string, now: number): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (UNITS[unit] ?? 0) * 1000;
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new UsageError(`${flag}: "${text}" is no point in time`, {
    hint: 'Say how long ago (30s, 10m, 2h, 3d), or when: 2026-11-24T08:30:00Z',
  });
}

export interface LogWindow {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until?: number;
}

/**
 * The time that `--since` and `--until` name.
 * @throws UsageError that shows what is allowed
 */
export function windowOf(
  flags: { readonly since: string; readonly until?: string | undefined },
  now: number,
): LogWindow {
  const since = pointInTime('--since', flags.since, now);
  if (flags.until === undefined) return { since };
  const until = pointInTime('--until', flags.until, now);
  if (until < since) {
    throw new UsageError('--until is before --since', { hint: 'Give the earlier time as --since.' });
  }
  return { since, until };
}
