import { EventHeap } from '../../../heap.ts';
import type { EventRecord, StreamRecord } from './state.ts';

/** The place between two events of a group, in the order in which they are read. */
export interface Cursor {
  readonly timestamp: number;
  readonly number: number;
}

export interface StreamEvent extends EventRecord {
  readonly stream: string;
}

/**
 * The events of several streams behind a cursor, by time and where that is equal by arrival. One after the other, so that a
 * page costs what is on it, however much is there.
 */
export function* eventsAfter(streams: readonly StreamRecord[], cursor: Cursor): Generator<StreamEvent> {
  const heap = new EventHeap();
  const at = streams.map(({ events }) => firstAfter(events, cursor));
  streams.forEach(({ events }, index) => {
    const event = events[at[index] ?? 0];
    if (event !== undefined) heap.push(event.timestamp, index);
  });
  while (heap.next < Infinity) {
    const timestamp = heap.next;
    const together: StreamEvent[] = [];
    while (heap.next === timestamp) {
      const index = heap.pop();
      const { events, name } = streams[index] ?? { events: [], name: '' };
      let next = at[index] ?? 0;
      for (let event = events[next]; event?.timestamp === timestamp; event = events[(next += 1)]) {
        together.push({ ...event, stream: name });
      }
      at[index] = next;
      const event = events[next];
      if (event !== undefined) heap.push(event.timestamp, index);
    }
    yield* together.sort((left, right) => left.number - right.number);
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
