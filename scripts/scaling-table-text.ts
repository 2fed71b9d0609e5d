/** Jobs of each profile in the table. */
export const JOBS = 10_000;

const BEGIN = '<!-- npx tsx scripts/scaling-table.ts writes this table -->';
const END = '<!-- end of the table -->';
const HEAD = [
  '| profile | scaler, settings | P95 wait | cost | launches |',
  '| --- | --- | --- | --- | --- |',
];

/** Puts the rows in the place of those between the marks. @throws Error for a text without the marks */
export function withTable(text: string, rows: readonly string[]): string {
  const [from, until] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || until < from) throw new Error('docs/scaling.md has no marks of its table');
  return `${text.slice(0, from + BEGIN.length)}\n\n${[...HEAD, ...rows].join('\n')}\n\n${text.slice(until)}`;
}

/** The cells of the rows of a profile, without the padding that prettier adds. */
export function rowsOf(text: string, profile: string): string[] {
  return text
    .slice(text.indexOf(BEGIN), text.indexOf(END))
    .split('\n')
    .filter((line) => line.startsWith(`| \`${profile}\``))
    .map((line) => line.replace(/ +/g, ' ').trim());
}
