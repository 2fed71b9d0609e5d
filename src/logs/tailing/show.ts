import { writeAll } from '../../terminal/write-all.ts';
import { formatter, type FormatOptions, headingOf } from '../format.ts';
import type { TailBatch } from './open-tail.ts';

export interface ShowOptions extends FormatOptions {
  /** Only messages that it matches are shown; undefined for all. */
  readonly matches: RegExp | undefined;
}

/** Writes a tail as it comes, no faster than it is read. */
export async function showTail(
  batches: AsyncIterable<TailBatch>,
  { matches, ...format }: ShowOptions,
  out: NodeJS.WritableStream,
): Promise<void> {
  const line = formatter(format);
  let last: string | undefined;
  for await (const { of, events } of batches) {
    const shown = matches === undefined ? events : events.filter(({ message }) => matches.test(message));
    if (shown.length === 0) continue;
    const lines = shown.map(line);
    if (of !== undefined && of !== last) {
      const heading = headingOf(format, of);
      if (heading !== undefined) lines.unshift(last === undefined ? heading : `\n${heading}`);
      last = of;
    }
    await writeAll(out, `${lines.join('\n')}\n`);
  }
}
