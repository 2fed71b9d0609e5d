import { escaped } from '../../base/html.ts';
import { minuteOf } from '../../terminal/minute.ts';
import { highest, type Values } from '../series.ts';

/** A line of a chart, by equal parts of the time. */
export interface PageLine {
  readonly label: string;
  readonly values: Values;
  /** The highest values, where `values` are averages. */
  readonly most?: Values;
}

export interface PageChart {
  readonly title: string;
  readonly times: readonly string[];
  readonly lines: readonly PageLine[];
  readonly format: (value: number) => string;
  /** Round numbers for the top of the axis, the smallest first; above them, the last ten times as much again and again. */
  readonly steps: readonly number[];
}

const [WIDTH, HEIGHT] = [960, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [88, 12, 18, 30];
const TIMES = 6;

/** An SVG of lines over time. What it shows is told by its title, by the cursor under it, and by the table. */
export function lineChart({ title, times, lines, format, steps }: PageChart): string {
  const most = highest(
    lines.flatMap((line) => [...line.values, ...(line.most ?? [])].map((value) => value ?? 0)),
  );
  const top = roundedUp(most, steps);
  const x = (index: number) => LEFT + ((WIDTH - LEFT - RIGHT) * index) / Math.max(1, times.length - 1);
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / top;
  const summary = lines
    .map(
      ({ label, values, most }) =>
        `${label} up to ${format(highest((most ?? values).map((value) => value ?? 0)))}`,
    )
    .join(', ');
  const readings = times.map((at, index) =>
    [
      minuteOf(at),
      ...lines.map(({ label, values, most }) => reading(label, values[index], most?.[index], format)),
    ].join('; '),
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(`${title}: ${summary}`)}" data-left="${LEFT}" data-right="${WIDTH - RIGHT}" data-readings="${escaped(JSON.stringify(readings))}">
${[0, top / 2, top].map((value) => gridLine(y(value), format(value))).join('\n')}
${timeLabels(times, x)}
${lines
  .map(
    ({ values, most }, index) =>
      `${most === undefined ? '' : `<path class="shade shade-${index}" d="${shade(values, most, x, y)}"/>`}<path class="line line-${index}" d="${stroke(values, x, y)}"/>`,
  )
  .join('\n')}
<line class="pointer" x1="0" x2="0" y1="${TOP}" y2="${HEIGHT - BOTTOM}" visibility="hidden"/>
</svg>`;
}

function reading(
  label: string,
  value: number | null | undefined,
  most: number | null | undefined,
  format: (value: number) => string,
): string {
  if (value === null || value === undefined) return `${label} not known`;
  return `${label} ${format(value)}${most === null || most === undefined || most === value ? '' : ` (at most ${format(most)})`}`;
}

function gridLine(at: number, label: string): string {
  return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(at)}" y2="${fixed(at)}"/><text class="tick" x="${LEFT - 8}" y="${fixed(at + 4)}" text-anchor="end">${escaped(label)}</text>`;
}

function timeLabels(times: readonly string[], x: (index: number) => number): string {
  const long = Date.parse(times.at(-1) ?? '') - Date.parse(times[0] ?? '') > 2 * 86_400_000;
  const last = times.length - 1;
  const count = Math.min(TIMES, last + 1);
  return Array.from({ length: count }, (_, tick) => Math.round((last * tick) / Math.max(1, count - 1)))
    .map((index, tick) => {
      const at = times[index] ?? '';
      const anchor = tick === 0 ? 'start' : tick === count - 1 ? 'end' : 'middle';
      return `<text class="tick" x="${fixed(x(index))}" y="${HEIGHT - 8}" text-anchor="${anchor}">${long ? at.slice(5, 10) : at.slice(11, 16)}</text>`;
    })
    .join('\n');
}

/** A gap where nothing is known. A value alone is a short dash. */
function stroke(values: Values, x: (index: number) => number, y: (value: number) => number): string {
  return runsOf(values)
    .map((run) => {
      const points = run.map((index) => `${fixed(x(index))},${fixed(y(values[index] ?? 0))}`);
      return points.length === 1 ? `M${points[0] ?? ''}h2` : `M${points.join('L')}`;
    })
    .join('');
}

function shade(
  values: Values,
  most: Values,
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  return runsOf(values)
    .filter((run) => run.length > 1)
    .map((run) => {
      const point = (of: Values) => (index: number) => `${fixed(x(index))},${fixed(y(of[index] ?? 0))}`;
      return `M${run.map(point(most)).join('L')}L${[...run].reverse().map(point(values)).join('L')}Z`;
    })
    .join('');
}

/** The indexes of values that follow each other without a gap. */
function runsOf(values: Values): number[][] {
  const runs: number[][] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const current = runs.at(-1);
    if (current?.at(-1) === index - 1) current.push(index);
    else runs.push([index]);
  });
  return runs;
}

function roundedUp(value: number, steps: readonly number[]): number {
  const largest = steps.at(-1) ?? 1;
  return value > largest
    ? 10 * roundedUp(value / 10, steps)
    : (steps.find((step) => step >= value) ?? largest);
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
