import { isOwnRow, isSettled, nestedStackOf, type StackEvent } from './event.ts';
import { PollRange } from './poll-range.ts';
import type { EventSource } from './source.ts';

interface History {
  readonly range: PollRange;
  readonly seen: Set<string>;
  /** The oldest row that is wanted; what is behind it belongs to an earlier operation. */
  oldest?: string;
  /** Whether new rows may come: a nested stack rests until its parent's row for it moves again. */
  active: boolean;
}

/**
 * Fetches what is new in a stack's history and in those of the stacks nested in it: each event once, none left out.
 * A poll that fails half-way loses nothing; the next one hands out what the failed one had read.
 */
export class EventPoller {
  readonly #source: EventSource;
  readonly #histories = new Map<string, History>();
  #undelivered: StackEvent[] = [];

  constructor(source: EventSource, stack: string, range: PollRange) {
    this.#source = source;
    this.#histories.set(stack, { range, seen: new Set(), active: true });
  }

  /** The events since the last call, oldest first. */
  async poll(): Promise<StackEvent[]> {
    // The map grows while it is walked: a nested stack found now is read in the same poll.
    for (const [stack, history] of this.#histories) {
      if (!history.active) continue;
      const fresh = await this.#unseen(stack, history);
      this.#undelivered.push(...fresh);
      for (const event of fresh) this.#follow(event);
    }
    const events = this.#undelivered.sort((a, b) => a.at.getTime() - b.at.getTime());
    this.#undelivered = [];
    return events;
  }

  /** Reads back to what is known, or to the range's end. Pages may shift while they are read: ids tell. */
  async #unseen(stack: string, history: History): Promise<StackEvent[]> {
    const fresh = new Map<string, StackEvent>();
    let token: string | undefined;
    do {
      const page = await this.#source(stack, token);
      token = page.nextToken;
      for (const event of page.events) {
        if (event.eventId === history.oldest) {
          token = undefined;
          break;
        }
        if (history.seen.has(event.eventId)) {
          // The rest of this page is still looked at: an event may have been written late, behind a known one.
          token = undefined;
          continue;
        }
        const end = history.range(event);
        if (end !== 'beyond') fresh.set(event.eventId, event);
        if (end !== undefined) {
          history.oldest = event.eventId;
          token = undefined;
          break;
        }
      }
    } while (token !== undefined);
    for (const id of fresh.keys()) history.seen.add(id);
    return [...fresh.values()].reverse();
  }

  #follow(event: StackEvent): void {
    const nested = nestedStackOf(event);
    if (nested !== undefined) {
      const known = this.#histories.get(nested);
      if (known !== undefined) known.active = true;
      else this.#histories.set(nested, { range: PollRange.since(event.at), seen: new Set(), active: true });
      return;
    }
    const own = this.#histories.get(event.stackId);
    if (isOwnRow(event) && own !== undefined) own.active = !isSettled(event.status);
  }
}
