import type { LogCalls } from '../calls.ts';
import type { GroupPlace, LogEvent, TailedEvent } from '../event.ts';
import { Connection } from './connection.ts';
import { FORGET_AFTER, following } from './following.ts';
import { GroupReader, type ReaderClock, type ReaderOptions } from './group-reader.ts';
import type { OpenLive } from './live-calls.ts';

export interface TailOptions extends ReaderOptions {
  readonly places: readonly GroupPlace[];
  /** The streams that people have named: where none of the groups has one, they are told. */
  readonly named?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until?: number | undefined;
  /** How to have events sent while following, where that is wanted. */
  readonly live?: OpenLive | undefined;
}

export interface TailClock extends ReaderClock {
  /** Ends what is sent. Pauses end by it as well. */
  readonly signal?: AbortSignal;
}

/**
 * The events of several log groups, ordered by time across them, each exactly once: first those that are there, then, with
 * `follow`, those that come, until the pacing's signal ends it. Throttling and lost connections are waited out.
 */
export async function* tail(
  calls: LogCalls,
  options: TailOptions,
  clock: TailClock,
): AsyncGenerator<readonly TailedEvent[]> {
  const { since, until, follow } = options;
  const end = until ?? clock.now();
  const connection = new Connection(options.say);
  const groups = options.places.map((place) => new GroupReader(calls, place, options, clock, connection));
  yield* history(groups, since, end, () => {
    tellAbsent(groups, options);
  });
  if (follow && until === undefined) yield* following(groups, { ...options, from: end }, clock);
}

/** Names the instances, say, that were mistyped or have not written yet. One that is in a single group is there. */
function tellAbsent(groups: readonly GroupReader[], { named = [], follow, say }: TailOptions): void {
  const absent = named.filter((stream) => groups.every((group) => group.absent.includes(stream)));
  if (groups.length === 0 || absent.length === 0) return;
  say?.(`There is no log of ${absent.join(', ')}${follow ? ' yet: waiting for it' : ''}.`);
}

/**
 * What is there already, page by page, merged: what is younger than a group's last page waits for that group's next.
 * @param begun is called when each group has been read for the first time
 */
async function* history(
  groups: readonly GroupReader[],
  since: number,
  end: number,
  begun: () => void,
): AsyncGenerator<readonly LogEvent[]> {
  const sources = groups.map((group) => ({
    group,
    pages: group.pages(since, end),
    waiting: [] as LogEvent[],
    done: false,
  }));
  for (let first = true; ; first = false) {
    await Promise.all(
      sources.map(async (source) => {
        while (!source.done && source.waiting.length === 0) {
          const { value, done } = await source.pages.next();
          if (done === true) source.done = true;
          else source.waiting = [...value];
        }
      }),
    );
    if (first) begun();
    const open = sources.filter(({ done }) => !done);
    const limit = Math.min(...open.map(({ waiting }) => waiting.at(-1)?.timestamp ?? -Infinity), Infinity);
    const ready: LogEvent[] = [];
    for (const source of sources) {
      const later = source.waiting.findIndex(({ timestamp }) => timestamp > limit);
      const count = later < 0 ? source.waiting.length : later;
      for (const event of source.waiting.splice(0, count)) ready.push(event);
      // A page that comes twice comes at once; following looks no further back than this.
      source.group.forgetBefore(Math.min(limit, end) - FORGET_AFTER);
    }
    // Events of equal time keep the order of their groups.
    if (ready.length > 0) yield ready.sort((a, b) => a.timestamp - b.timestamp);
    if (open.length === 0) return;
  }
}
