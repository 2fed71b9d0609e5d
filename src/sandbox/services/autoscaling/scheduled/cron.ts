import { Cron } from 'croner';
import type { Instant } from '../../../kernel/time.ts';

/** What a field may contain. croner knows more (`L`, `W`, `#`, `@daily`), which Auto Scaling does not. */
const FIELD = /^(?:[\d*?,/-]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)+$/i;

/**
 * Reads the five fields of cron: minute, hour, day of the month, month, weekday. With both a day of the month and a
 * weekday given, either is enough, as in Unix cron.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/scheduled-scaling-cron-expressions.html
 * @returns undefined for what is not cron
 */
function read(text: string, timezone: string): Cron | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) return undefined;
  try {
    return new Cron(fields.join(' '), { timezone, mode: '5-part', domAndDow: false, sloppyRanges: true });
  } catch {
    return undefined;
  }
}

export function isCron(text: string): boolean {
  return read(text, 'UTC') !== undefined;
}

/**
 * The first instant after `after` that a cron expression means, on the clocks of a time zone (an IANA name). Times that
 * a clock skips when summer comes are skipped.
 * @returns undefined where none comes, as on 31 April
 */
export function nextCron(text: string, after: Instant, timeZone = 'UTC'): Instant | undefined {
  const cron = read(text, timeZone);
  let next = cron?.nextRun(new Date(after));
  // croner moves a time that the clock skips to the end of the gap.
  while (cron && next && !cron.match(next)) next = cron.nextRun(next);
  return next?.getTime();
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
