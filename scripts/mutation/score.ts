import { type Equivalent, siftSurvivors } from './equivalents.ts';
import type { Mutant } from './mutant.ts';

export const LEAST_SCORE = 85;

export interface Score {
  readonly name: string;
  /** Tested, without those that are listed as equivalent and those that can't run. */
  readonly mutants: number;
  readonly killed: number;
  readonly survivors: readonly Mutant[];
  readonly equivalent: number;
  /** Entries of the list that are true no more. */
  readonly untrue: readonly Equivalent[];
  /** Mutants that were not reached in time. Undefined if they were not even counted. */
  readonly notRun: number | undefined;
  readonly minutes: number;
}

/** Counts a module's mutants. */
export function scoreOf(
  name: string,
  { planned, mutants }: { readonly planned: number | undefined; readonly mutants: readonly Mutant[] },
  listed: readonly Equivalent[],
  minutes: number,
): Score {
  const sifted = siftSurvivors(mutants, listed);
  const killed = mutants.filter(({ outcome }) => outcome === 'killed').length;
  return {
    name,
    mutants: killed + sifted.survivors.length,
    killed,
    ...sifted,
    notRun: planned === undefined ? undefined : planned - mutants.length,
    minutes,
  };
}

/** The killed ones in percent, rounded down so that a missed aim is not shown as met. 100 if there are none. */
export function percent({ mutants, killed }: Pick<Score, 'mutants' | 'killed'>): number {
  return mutants === 0 ? 100 : Math.floor((killed / mutants) * 1000) / 10;
}

const HEAD = ['module', 'mutants', 'killed', 'survived', 'equivalent', 'score', 'minutes'];

/** The scores as the rows of a Markdown table. */
export function scoreTable(scores: readonly Score[]): string {
  return [HEAD, HEAD.map((_, column) => (column === 0 ? '---' : '---:')), ...scores.map(scoreRow)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function scoreRow(score: Score): string[] {
  return [
    score.name,
    String(score.mutants),
    String(score.killed),
    String(score.survivors.length),
    String(score.equivalent),
    score.mutants === 0 ? '-' : `${percent(score).toFixed(1)} %`,
    score.minutes.toFixed(1),
  ];
}

const BEGIN = '<!-- mutation scores: npm run test:mutation -- --write -->';
const END = '<!-- end of mutation scores -->';

/** Replaces the rows of these modules in a document's table, and keeps the others. @throws Error if it has no table */
export function writeScores(document: string, scores: readonly Score[], order: readonly string[]): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < 0) throw new Error('The document has no place for the scores');
  const rows = new Map(
    document
      .slice(begin, end)
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2)
      .map((line) => [line.split('|')[1]?.trim() ?? '', line]),
  );
  const [head = '', rule = '', ...fresh] = scoreTable(scores).split('\n');
  scores.forEach(({ name }, index) => rows.set(name, fresh[index] ?? ''));
  const kept = order.flatMap((name) => rows.get(name) ?? []);
  return `${document.slice(0, begin)}${BEGIN}\n\n${[head, rule, ...kept].join('\n')}\n\n${document.slice(end)}`;
}
