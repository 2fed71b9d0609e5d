import type { EventPage, EventRange, LogCalls } from '../../src/logs/calls.ts';
import type { GroupTarget } from '../../src/logs/event.ts';
import { awsError } from './cloudformation.ts';

export interface ManyEvents {
  readonly count: number;
  readonly streams: number;
  /** Milliseconds over which they happen. */
  readonly span: number;
  /** How much later than it happens an event is there at most, in milliseconds. */
  readonly late: number;
  /** Share of requests that are throttled, and as many that are cut off. */
  readonly trouble: number;
  /** Share of pages that come twice. */
  readonly twice: number;
}

/**
 * CloudWatch with a great many events of one group, made when they are asked for. What an event is follows from its number;
 * two in four share their time.
 */
export class FakeLogs implements LogCalls {
  readonly #times: Float64Array;
  readonly #arrivals: Float64Array;
  readonly #settings: ManyEvents;
  readonly #now: () => number;
  readonly #random: () => number;
  requests = 0;

  constructor(settings: ManyEvents, start: number, now: () => number, random: () => number) {
    const { count, span, late } = settings;
    this.#settings = settings;
    this.#now = now;
    this.#random = random;
    this.#times = Float64Array.from(
      { length: count },
      (_, index) => start + Math.floor((index >> 1) * ((2 * span) / count)),
    );
    this.#arrivals = this.#times.map((time) => time + (random() < 0.3 ? Math.floor(random() * late) : 0));
  }

  events(
    place: GroupTarget,
    { start, end = Infinity, limit = 10_000 }: EventRange & { readonly limit?: number | undefined },
    page?: string,
  ): Promise<EventPage> {
    this.requests += 1;
    const { trouble, twice, streams, count } = this.#settings;
    if (this.#random() < trouble) return Promise.reject(awsError('ThrottlingException', 'Rate exceeded'));
    if (this.#random() < trouble) {
      return Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    }
    const now = this.#now();
    const from = Number(page ?? this.#first(start));
    const events: EventPage['events'][number][] = [];
    let index = from;
    for (; index < count && events.length < limit; index += 1) {
      const timestamp = this.#times[index]!;
      if (timestamp > end || timestamp > now) break;
      const arrival = this.#arrivals[index]!;
      if (arrival > now) continue;
      events.push({
        id: String(index).padStart(56, '0'),
        group: place.group,
        groupName: place.name,
        stream: `i-${index % streams}`,
        timestamp,
        ingestedAt: arrival,
        message: `line ${index}`,
      });
    }
    const more = index < count && this.#times[index]! <= Math.min(end, now);
    const again = more && this.#random() < twice;
    return Promise.resolve({ events, ...(more && { next: String(again ? from : index) }) });
  }

  streams() {
    return Promise.resolve({ streams: [] });
  }

  #first(start: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
