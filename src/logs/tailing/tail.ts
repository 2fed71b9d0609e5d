import type { LogCalls } from '../calls.ts';
import type { TailedEvent } from '../event.ts';
import { Connection } from './connection.ts';
import { following } from './following.ts';
import { GroupReader } from './group-reader.ts';
import { history } from './history.ts';
import type { TailClock, TailOptions } from './options.ts';

/**
 * The events of several log groups, ordered by time across them, each exactly once: first those that are there, then, with
 * `follow`, those that come, until the signal ends it. Throttling and lost connections are waited out.
 */
export async function* tail(
  calls: LogCalls,
  options: TailOptions,
  clock: TailClock,
): AsyncGenerator<readonly TailedEvent[]> {
  const { since, until, follow } = options;
  const end = until ?? clock.now();
  const connection = new Connection(options.say);
  const groups = options.targets.map((target) => new GroupReader(calls, target, options, clock, connection));
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
