import { screen } from './safe.ts';
import { padded, widthOf } from './text.ts';

/** A column of a table: its heading, and the text it shows of a row. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  /** Colours a cell after it has been aligned. */
  readonly paint?: (text: string, row: Row) => string;
}

/**
 * Rows under headings, two spaces between columns. Cells are never cut, so that they can be copied and searched for;
 * a column that is empty in every row is left out.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  heading: (text: string) => string = (text) => text,
): string {
  const filled = columns
    .map((column) => ({ ...column, cells: rows.map((row) => cellText(column.cell(row))) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
    .map((column) => ({ ...column, width: Math.max(...[column.heading, ...column.cells].map(widthOf)) }));
  const last = filled.length - 1;
  const spaced = (text: string, index: number, width: number) =>
    index === last ? text : padded(text, width);
  const top = filled.map(({ heading: text, width }, index) => heading(spaced(text, index, width)));
  const body = rows.map((row, at) =>
    filled
      .map(({ cells, width, paint }, index) => {
        const text = spaced(cells[at] ?? '', index, width);
        return paint === undefined ? text : paint(text, row);
      })
      .join('  '),
  );
  return [top.join('  '), ...body].map((line) => line.trimEnd()).join('\n');
}

/** A cell is one line, whatever a name from elsewhere holds. */
function cellText(text: string): string {
  return screen(text).replaceAll('\n', '␊');
}

/** Names and values in two columns. A value that is undefined or empty is left out; further lines are indented. */
export function facts(
  entries: readonly (readonly [name: string, value: string | undefined])[],
  paint: (name: string) => string = (name) => name,
): string {
  const shown = entries.filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  const width = Math.max(0, ...shown.map(([name]) => widthOf(name)));
  return shown
    .map(
      ([name, value]) =>
        `${paint(padded(name, width))}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
    )
    .join('\n');
}
