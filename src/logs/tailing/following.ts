import type { LogEvent, TailedEvent } from '../event.ts';
import type { GroupReader } from './group-reader.ts';
import { LiveFeed } from './live-feed.ts';
import type { TailClock, TailOptions } from './options.ts';
import { Poller } from './poller.ts';

const SECOND = 1000;

interface FollowOptions extends Pick<TailOptions, 'since' | 'pattern' | 'live' | 'say'> {
  /** What is older has been read. */
  readonly from: number;
}

/** Events that come from now on, by polling, and with `live` by what CloudWatch sends. */
export async function* following(
  groups: readonly GroupReader[],
  options: FollowOptions,
  clock: TailClock,
): AsyncGenerator<readonly TailedEvent[]> {
  const feed = options.live && feedOf(groups, options, options.live, clock);
  const poller = new Poller(groups, options, clock);
  const marked = marker(options.from);
  let timer: { readonly due: number; readonly passed: Promise<'poll'> } | undefined;
  for (;;) {
    const due = poller.lastAt + poller.interval(feed?.complete === true) * SECOND;
    if (timer === undefined || due < timer.due) {
      const passed = clock.pause(Math.max(0, due - clock.now()) / SECOND).then(() => 'poll' as const);
      // One that is overtaken by a sooner one is waited for by nobody.
      passed.catch(() => undefined);
      timer = { due, passed };
    }
    const woke = await (feed === undefined
      ? timer.passed
      : Promise.race([timer.passed, feed.news.then(() => 'news' as const)]));
    if (woke === 'poll') {
      timer = undefined;
      feed?.check();
      if (await poller.poll()) feed?.renew();
    }
    const live = (feed?.take() ?? []).filter(
      (event) => event.timestamp >= options.since && groups.some((group) => group.takesLive(event)),
    );
    const ready = [...poller.settled(feed?.complete === true), ...live];
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
    realTime: clock.realTime ?? Date.now,
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
