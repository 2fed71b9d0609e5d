import { type Pacing, persistently } from '../stack/pacing.ts';
import type { EventPage, EventRange, LogCalls } from './calls.ts';
import type { GroupPlace, LogEvent, TailedEvent } from './event.ts';
import { RecentIds } from './recent-ids.ts';

/** Seconds, in the stack's own time. */
const POLL_EVERY = 2;
/** How long events are held back while following, so that those of other groups can come between. */
const SETTLE = 2;
/** CloudWatch delivers some events late; a look at the last seconds finds most of them. */
const SHALLOW = 10;
/** Now and then further back, for those that are later still. */
const DEEP = 120;
const DEEP_EVERY = 15;

/** CloudWatch takes no more names in one request. */
const MOST_STREAMS = 100;

const SECOND = 1000;

export interface TailOptions {
  readonly places: readonly GroupPlace[];
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until?: number | undefined;
  readonly pattern?: string | undefined;
  /** The streams that are wanted now, which may change as instances come; undefined for all. */
  readonly streams?: (() => Promise<readonly string[]>) | undefined;
  readonly follow: boolean;
}

export interface TailClock extends Pacing {
  /** Milliseconds since 1970, in the stack's own time. */
  readonly now: () => number;
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
  const { until, follow } = options;
  const end = until ?? clock.now();
  const groups = options.places.map((place) => new GroupReader(calls, place, options, clock));
  for await (const events of history(groups, options.since, end)) {
    yield events.map((event) => ({ ...event, late: false }));
  }
  if (follow && until === undefined) yield* following(groups, options.since, end, clock);
}

/** A group's events, each once. */
class GroupReader {
  readonly #seen = new RecentIds();
  readonly #calls: LogCalls;
  readonly #place: GroupPlace;
  readonly #options: TailOptions;
  readonly #pacing: Pacing;

  constructor(calls: LogCalls, place: GroupPlace, options: TailOptions, pacing: Pacing) {
    this.#calls = calls;
    this.#place = place;
    this.#options = options;
    this.#pacing = pacing;
  }

  /** Pages of what has not been read yet, the oldest first. The next one is fetched while one is worked on. */
  async *pages(start: number, end: number | undefined): AsyncGenerator<readonly LogEvent[]> {
    const { pattern } = this.#options;
    const streams = await this.#options.streams?.();
    if (streams?.length === 0) return;
    const range = {
      start,
      end,
      pattern,
      ...(streams !== undefined && streams.length <= MOST_STREAMS && { streams }),
    };
    const wanted = streams !== undefined && streams.length > MOST_STREAMS ? new Set(streams) : undefined;
    let coming: Promise<EventPage> | undefined = this.#page(range);
    while (coming !== undefined) {
      const { events, next }: EventPage = await coming;
      coming = next === undefined ? undefined : this.#page(range, next);
      // It is awaited in the next round, and may fail before that.
      coming?.catch(() => undefined);
      yield events.filter((event) => wanted?.has(event.stream) !== false && this.#seen.add(event));
    }
  }

  #page(range: EventRange, token?: string): Promise<EventPage> {
    return persistently(this.#pacing, () => this.#calls.events(this.#place, range, token));
  }

  forgetBefore(timestamp: number): void {
    this.#seen.forgetBefore(timestamp);
  }
}

/** What is there already, page by page, merged: what is younger than a group's last page waits for that group's next. */
async function* history(
  groups: readonly GroupReader[],
  since: number,
  end: number,
): AsyncGenerator<readonly LogEvent[]> {
  const sources = groups.map((group) => ({
    group,
    pages: group.pages(since, end),
    waiting: [] as LogEvent[],
    done: false,
  }));
  for (;;) {
    await Promise.all(
      sources.map(async (source) => {
        while (!source.done && source.waiting.length === 0) {
          const { value, done } = await source.pages.next();
          if (done === true) source.done = true;
          else source.waiting = [...value];
        }
      }),
    );
    const open = sources.filter(({ done }) => !done);
    const limit = Math.min(...open.map(({ waiting }) => waiting.at(-1)?.timestamp ?? -Infinity), Infinity);
    const ready: LogEvent[] = [];
    for (const source of sources) {
      const later = source.waiting.findIndex(({ timestamp }) => timestamp > limit);
      const count = later < 0 ? source.waiting.length : later;
      for (const event of source.waiting.splice(0, count)) ready.push(event);
      // A page that comes twice comes at once; following looks no further back than this.
      source.group.forgetBefore(Math.min(limit, end) - (DEEP + SHALLOW) * SECOND);
    }
    if (ready.length > 0) yield inOrder(ready);
    if (open.length === 0) return;
  }
}

async function* following(
  groups: readonly GroupReader[],
  since: number,
  from: number,
  clock: TailClock,
): AsyncGenerator<readonly TailedEvent[]> {
  /** The youngest that has been given out. */
  let shown = from;
  let lookedAt = from;
  let deepAt = from;
  let held: { readonly event: LogEvent; readonly at: number }[] = [];
  for (;;) {
    await clock.pause(POLL_EVERY);
    const now = clock.now();
    const deep = now - deepAt >= DEEP_EVERY * SECOND;
    // From the last look on, however long ago that was.
    const start = Math.max(since, lookedAt - (deep ? DEEP : SHALLOW) * SECOND);
    lookedAt = now;
    if (deep) deepAt = now;
    await Promise.all(
      groups.map(async (group) => {
        for await (const events of group.pages(start, undefined)) {
          for (const event of events) held.push({ event, at: now });
        }
        group.forgetBefore(now - (DEEP + SHALLOW) * SECOND);
      }),
    );
    const settled = now - SETTLE * SECOND;
    const ready: LogEvent[] = [];
    const left: typeof held = [];
    for (const each of held) {
      if (each.event.timestamp <= settled || each.at <= settled) ready.push(each.event);
      else left.push(each);
    }
    held = left;
    if (ready.length === 0) continue;
    const before = shown;
    shown = Math.max(shown, inOrder(ready).at(-1)?.timestamp ?? shown);
    yield ready.map((event) => ({ ...event, late: event.timestamp < before }));
  }
}

/** Events of equal time keep the order of their groups. */
function inOrder(events: LogEvent[]): LogEvent[] {
  return events.sort((a, b) => a.timestamp - b.timestamp);
}
