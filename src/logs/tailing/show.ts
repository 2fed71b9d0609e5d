import { writeAll } from '../../terminal/output/write-all.ts';
import { screen } from '../../terminal/safe.ts';
import { formatter, type FormatOptions, headingOf, isInformative } from '../format.ts';
import type { TailBatch } from './open-tail.ts';

export interface ShowOptions extends FormatOptions {
  /** Only messages that it matches are shown; undefined for all that tell something. */
  readonly matches: RegExp | undefined;
}

/** Lines written at once: a page's as one text would be as much in memory again. */
const AT_ONCE = 1000;

/** Writes a tail as it comes, no faster than it is read. */
export async function showTail(
  batches: AsyncIterable<TailBatch>,
  { matches, ...format }: ShowOptions,
  out: NodeJS.WritableStream,
): Promise<void> {
  const line = formatter(format);
  let last: string | undefined;
  for await (const { of, events } of batches) {
    const shown = events.filter((event) =>
      matches === undefined ? isInformative(format, event) : matches.test(event.message),
    );
    if (shown.length === 0) continue;
    if (of !== undefined && of !== last) {
      const heading = headingOf(format, of);
      if (heading !== undefined) await writeAll(out, screen(`${last === undefined ? '' : '\n'}${heading}\n`));
      last = of;
    }
    for (let from = 0; from < shown.length; from += AT_ONCE) {
      const lines = shown.slice(from, from + AT_ONCE).map(line);
      await writeAll(out, screen(`${lines.join('\n')}\n`));
    }
  }
}
