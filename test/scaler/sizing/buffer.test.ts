import { expect } from 'chai';
import { bufferedSize, noteBusy, sizeWithoutForecast } from '../../../src/scaler/sizing/buffer.ts';
import { PLAIN_SCALING } from '../../support/scaling.ts';

const MINUTE = 60_000;
const facts = (busy: number, idle: number, inService: number, now = 100 * MINUTE) => ({
  agents: { busy, idle, total: busy + idle },
  group: { min: 0, max: 100, desired: inService, pending: 0, inService, terminating: 0, paused: false },
  now,
});

describe('the instances that are busy', () => {
  for (const [situation, busy, idle, inService, perInstance, instances] of [
    ['every agent of the group works', 3, 0, 3, 1, 3],
    ['some are idle', 3, 2, 5, 1, 3],
    ['a part of an instance counts as a whole one', 5, 3, 2, 4, 2],
    ['four agents fill one instance', 4, 4, 2, 4, 1],
    ['agents of others are busy', 9, 0, 2, 1, 2],
    ["idle agents count as the group's as far as they can", 5, 3, 4, 1, 1],
    ["all of the group's may be the idle ones", 5, 9, 4, 1, 0],
    ['none is in service', 5, 0, 0, 1, 0],
  ] as const) {
    it(`are ${instances} when ${situation}`, () => {
      expect(noteBusy([], facts(busy, idle, inService), perInstance)).to.eql([{ minute: 100, instances }]);
    });
  }

  it('are the most of a minute', () => {
    const before = [{ minute: 100, instances: 4 }];
    expect(noteBusy(before, facts(3, 0, 3), 1)).to.eql([{ minute: 100, instances: 4 }]);
    expect(noteBusy(before, facts(5, 0, 5), 1)).to.eql([{ minute: 100, instances: 5 }]);
    expect(noteBusy(before, facts(3, 0, 3, 101 * MINUTE - 1), 1), 'its end').to.have.length(1);
    expect(noteBusy(before, facts(3, 0, 3, 101 * MINUTE), 1), 'the next').to.eql([
      ...before,
      { minute: 101, instances: 3 },
    ]);
  });

  it('are known of the latest five minutes, this one included', () => {
    const before = [95, 96, 97, 98, 99].map((minute) => ({ minute, instances: 1 }));
    expect(noteBusy(before, facts(0, 0, 0), 1).map(({ minute }) => minute)).to.eql([96, 97, 98, 99, 100]);
  });
});

describe('the size that InstanceBuffer holds', () => {
  const busy = [
    { minute: 1, instances: 2 },
    { minute: 2, instances: 7 },
    { minute: 3, instances: 4 },
  ];
  it('is the most that was busy lately, and the buffer', () => {
    expect(bufferedSize(busy, { instanceBuffer: 3 })).to.equal(10);
    expect(bufferedSize([], { instanceBuffer: 3 })).to.equal(3);
  });
  it('is nothing without a buffer, however much was busy', () => {
    expect(bufferedSize(busy, { instanceBuffer: 0 })).to.equal(0);
  });
});

describe('the size without a forecast', () => {
  const busy = [{ minute: 1, instances: 4 }];
  const size = (scheduled: number, running: number, min: number, instanceBuffer = 0, agentsPerInstance = 2) =>
    sizeWithoutForecast({ jobs: { scheduled, running, waiting: 99 }, group: { min } }, busy, {
      ...PLAIN_SCALING,
      instanceBuffer,
      agentsPerInstance,
    });
  it('is the largest of what jobs, the buffer and the minimum ask for', () => {
    expect(size(3, 2, 1), 'jobs that wait or run').to.equal(3);
    expect(size(3, 2, 1, 1), 'the buffer').to.equal(5);
    expect(size(3, 2, 8, 1), 'the minimum').to.equal(8);
    expect(size(0, 0, 0)).to.equal(0);
  });
});
