import type { LogEvent, TailedEvent } from '../event.ts';
import type { GroupReader } from './group-reader.ts';
import { LiveFeed } from './live-feed.ts';
import type { TailClock, TailOptions } from './options.ts';

/** Seconds from one look to the next, in the stack's own time. */
const POLL_EVERY = 2;
/**
 * How long events are held back, so that those of other groups can come between. While any are, the next look comes after so
 * long; none is therefore shown later than a poll interval after CloudWatch has it.
 */
const SETTLE = 1;
/** While everything comes live as well, looks only make sure of that. */
const POLL_BESIDE_LIVE = 10;
/** CloudWatch delivers some events late; a look at the last seconds finds most of them. */
const SHALLOW = 10;
/** Now and then further back, for those that are later still. */
const DEEP = 120;
const DEEP_EVERY = 15;

const SECOND = 1000;
/** A timer may be early by as much. */
const EARLY = 50;

/** How long events have to be remembered so that none comes twice, in milliseconds. */
export const FORGET_AFTER = (DEEP + SHALLOW) * SECOND;

interface FollowOptions extends Pick<TailOptions, 'since' | 'pattern' | 'live' | 'say'> {
  /** What is older has been read. */
  readonly from: number;
}

/** What comes from now on, by looking again and again, and with `live` by what CloudWatch sends. */
export async function* following(
  groups: readonly GroupReader[],
  options: FollowOptions,
  clock: TailClock,
): AsyncGenerator<readonly TailedEvent[]> {
  const feed = options.live && feedOf(groups, options, options.live, clock);
  const looks = new Looks(groups, options, clock);
  const marked = marker(options.from);
  let timer: { readonly due: number; readonly passed: Promise<'look'> } | undefined;
  for (;;) {
    const due = looks.lastAt + looks.interval(feed?.complete === true) * SECOND;
    if (timer === undefined || due < timer.due) {
      const passed = clock.pause(Math.max(0, due - clock.now()) / SECOND).then(() => 'look' as const);
      // One that is overtaken by a sooner one is waited for by nobody.
      passed.catch(() => undefined);
      timer = { due, passed };
    }
    const woke = await (feed === undefined
      ? timer.passed
      : Promise.race([timer.passed, feed.news.then(() => 'news' as const)]));
    if (woke === 'look') {
      timer = undefined;
      feed?.check();
      if (await looks.look()) feed?.renew();
    }
    const live = (feed?.take() ?? []).filter(
      (event) => event.timestamp >= options.since && groups.some((group) => group.takesLive(event)),
    );
    const ready = [...looks.settled(feed?.complete === true), ...live];
    if (ready.length > 0) yield marked(ready);
  }
}

function feedOf(
  groups: readonly GroupReader[],
  { pattern, say }: FollowOptions,
  open: NonNullable<FollowOptions['live']>,
  clock: TailClock,
): LiveFeed {
  for (const group of groups) group.pairWithLive();
  return new LiveFeed({
    open,
    targets: () => groups.filter(({ missing }) => !missing).map(({ target }) => target),
    pattern,
    retry: clock,
    say: say ?? (() => undefined),
    signal: clock.signal ?? new AbortController().signal,
  });
}

/** Orders what is shown together, and marks what comes after younger ones have been shown. */
function marker(from: number): (events: LogEvent[]) => readonly TailedEvent[] {
  let shown = from;
  return (events) => {
    const before = shown;
    // Events of equal time keep the order of their groups.
    const ordered = events.sort((a, b) => a.timestamp - b.timestamp);
    shown = Math.max(shown, ordered.at(-1)?.timestamp ?? shown);
    return ordered.map((event) => ({ ...event, late: event.timestamp < before }));
  };
}

interface HeldEvent {
  readonly event: LogEvent;
  /** When the look that has found it began. */
  readonly at: number;
}

/** The looks at all groups, and what they have found and is still held. */
class Looks {
  readonly #groups: readonly GroupReader[];
  readonly #since: number;
  readonly #clock: TailClock;
  #lastAt: number;
  #deepAt: number;
  #held: HeldEvent[] = [];

  constructor(groups: readonly GroupReader[], { since, from }: FollowOptions, clock: TailClock) {
    this.#groups = groups;
    this.#since = since;
    this.#clock = clock;
    this.#lastAt = from;
    this.#deepAt = from;
  }

  /** When the last one began, in milliseconds since 1970. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Seconds until the next one. */
  interval(allComesLive: boolean): number {
    if (allComesLive) return POLL_BESIDE_LIVE;
    return this.#held.length > 0 ? SETTLE : POLL_EVERY;
  }

  /** @returns whether a group is there that was not */
  async look(): Promise<boolean> {
    const now = this.#clock.now();
    const deep = now - this.#deepAt >= DEEP_EVERY * SECOND;
    // From the last look on, however long ago that was.
    const start = Math.max(this.#since, this.#lastAt - (deep ? DEEP : SHALLOW) * SECOND);
    this.#lastAt = now;
    if (deep) this.#deepAt = now;
    const missing = this.#missing();
    await Promise.all(
      this.#groups.map(async (group) => {
        for await (const events of group.pages(start, undefined)) {
          for (const event of events) this.#held.push({ event, at: now });
        }
        group.forgetBefore(now - FORGET_AFTER);
      }),
    );
    return this.#missing() < missing;
  }

  /** Takes what has been held long enough; all where nothing is to come between. */
  settled(all: boolean): LogEvent[] {
    const settled = all ? Infinity : this.#lastAt - SETTLE * SECOND + EARLY;
    const ready: LogEvent[] = [];
    const left: HeldEvent[] = [];
    for (const each of this.#held) {
      if (each.event.timestamp <= settled || each.at <= settled) ready.push(each.event);
      else left.push(each);
    }
    this.#held = left;
    return ready;
  }

  #missing(): number {
    return this.#groups.filter(({ missing }) => missing).length;
  }
}
