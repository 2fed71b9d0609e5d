import type { LogEvent } from '../event.ts';
import type { GroupReader } from './group-reader.ts';
import { FORGET_AFTER } from './poller.ts';

/**
 * What is there already, page by page, merged: what is younger than a group's last page waits for that group's next.
 * @param begun is called when each group has been read for the first time
 */
export async function* history(
  groups: readonly Pick<GroupReader, 'pages' | 'forgetBefore'>[],
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
          const page = await source.pages.next();
          if (page.done === true) source.done = true;
          else source.waiting = [...page.value];
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
