import { readFileSync } from 'node:fs';
import type { ResultLine } from './results-reporter.ts';

/** A change that Stryker made to a source, and whether a test noticed it. */
export interface Mutant {
  /** Path from the root of the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The source's line in which it begins, trimmed. */
  readonly code: string;
  /** The part of the source that was replaced, on one line. */
  readonly from: string;
  readonly to: string;
  readonly outcome: 'killed' | 'survived' | 'invalid';
}

const OUTCOMES: Readonly<Record<string, Mutant['outcome']>> = {
  Killed: 'killed',
  // The mutant made an endless loop.
  Timeout: 'killed',
  Survived: 'survived',
  NoCoverage: 'survived',
};

/** Reads a line of the results. @throws Error if it is the line with the count */
export function mutantOf(line: Exclude<ResultLine, { planned: number }>, file: string): Mutant {
  const lines = readFileSync(file, 'utf8').split('\n');
  const { start, end } = line.location;
  const replaced = lines.slice(start.line - 1, end.line);
  replaced[replaced.length - 1] = replaced.at(-1)?.slice(0, end.column - 1) ?? '';
  replaced[0] = replaced[0]?.slice(start.column - 1) ?? '';
  return {
    file,
    line: start.line,
    code: (lines[start.line - 1] ?? '').trim(),
    from: oneLine(replaced.join('\n')),
    to: oneLine(line.replacement),
    outcome: OUTCOMES[line.status] ?? 'invalid',
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
