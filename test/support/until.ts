import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Real time, far longer than a slow machine under load takes: a test must not depend on its speed. */
  readonly seconds?: number;
  /** Milliseconds from one look to the next. */
  readonly every?: number;
  /** Tells what was there at the last look, for whoever reads that it never happened. */
  readonly instead?: () => string | Promise<string>;
}

/**
 * Waits until something is so, and no longer. The one place in which a test may let time go by: whatever happens in another
 * process is looked for again and again.
 * @throws Error naming what did not happen
 */
export async function until(
  what: string,
  so: () => boolean | Promise<boolean>,
  { seconds = 120, every = 50, instead }: UntilOptions = {},
): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(every)) {
    if (await so()) return;
  }
  throw new Error(`${what}: that did not happen${instead === undefined ? '' : `, but ${await instead()}`}`);
}

/** Waits for an event, and throws an Error naming it when it does not come in time. */
export async function within<Value>(seconds: number, what: string, event: Promise<Value>): Promise<Value> {
  const limit = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`${what}: that did not happen within ${seconds} s`);
  });
  try {
    return await Promise.race([event, late]);
  } finally {
    limit.abort();
    late.catch(() => undefined);
  }
}
