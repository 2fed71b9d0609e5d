import { createHash } from 'node:crypto';

/** Long enough for whole conditions and short functions. */
const BLOCK_LINES = 20;

/** Picks one block of lines in so many, the same ones as long as a file keeps its name and place, as Stryker's ranges. */
export function sampledRanges(
  files: readonly { readonly path: string; readonly lines: number }[],
  oneIn: number,
): string[] {
  return files.flatMap(({ path, lines }) =>
    Array.from({ length: Math.ceil(lines / BLOCK_LINES) }, (_, block) => block)
      .filter(
        (block) => createHash('sha256').update(`${path} ${block}`).digest().readUInt32BE() % oneIn === 0,
      )
      .map((block) => `${path}:${block * BLOCK_LINES + 1}-${(block + 1) * BLOCK_LINES}`),
  );
}
