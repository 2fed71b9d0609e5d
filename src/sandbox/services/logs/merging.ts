import { EventHeap } from '../../../base/event-heap.ts';
import type { EventRecord, StreamRecord } from './state.ts';

/** The place between two events of a group, in the order in which they are read. */
export interface Cursor {
  readonly timestamp: number;
  readonly number: number;
}

/** An event, and the name of the stream that it is in. */
export interface StreamEvent {
  readonly stream: string;
  readonly event: EventRecord;
}

/**
 * The events of several streams behind a cursor, by time and where that is equal by arrival. One after the other, so that a
 * page costs what is on it, however much is there.
 */
export function* eventsAfter(streams: readonly StreamRecord[], cursor: Cursor): Generator<StreamEvent> {
  const readers = streams.map((stream) => new StreamReader(stream, cursor));
  const heap = new EventHeap();
  const queue = (id: number) => {
    const next = readers[id]?.next;
    if (next !== undefined) heap.push(next, id);
  };
  for (const id of readers.keys()) queue(id);
  while (heap.next < Infinity) {
    const timestamp = heap.next;
    const ids = [heap.pop()];
    while (heap.next === timestamp) ids.push(heap.pop());
    // Alone, a stream goes on until another one has something.
    const until = ids.length === 1 ? heap.next : timestamp + 1;
    const [events = [], ...others] = ids.map((id) => readers[id]?.before(until));
    if (others.length === 0) yield* events;
    else {
      const together = [events, ...others].flatMap((each) => [...(each ?? [])]);
      yield* together.sort((left, right) => left.event.number - right.event.number);
    }
    ids.forEach(queue);
  }
}

class StreamReader {
  readonly #name: string;
  readonly #events: readonly EventRecord[];
  #at: number;

  constructor({ name, events }: StreamRecord, cursor: Cursor) {
    this.#name = name;
    this.#events = events;
    this.#at = firstAfter(events, cursor);
  }

  /** The time of the next event, where there is one. */
  get next(): number | undefined {
    return this.#events[this.#at]?.timestamp;
  }

  /** Takes what is older. */
  *before(timestamp: number): Generator<StreamEvent> {
    for (let event = this.#events[this.#at]; event !== undefined; event = this.#events[this.#at]) {
      if (event.timestamp >= timestamp) return;
      this.#at += 1;
      yield { stream: this.#name, event };
    }
  }
}

function firstAfter(events: readonly EventRecord[], { timestamp, number }: Cursor): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = events[middle];
    const before =
      event !== undefined &&
      (event.timestamp < timestamp || (event.timestamp === timestamp && event.number <= number));
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}
