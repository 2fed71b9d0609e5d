import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Mutant } from './mutant.ts';

/** A mutant that no test can notice, as it decides nothing else than the source does. */
export interface Equivalent {
  readonly file: string;
  /** The source's line in which it begins, as it moves when lines are added above. */
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

const FOLDER = join(import.meta.dirname, 'equivalents');

/** Reads those listed for a module. @throws Error if an entry lacks a field or its reason */
export function readEquivalents(name: string): Equivalent[] {
  const file = join(FOLDER, `${name}.yml`);
  if (!existsSync(file)) return [];
  const entries = parse(readFileSync(file, 'utf8')) as Record<keyof Equivalent, unknown>[];
  return entries.map((entry, index) => {
    const text = (field: keyof Equivalent) => {
      const value = entry[field];
      if (typeof value === 'string' && (field === 'to' || value !== '')) return value;
      throw new Error(`${name}.yml: entry ${index + 1} lacks ${field}`);
    };
    return {
      file: text('file'),
      code: text('code'),
      from: text('from'),
      to: text('to'),
      reason: text('reason'),
    };
  });
}

export interface Sifted {
  /** Without those that are listed as equivalent. */
  readonly survivors: readonly Mutant[];
  readonly equivalent: number;
  /** Listed, and no survivor any more: the source has changed, or a test notices it. */
  readonly untrue: readonly Equivalent[];
}

/** Compares the mutants that survived with those that are listed. */
export function siftSurvivors(mutants: readonly Mutant[], listed: readonly Equivalent[]): Sifted {
  const survived = mutants.filter(({ outcome }) => outcome === 'survived');
  const survivors = survived.filter((mutant) => !listed.some((entry) => matches(entry, mutant)));
  return {
    survivors,
    equivalent: survived.length - survivors.length,
    untrue: listed.filter((entry) => !survived.some((mutant) => matches(entry, mutant))),
  };
}

function matches(entry: Equivalent, mutant: Mutant): boolean {
  return (
    entry.file === mutant.file &&
    entry.code === mutant.code &&
    entry.from === mutant.from &&
    entry.to === mutant.to
  );
}
