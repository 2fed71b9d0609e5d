import { setImmediate as sent } from 'node:timers/promises';
import pLimit from 'p-limit';
import { type RetryClock, passingFailure, withRetry } from '../../aws/retry.ts';
import type { EventPage, EventRange, LogCalls } from '../calls.ts';
import type { GroupTarget, LogEvent } from '../event.ts';
import type { Connection } from './connection.ts';
import { RecentIds, LiveDeduplicator } from './deduplication.ts';

/** CloudWatch takes no more names in one request. */
const MAX_STREAMS = 100;
/** How many streams are looked for at once. */
const LOOKED_FOR_AT_ONCE = 4;
/** Seconds, in the stack's own time, until streams that were not there are looked for again. */
const LOOK_AGAIN = 10;
/** Seconds until the next try where CloudWatch cannot be reached, after the tries of a single request. */
const UNREACHABLE_PAUSE = 10;

/** What a reader needs to know of the tail that it reads for. */
export interface ReaderOptions {
  readonly pattern?: string | undefined;
  /** The streams that are wanted now, which may change as instances come; undefined for all. */
  readonly streams?: (() => Promise<readonly string[]>) | undefined;
  readonly follow: boolean;
  /** Gets what people should know of, one line each. */
  readonly say?: ((line: string) => void) | undefined;
}

export interface ReaderClock extends RetryClock {
  /** Milliseconds since 1970, in the stack's own time. */
  readonly now: () => number;
}

/** A group's events, each once. */
export class GroupReader {
  readonly target: GroupTarget;
  readonly #seen = new RecentIds();
  /** Where events come live as well. */
  #live: LiveDeduplicator | undefined;
  readonly #calls: LogCalls;
  readonly #options: ReaderOptions;
  readonly #clock: ReaderClock;
  /** Of the streams that are wanted, those that are known to be there. */
  readonly #there = new Set<string>();
  #lookedFor = -Infinity;
  #wanted: ReadonlySet<string> | undefined;
  #missing = false;
  #absent: readonly string[] = [];
  readonly #connection: Connection;

  constructor(
    calls: LogCalls,
    target: GroupTarget,
    options: ReaderOptions,
    clock: ReaderClock,
    connection: Connection,
  ) {
    this.target = target;
    this.#calls = calls;
    this.#options = options;
    this.#clock = clock;
    this.#connection = connection;
  }

  /** Whether the group was not there when it was last read. */
  get missing(): boolean {
    return this.#missing;
  }

  /** Of the streams that are wanted, those that were not there when it was last read. */
  get absent(): readonly string[] {
    return this.#absent;
  }

  /** Pages of what has not been read yet, the oldest first. The next one is fetched while one is worked on. */
  async *pages(start: number, end: number | undefined): AsyncGenerator<readonly LogEvent[]> {
    const { pattern } = this.#options;
    const streams = await this.#options.streams?.();
    this.#wanted = streams && new Set(streams);
    if (streams?.length === 0) return;
    const few = streams !== undefined && streams.length <= MAX_STREAMS;
    const range = { start, end, pattern, ...(few && { streams }) };
    let page = await this.#page(range);
    this.#absent = page.missing === 'group' ? (streams ?? []) : [];
    if (page.missing === 'stream' && streams !== undefined) {
      const there = await this.#streamsThere(streams);
      this.#absent = streams.filter((name) => !this.#there.has(name));
      page = there.length === 0 ? { events: [] } : await this.#page({ ...range, streams: there });
    }
    this.#tellMissing(page.missing === 'group');
    for (;;) {
      const { events, next }: EventPage = page;
      const coming = next === undefined ? undefined : this.#page(range, next);
      // It is awaited in the next round, and may fail before that.
      coming?.catch(() => undefined);
      // Whoever works on this page would keep it from leaving.
      await sent();
      yield events.filter(
        (event) => this.wants(event) && this.#seen.add(event) && this.#live?.read(event) !== false,
      );
      if (coming === undefined) return;
      page = await coming;
    }
  }

  /** Whether an event that has come live is this group's, new, and of a stream that is wanted. */
  takesLive(event: LogEvent): boolean {
    return event.groupName === this.target.name && this.wants(event) && this.#live?.live(event) !== false;
  }

  /** From now on events come live as well. */
  pairWithLive(): void {
    this.#live ??= new LiveDeduplicator();
  }

  wants({ stream }: LogEvent): boolean {
    return this.#wanted?.has(stream) !== false;
  }

  forgetBefore(timestamp: number): void {
    this.#seen.forgetBefore(timestamp);
    this.#live?.forgetBefore(timestamp);
  }

  /** Reads a page. A lost connection ends a tail, but not one that follows: that waits for the connection. */
  async #page(range: EventRange, token?: string): Promise<EventPage> {
    for (;;) {
      try {
        const page = await withRetry(this.#clock, () => this.#calls.events(this.target, range, token));
        this.#connection.back(this.target);
        return page;
      } catch (error) {
        if (!this.#options.follow || passingFailure(error) === undefined) throw error;
        this.#connection.lost(this.target, (error as Error).message);
        await this.#clock.pause(UNREACHABLE_PAUSE);
      }
    }
  }

  /** AWS refuses a request for several streams of which one is not there, so the others have to be told apart. */
  async #streamsThere(wanted: readonly string[]): Promise<readonly string[]> {
    if (this.#clock.now() - this.#lookedFor >= LOOK_AGAIN * 1000) {
      this.#lookedFor = this.#clock.now();
      const unknown = wanted.filter((name) => !this.#there.has(name));
      await pLimit(LOOKED_FOR_AT_ONCE).map(unknown, async (name) => {
        const { streams } = await withRetry(this.#clock, () => this.#calls.streams(this.target, name));
        if (streams.some(({ stream }) => stream === name)) this.#there.add(name);
      });
    }
    return wanted.filter((name) => this.#there.has(name));
  }

  #tellMissing(missing: boolean): void {
    if (missing === this.#missing) return;
    this.#missing = missing;
    const { follow, say } = this.#options;
    if (!missing) say?.(`${this.target.name} is there now.`);
    else if (follow) say?.(`There is no log group ${this.target.name} yet: waiting for it.`);
    else say?.(`There is no log group ${this.target.name}.`);
  }
}
