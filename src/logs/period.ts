import { UsageError } from '../errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * A point in time as people say it: `10m`, `2h`, `3d` ago, or a date and time, of this machine's zone unless it says another.
 * @returns milliseconds since 1970
 * @throws UsageError that shows what is allowed
 */
export function pointInTime(flag: string, text: string, now: number): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (UNITS[unit] ?? 0) * 1000;
  // A date alone is midnight in UTC to JavaScript, though not with an hour.
  const full = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  const at = /^\d{4}-\d\d-\d\d/.test(full) ? Date.parse(full) : NaN;
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

interface WindowFlags {
  readonly since: string;
  readonly until?: string | undefined;
}

/**
 * For before the stack's own time is known: a sandbox's may be ahead of this machine's.
 * @throws UsageError for what is no point in time
 */
export function checkWindow({ since, until }: WindowFlags): void {
  pointInTime('--since', since, 0);
  if (until !== undefined) pointInTime('--until', until, 0);
}

/**
 * The time that `--since` and `--until` name.
 * @throws UsageError that shows what is allowed
 */
export function windowOf(flags: WindowFlags, now: number): LogWindow {
  const since = pointInTime('--since', flags.since, now);
  if (since > now) {
    throw new UsageError('--since is in the future', {
      hint: 'Say how long ago (10m, 2h), or an earlier time.',
    });
  }
  if (flags.until === undefined) return { since };
  const until = pointInTime('--until', flags.until, now);
  if (until < since) {
    throw new UsageError('--until is before --since', { hint: 'Give the earlier time as --since.' });
  }
  return { since, until };
}
