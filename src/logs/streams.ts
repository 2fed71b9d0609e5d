import { type RetryClock, withRetry } from '../aws/retry.ts';
import type { LogCalls, StreamFacts } from './calls.ts';
import type { GroupTarget } from './event.ts';

/** CloudWatch's note of a stream's last event may be as much behind, in milliseconds. */
const BEHIND = 2 * 3_600_000;

/** All streams of a group, by name. */
export async function allStreams(
  calls: LogCalls,
  retry: RetryClock,
  target: GroupTarget,
  prefix?: string,
): Promise<readonly StreamFacts[]> {
  const all: StreamFacts[] = [];
  let next: string | undefined;
  do {
    const page = await withRetry(retry, () => calls.streams(target, prefix, next));
    all.push(...page.streams);
    next = page.next;
  } while (next !== undefined);
  return all;
}

/**
 * The instances that may have written to these groups in a time, those that began first come first.
 * @param among only these; undefined for all
 */
export async function instanceStreams(
  calls: LogCalls,
  retry: RetryClock,
  targets: readonly GroupTarget[],
  { since, until = Infinity }: { readonly since: number; readonly until?: number | undefined },
  among: readonly string[] | undefined,
): Promise<readonly string[]> {
  const began = new Map<string, number>();
  for (const target of targets) {
    for (const { stream, firstEvent, lastEvent } of await allStreams(calls, retry, target)) {
      if (firstEvent === undefined || firstEvent > until) continue;
      if (lastEvent !== undefined && lastEvent < since - BEHIND) continue;
      if (among?.includes(stream) === false) continue;
      began.set(stream, Math.min(firstEvent, began.get(stream) ?? Infinity));
    }
  }
  return [...began].sort(([a, first], [b, second]) => first - second || (a < b ? -1 : 1)).map(([id]) => id);
}
