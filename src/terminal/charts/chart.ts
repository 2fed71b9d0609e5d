import { fitted, padded, widthOf } from '../text.ts';
import type { Theme } from '../theme.ts';

/** One row of a chart. */
export interface ChartLine {
  readonly label: string;
  /** By equal parts of the time; null where nothing is known. */
  readonly values: readonly (number | null)[];
  /** Behind the bars: what they do not say, such as the most. */
  readonly note: string;
  readonly paint?: (text: string) => string;
}

export interface ChartOptions {
  /** In columns, of everything. */
  readonly width: number;
  /** What a full bar stands for; each line's own most by itself. */
  readonly maximum?: number;
}

const BARS = ' ▁▂▃▄▅▆▇█';
const UNKNOWN = '·';
const LONGEST_LABEL = 24;

/** How a chart's lines are laid out: labels, bars, notes. */
export interface ChartLayout {
  readonly label: number;
  readonly bars: number;
}

/** The room that is left for bars between labels and notes. Never less than ten columns. */
export function chartLayout(lines: readonly Pick<ChartLine, 'label' | 'note'>[], width: number): ChartLayout {
  const label = Math.min(LONGEST_LABEL, Math.max(...lines.map((line) => widthOf(line.label))));
  const note = Math.max(...lines.map((line) => widthOf(line.note)));
  return { label, bars: Math.max(10, width - label - note - 2) };
}

/** A line of bars for each row; times that do not fit into the width share a column, which shows the most of them. */
export function chart(
  lines: readonly ChartLine[],
  theme: Pick<Theme, 'dim'>,
  options: ChartOptions,
  layout = chartLayout(lines, options.width),
): string {
  return lines
    .map(({ label, values, note, paint = (text) => text }) => {
      const most = options.maximum ?? values.reduce<number>((high, value) => Math.max(high, value ?? 0), 0);
      const bars = barsOf(columnsOf(values, layout.bars), most);
      const name = padded(fitted(label, layout.label), layout.label);
      return `${theme.dim(name)} ${paint(padded(bars, layout.bars))} ${theme.dim(note)}`.trimEnd();
    })
    .join('\n');
}

/** How so many values fit into so many columns: several share a column, or each takes several. */
export function columnFit(values: number, room: number): { columns: number; valuesEach: number } {
  if (values > room) {
    const valuesEach = Math.ceil(values / room);
    return { columns: Math.ceil(values / valuesEach), valuesEach };
  }
  return { columns: values === 0 ? 0 : room, valuesEach: values / room };
}

/** The most of the values in each column. */
export function columnsOf(values: readonly (number | null)[], room: number): (number | null)[] {
  const { columns, valuesEach } = columnFit(values.length, room);
  return Array.from({ length: columns }, (_, column) => {
    const first = Math.floor(column * valuesEach);
    return values
      .slice(first, first + Math.max(1, valuesEach))
      .reduce<number | null>((most, value) => (value === null ? most : Math.max(most ?? value, value)), null);
  });
}

/** Whatever is above nothing shows; what is not known is a dot. */
function barsOf(values: readonly (number | null)[], most: number): string {
  return values
    .map((value) => {
      if (value === null) return UNKNOWN;
      return BARS[value === 0 ? 0 : Math.max(1, Math.min(8, Math.round((value / most) * 8)))];
    })
    .join('');
}
