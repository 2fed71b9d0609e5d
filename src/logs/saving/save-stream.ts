import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { awsErrorCode } from '../../aws/errors.ts';
import { type RetryClock, withRetry } from '../../aws/retry.ts';
import type { LogCalls } from '../calls.ts';
import type { LogEvent } from '../event.ts';
import { RecentIds } from '../tailing/deduplication.ts';
import { removeProgress, saveProgress, progressOf, type SavedFile, type SavingPlan } from './journal.ts';

/** What has come of a stream. */
export interface SavedStream {
  readonly events: number;
  readonly bytes: number;
}

/** Pages that CloudWatch hands out twice come one after the other; no older event has to be remembered, in milliseconds. */
const REMEMBERED = 60_000;

/**
 * Writes the events of a stream to its file, page by page, from where a run that was cut short had come. Until it is complete
 * the file is called `.part`, and beside it stands how far it has come.
 * @param told gets the events and bytes of each page
 */
export async function saveStream(
  calls: LogCalls,
  retry: RetryClock,
  directory: string,
  plan: SavingPlan,
  file: SavedFile,
  told: (page: SavedStream) => void,
): Promise<SavedStream> {
  const path = join(directory, file.path);
  const part = `${path}.part`;
  const complete = sizeOf(path);
  if (complete !== undefined) {
    // How many there are is not kept; what was done before counts by its size.
    told({ events: 0, bytes: complete });
    return { events: 0, bytes: complete };
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let { bytes, events, next } = {
    bytes: 0,
    events: 0,
    next: undefined as string | undefined,
    ...progressOf(part),
  };
  const handle = await open(part, bytes > 0 ? 'r+' : 'w', 0o600);
  try {
    if (bytes > 0) await handle.truncate(bytes);
    if (bytes > 0) told({ events, bytes });
    const seen = new RecentIds();
    const range = { start: plan.since, end: plan.until, pattern: plan.pattern, streams: [file.stream] };
    for (;;) {
      const page = await withRetry(retry, () => calls.events(file.place, range, next)).catch(
        (error: unknown) => {
          // A token is good for a day.
          if (next !== undefined && awsErrorCode(error) === 'InvalidParameterException') return undefined;
          throw error;
        },
      );
      if (page === undefined) {
        told({ events: -events, bytes: -bytes });
        await handle.truncate(0);
        [bytes, events, next] = [0, 0, undefined];
        continue;
      }
      const fresh = page.events.filter((event) => seen.add(event));
      seen.forgetBefore((fresh.at(-1)?.timestamp ?? 0) - REMEMBERED);
      const written = await append(handle, bytes, fresh, plan.format);
      bytes += written;
      events += fresh.length;
      told({ events: fresh.length, bytes: written });
      next = page.next;
      if (next === undefined) break;
      saveProgress(part, { bytes, events, next });
    }
  } finally {
    await handle.close();
  }
  // A stream that has nothing of that time gets no file.
  if (events === 0) rmSync(part);
  else renameSync(part, path);
  removeProgress(part);
  return { events, bytes };
}

async function append(
  handle: FileHandle,
  position: number,
  events: readonly LogEvent[],
  format: SavingPlan['format'],
): Promise<number> {
  if (events.length === 0) return 0;
  const data = Buffer.from(events.map((event) => `${lineOf(event, format)}\n`).join(''));
  let written = 0;
  while (written < data.length) {
    written += (await handle.write(data, written, data.length - written, position + written)).bytesWritten;
  }
  return written;
}

/** As it was written, the time before it; further lines of an event are indented. */
function lineOf({ id, ingestedAt, message, timestamp }: LogEvent, format: SavingPlan['format']): string {
  const time = new Date(timestamp).toISOString();
  if (format === 'json') {
    return JSON.stringify({ timestamp: time, message, id, ingestedAt: new Date(ingestedAt).toISOString() });
  }
  return `${time} ${message.replace(/\r?\n$/, '').replaceAll('\n', '\n    ')}`;
}

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
}
