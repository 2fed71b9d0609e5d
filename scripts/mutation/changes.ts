import { spawnSync } from 'node:child_process';

/** The lines of a file that a change has touched, from 1, both ends included. */
export interface ChangedLines {
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Finds the commit with which to compare: where this branch left origin/main, else the commit before the last. In a shallow
 * clone there may be neither.
 */
export function changeBase(): string | undefined {
  const head = git('rev-parse', 'HEAD');
  const base = git('merge-base', 'origin/main', 'HEAD');
  return base !== undefined && base !== head ? base : git('rev-parse', '--verify', '--quiet', 'HEAD^');
}

/** Lists the lines of the working tree that differ from a commit, untracked files included. @throws Error if git can't tell */
export function changesSince(base: string): ChangedLines[] {
  const diff = git(
    'diff',
    '--unified=0',
    '--no-color',
    '--no-ext-diff',
    '--find-renames',
    base,
    '--',
    'src',
    'test',
  );
  const untracked = git('ls-files', '--others', '--exclude-standard', 'src', 'test');
  if (diff === undefined || untracked === undefined) throw new Error(`git can't compare with ${base}`);
  return [
    ...parseDiff(diff),
    ...untracked
      .split('\n')
      .filter((file) => file !== '')
      .map((file) => ({ file, first: 1, last: Number.MAX_SAFE_INTEGER })),
  ];
}

/** Reads a diff without context. Where lines were only removed, those around the gap have changed. */
export function parseDiff(diff: string): ChangedLines[] {
  const changes: ChangedLines[] = [];
  let file: string | undefined;
  for (const line of diff.split('\n')) {
    if (line.startsWith('+++ ')) file = line.startsWith('+++ b/') ? line.slice('+++ b/'.length) : undefined;
    const [, first, count = '1'] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (file === undefined || first === undefined) continue;
    const from = Number(first);
    changes.push(
      count === '0'
        ? { file, first: Math.max(1, from), last: from + 1 }
        : { file, first: from, last: from + Number(count) - 1 },
    );
  }
  return changes;
}

/**
 * What to mutate of a module's sources, as Stryker's ranges: the lines that have changed, and all of a file whose own test has.
 */
export function changedRanges(
  changes: readonly ChangedLines[],
  { sources, tests }: { readonly sources: readonly string[]; readonly tests: readonly string[] },
): string[] {
  const whole = new Set(
    changes
      .filter(({ file }) => tests.includes(file))
      .map(({ file }) => file.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts')),
  );
  return sources.flatMap((source) => {
    if (whole.has(source)) return [source];
    return changes
      .filter(({ file }) => file === source)
      .map(({ first, last }) => `${source}:${first}-${last}`);
  });
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return status === 0 ? stdout.trim() : undefined;
}
