import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveRegion } from '../../terminal/progress/live-region.ts';
import { logLine } from '../../terminal/log-line.ts';
import { counted, widthOf } from '../../terminal/text.ts';

/** Where a status is shown while it is watched. */
export type StatusPlace =
  | { readonly live: true; readonly region: LiveRegion }
  | { readonly live: false; readonly write: (text: string) => void };

export interface WatchOptions {
  /** Seconds of real time between two looks. */
  readonly every: number;
  readonly signal: AbortSignal;
  /** Reads the status as text. Where that fails, the last one stays, with the failure below; the next look is made all the same. */
  readonly read: () => Promise<string>;
  readonly failed: (error: unknown) => string;
}

/** Shows a status again and again until the signal is aborted: painted over on a terminal, elsewhere whenever it changes. */
export async function watchStatus(place: StatusPlace, options: WatchOptions): Promise<void> {
  const { every, signal, read, failed } = options;
  let [before, good] = ['', ''];
  try {
    while (!signal.aborted) {
      const text = await read().then(
        (status) => (good = status),
        (error: unknown) => (good === '' ? failed(error) : `${good}\n\n${failed(error)}`),
      );
      if (place.live) place.region.paint(frame(text, place.region, every));
      else if (text !== before) place.write(`${logLine(new Date(), 'status')}\n${text}\n`);
      before = text;
      await sleep(every * 1000, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    if (place.live) place.region.close(before.split('\n'));
  }
}

/** As much as fits the screen, long lines wrapped; a last line says when it was read. */
export function frame(
  text: string,
  { columns, rows }: Pick<LiveRegion, 'columns' | 'rows'>,
  every: number,
  now = new Date(),
): string[] {
  const foot = `${now.toISOString().slice(11, 19)}Z, every ${every} s. Ctrl-C ends it.`;
  const lines = text.split('\n');
  const shown: string[] = [];
  // The cursor takes a row below, and what is left out is said on one.
  let room = rows - 3;
  for (const line of lines) {
    room -= Math.max(1, Math.ceil(widthOf(line) / columns));
    if (room < 0) break;
    shown.push(line);
  }
  const hidden = lines.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`... ${counted(hidden, 'more line')}`] : []), foot];
}
