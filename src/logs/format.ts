import { Chalk } from 'chalk';
import { scalerEvent } from '../stack/facts/service/decisions.ts';
import { safe } from '../terminal/safe.ts';
import type { LogEvent, TailedEvent } from './event.ts';

export type LogFormat = 'short' | 'long' | 'json';

export interface FormatOptions {
  readonly format: LogFormat;
  /** Times of this machine's zone when false. */
  readonly utc: boolean;
  /** chalk's level: 0 for no colour. */
  readonly colours: 0 | 1 | 2 | 3;
}

/** Far enough apart on dark and on light screens. */
const INSTANCE_COLOURS = [
  'cyan',
  'magenta',
  'yellow',
  'green',
  'blue',
  'cyanBright',
  'magentaBright',
  'greenBright',
] as const;

/** Makes lines of events. An instance keeps its colour, whatever else is shown. */
export function formatter({ format, utc, colours }: FormatOptions): (event: TailedEvent) => string {
  if (format === 'json') {
    return ({ console, group, id, ingestedAt, late = false, message, stream, timestamp }) =>
      JSON.stringify({
        timestamp: new Date(timestamp).toISOString(),
        group,
        stream,
        message,
        ...(id !== '' && { id }),
        ingestedAt: new Date(ingestedAt).toISOString(),
        late,
        ...(console && { console }),
      });
  }
  const chalk = new Chalk({ level: colours });
  const timeOf = memoizeLast((timestamp: number) =>
    chalk.dim(timeText(new Date(timestamp), { format, utc })),
  );
  const namesOf = memoize((group) =>
    memoize((stream) => {
      const name = format === 'short' ? shortName(stream) : stream;
      return `${chalk.dim(group.padEnd(9))} ${chalk[INSTANCE_COLOURS[colourOf(stream)] ?? 'cyan'](safe(name))}`;
    }),
  );
  const marks = { late: ` ${chalk.yellow('late')}`, console: ` ${chalk.yellow('console')}` };
  return ({ console, group, late, message, stream, timestamp }) => {
    // Short times are the same for many that follow one another.
    const time = timeOf(format === 'short' ? timestamp - (timestamp % 1000) : timestamp);
    const head = `${time} ${namesOf(group)(stream)}${late ? marks.late : ''}${console ? marks.console : ''}`;
    const said = format === 'short' && group === 'scaler' ? inWords(message, timestamp) : message;
    if (!said.includes('\n')) return `${head} ${safe(said)}`;
    const text = said.replace(/\r?\n$/, '');
    // Further lines of the same event stand below the first one.
    return text
      .split(/\r?\n/)
      .map((line, index) => (index === 0 ? `${head} ${safe(line)}` : `    ${safe(line)}`))
      .join('\n');
  };
}

/** Of an instance's id, or of the name of a Lambda's stream without its date and version, as much as tells it from others. */
function shortName(stream: string): string {
  return stream.slice(stream.lastIndexOf(']') + 1).slice(0, 10);
}

/** What a line of the scaler tells, without the metrics in it; one that is no event of its as it is. */
function inWords(message: string, timestamp: number): string {
  const [told] = scalerEvent(message, timestamp);
  if (told === undefined) return message;
  const { event, from, to, reason } = told;
  const change = from === undefined || to === undefined ? '' : ` ${from} -> ${to}`;
  return `${event}${change}${reason === '' ? '' : `: ${reason}`}`;
}

/** Lambda's own lines around each run of a function; the report of one that failed says so, and is none of them. */
const AROUND_A_RUN = /^(?:(?:START|END) RequestId: |INIT_START |REPORT RequestId: (?![^]*\bStatus: ))/;

/** Whether a line is worth showing to people who have not asked for it. */
export function isInformative({ format }: FormatOptions, { group, message }: LogEvent): boolean {
  return format !== 'short' || group !== 'scaler' || !AROUND_A_RUN.test(message);
}

/** What a function gave for the last argument, as long as that stays the same. */
function memoizeLast<Argument, Result>(work: (argument: Argument) => Result): (argument: Argument) => Result {
  let last: { readonly argument: Argument; readonly result: Result } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, result: work(argument) };
    return last.result;
  };
}

/** What a function gave for each argument. */
function memoize<Result>(work: (argument: string) => Result): (argument: string) => Result {
  const known = new Map<string, Result>();
  return (argument) => {
    const before = known.get(argument);
    if (before !== undefined) return before;
    const result = work(argument);
    known.set(argument, result);
    return result;
  };
}

function timeText(at: Date, { format, utc }: Pick<FormatOptions, 'format' | 'utc'>): string {
  if (format === 'long') return utc ? at.toISOString() : localTime(at, true);
  return utc ? at.toISOString().slice(11, 19) : localTime(at, false);
}

/** The line above the lines of an instance, where those are together; none in JSON. */
export function headingOf({ format, colours }: FormatOptions, of: string): string | undefined {
  if (format === 'json') return undefined;
  const chalk = new Chalk({ level: colours });
  return chalk.bold(chalk[INSTANCE_COLOURS[colourOf(of)] ?? 'cyan'](safe(of)));
}

function colourOf(stream: string): number {
  let sum = 0;
  for (const character of stream) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % INSTANCE_COLOURS.length;
}

function localTime(at: Date, long: boolean): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (!long) return time;
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${time}.${String(at.getMilliseconds()).padStart(3, '0')}${zone}`;
}
