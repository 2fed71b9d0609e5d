import { expect } from 'chai';
import { type Cursor, eventsAfter } from '../../../../src/sandbox/services/logs/merging.ts';
import type { StreamRecord } from '../../../../src/sandbox/services/logs/state.ts';
import { seeded } from '../../../../src/simulate/engine/random.ts';

/** Streams over the same few moments, so that many events are of equal time. */
function randomStreams(random: () => number): readonly StreamRecord[] {
  let number = 0;
  return Array.from({ length: Math.floor(random() * 6) }, (_, index) => ({
    name: `i-${index}`,
    createdAt: 0,
    events: Array.from({ length: Math.floor(random() * 30) }, () => {
      number += 1;
      return { timestamp: Math.floor(random() * 40), message: `${number}`, ingestedAt: 0, number };
    }).sort((a, b) => a.timestamp - b.timestamp || a.number - b.number),
  }));
}

describe('the events of several streams', () => {
  it('come by time, those of equal time as they arrived, and go on behind any of them', () => {
    const random = seeded(11);
    for (let round = 0; round < 300; round += 1) {
      const streams = randomStreams(random);
      const all = streams
        .flatMap(({ name, events }) => events.map((event) => ({ stream: name, event })))
        .sort((a, b) => a.event.timestamp - b.event.timestamp || a.event.number - b.event.number);
      const read = (cursor: Cursor) => [...eventsAfter(streams, cursor)];
      expect(read({ timestamp: 0, number: -1 })).to.eql(all);
      const at = Math.floor(random() * all.length);
      const cursor = all[at]?.event;
      if (cursor !== undefined) expect(read(cursor)).to.eql(all.slice(at + 1));
    }
  });
});
