/** Between two times of an axis at least, in columns. */
const ROOM = 12;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY],
];

export interface AxisOptions {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly columns: number;
  readonly utc: boolean;
}

/** Round times under the columns at which they are: hours and minutes, or days where steps are that long. */
export function timeAxis({ from, until, columns, utc }: AxisOptions): string {
  const perColumn = (until - from) / columns;
  const step = STEPS.find((each) => each / perColumn >= ROOM) ?? 365 * DAY;
  const offset = (at: number) => (utc ? 0 : new Date(at).getTimezoneOffset() * MINUTE);
  const first = Math.ceil((from - offset(from)) / step) * step + offset(from);
  let line = '';
  for (let at = first; at < until; at += step) {
    const column = Math.round((at - from) / perColumn);
    const text = `╵${stamp(at, step, utc)}`;
    if (column < line.length + Math.sign(line.length) || column + text.length > columns) continue;
    line = line.padEnd(column) + text;
  }
  return line;
}

function stamp(at: number, step: number, utc: boolean): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  const [month, day, hour, minute] = utc
    ? [date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes()]
    : [date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()];
  return step >= DAY ? `${two(month + 1)}-${two(day)}` : `${two(hour)}:${two(minute)}`;
}
