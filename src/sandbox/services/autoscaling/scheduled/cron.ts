import type { Instant } from '../../../kernel/time.ts';

/** What a cron expression allows, field by field. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** With both a day of the month and a weekday given, either is enough. */
  readonly eitherDay: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Reads the five fields of cron: minute, hour, day of the month, month, weekday. Undefined for what is not cron. */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const minutes = parseField(minute, 0, 59);
  const hours = parseField(hour, 0, 23);
  const days = parseField(day, 1, 31);
  const months = parseField(month, 1, 12, MONTHS, 1);
  const weekdays = parseField(weekday, 0, 7, WEEKDAYS, 0);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  if (weekdays.has(7)) weekdays.add(0);
  const limited = (field: string) => !/^[*?]/.test(field);
  return { minutes, hours, days, months, weekdays, eitherDay: limited(day) && limited(weekday) };
}

function parseField(
  field: string,
  least: number,
  most: number,
  names: readonly string[] = [],
  firstName = 0,
): Set<number> | undefined {
  const values = new Set<number>();
  const number = (text: string) => {
    const name = names.indexOf(text.toUpperCase());
    return name >= 0 ? name + firstName : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  };
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const every = range === '*' || range === '?';
    const first = every ? least : number(from);
    const last = every || (step !== undefined && to === undefined) ? most : number(to ?? from);
    const stride = step === undefined ? 1 : number(step);
    if (!(first >= least && last <= most && first <= last && stride >= 1)) return undefined;
    for (let value = first; value <= last; value += stride) values.add(value);
  }
  return values;
}

const DAY_MS = 86_400_000;
const FURTHEST_DAYS = 366 * 5;

/**
 * The first instant after `after` that a cron expression means, on the clocks of a time zone (an IANA name). Times that
 * a clock skips when summer comes are skipped; undefined where none comes within five years.
 */
export function nextCron(cron: Cron, after: Instant, timeZone = 'UTC'): Instant | undefined {
  const start = after + offsetOf(timeZone, after);
  const firstDay = Math.floor(start / DAY_MS) * DAY_MS;
  for (let day = 0; day < FURTHEST_DAYS; day++) {
    const midnight = firstDay + day * DAY_MS;
    if (!allowsDay(cron, new Date(midnight))) continue;
    for (const hour of ascending(cron.hours)) {
      for (const minute of ascending(cron.minutes)) {
        const instant = instantOf(midnight + (hour * 60 + minute) * 60_000, timeZone);
        if (instant !== undefined && instant > after) return instant;
      }
    }
  }
  return undefined;
}

function ascending(values: ReadonlySet<number>): number[] {
  return [...values].sort((one, other) => one - other);
}

function allowsDay(cron: Cron, local: Date): boolean {
  if (!cron.months.has(local.getUTCMonth() + 1)) return false;
  const byDay = cron.days.has(local.getUTCDate());
  const byWeekday = cron.weekdays.has(local.getUTCDay());
  return cron.eitherDay ? byDay || byWeekday : byDay && byWeekday;
}

/** The instant at which the zone's clocks show a time; undefined where they never do. */
function instantOf(localTime: number, timeZone: string): Instant | undefined {
  for (const guess of [
    localTime - offsetOf(timeZone, localTime - DAY_MS),
    localTime - offsetOf(timeZone, localTime + DAY_MS),
  ]) {
    if (guess + offsetOf(timeZone, guess) === localTime) return guess;
  }
  return undefined;
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetOf(timeZone: string, at: Instant): number {
  if (timeZone === 'UTC') return 0;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
  return shown - Math.floor(at / 1000) * 1000;
}

/** Whether a name is one of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
