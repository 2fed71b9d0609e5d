import type { LogEvent } from '../event.ts';
import type { GroupReader } from './group-reader.ts';
import type { TailClock } from './options.ts';

/** Seconds from one poll to the next, in the stack's own time. */
const POLL_EVERY = 2;
/**
 * How long events are held back, so that those of other groups can come between. While any are, the next poll comes after so
 * long; none is therefore shown later than a poll interval after CloudWatch has it.
 */
const SETTLE = 1;
/** While everything comes live as well, polling only makes sure of that. */
const POLL_BESIDE_LIVE = 10;
/** CloudWatch delivers some events late; reading the last seconds again finds most of them. */
const SHALLOW = 10;
/** Now and then further back, for those that are later still. */
const DEEP = 120;
const DEEP_EVERY = 15;

const SECOND = 1000;
/** A timer may be early by as much. */
const EARLY = 50;

/** How long events have to be remembered so that none comes twice, in milliseconds. */
export const FORGET_AFTER = (DEEP + SHALLOW) * SECOND;

type PolledGroup = Pick<GroupReader, 'missing' | 'pages' | 'forgetBefore'>;

interface HeldEvent {
  readonly event: LogEvent;
  /** When the poll that has found it began. */
  readonly at: number;
}

/** Polls all groups, and holds what has been found until nothing older is likely to come. */
export class Poller {
  readonly #groups: readonly PolledGroup[];
  readonly #since: number;
  readonly #clock: Pick<TailClock, 'now'>;
  #lastAt: number;
  #deepAt: number;
  #held: HeldEvent[] = [];

  constructor(
    groups: readonly PolledGroup[],
    { since, from }: { readonly since: number; readonly from: number },
    clock: Pick<TailClock, 'now'>,
  ) {
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
  async poll(): Promise<boolean> {
    const now = this.#clock.now();
    const deep = now - this.#deepAt >= DEEP_EVERY * SECOND;
    // From the last poll on, however long ago that was.
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
