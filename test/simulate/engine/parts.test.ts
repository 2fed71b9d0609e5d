import { expect } from 'chai';
import { EventKind, Events, kindOf, subjectOf } from '../../../src/simulate/engine/events.ts';
import { Queue } from '../../../src/simulate/engine/queue.ts';
import { exponential, logNormal, seeded } from '../../../src/simulate/engine/random.ts';
import { traceOf } from '../../../src/simulate/engine/trace.ts';
import { WarmPool } from '../../../src/simulate/engine/warm-pool.ts';

describe('the events of a simulation', () => {
  it('are taken by their time, with their kind and subject', () => {
    const events = new Events();
    expect(events.next).to.equal(Infinity);
    events.schedule(20, EventKind.LaunchRetry, 3);
    events.schedule(10, EventKind.JobFinished, 7);
    events.schedule(15, EventKind.Interrupted, 0);
    const taken = Array.from({ length: 3 }, () => {
      const { next } = events;
      const event = events.take();
      return [next, kindOf(event), subjectOf(event)];
    });
    expect(taken).to.eql([
      [10, EventKind.JobFinished, 7],
      [15, EventKind.Interrupted, 0],
      [20, EventKind.LaunchRetry, 3],
    ]);
  });
});

describe('the queue of a simulation', () => {
  it('has jobs come and start in order, and is over with the last', () => {
    const queue = new Queue(Float64Array.of(5, 9));
    expect(queue).to.include({ nextArrival: 5, scheduled: 0, isOver: false });
    queue.arrive();
    expect(queue).to.include({ nextArrival: 9, scheduled: 1 });
    queue.arrive();
    expect(queue).to.include({ nextArrival: Infinity, scheduled: 2 });
    expect([queue.start(), queue.start()]).to.eql([0, 1]);
    expect(queue).to.include({ scheduled: 0, isOver: true });
  });
});

describe('the warm pool of a simulation', () => {
  const pool = () => new WarmPool({ size: 2, startSeconds: 45, volumePrice: 0.01 });
  it('is full at the beginning, and gives what it has', () => {
    const warm = pool();
    expect([warm.take(0, 100), warm.take(0, 100), warm.take(0, 100)]).to.eql([true, true, false]);
    expect(warm).to.include({ size: 2, startSeconds: 45 });
  });
  it('is filled again by a boot for each', () => {
    const warm = pool();
    warm.take(0, 100);
    warm.take(50, 100);
    expect(warm.take(99, 100)).to.equal(false);
    expect(warm.take(100, 100)).to.equal(true);
    expect(warm.take(100, 100)).to.equal(false);
    expect(warm.take(150, 100)).to.equal(true);
    warm.take(1000, 100);
    warm.take(1000, 100);
    expect(warm.take(1000, 100), 'no larger than it is').to.equal(false);
  });
  it('costs its volumes', () => {
    expect(pool().volumes(10)).to.be.closeTo(0.2, 1e-9);
  });
});

describe('a trace', () => {
  it('is in the order of arrival', () => {
    const { arrivals, durations } = traceOf([
      [9, 1],
      [3, 2],
      [3, 4],
    ]);
    expect([[...arrivals], [...durations]]).to.eql([
      [3, 3, 9],
      [2, 4, 1],
    ]);
  });
});

describe('chance', () => {
  const many = (next: () => number) => Array.from({ length: 4000 }, next);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  it('is the same for the same seed', () => {
    const [one, same, other] = [seeded(1), seeded(1), seeded(2)];
    const values = many(one);
    expect(many(same)).to.eql(values);
    expect(many(other)).not.to.eql(values);
    expect(mean(values)).to.be.closeTo(0.5, 0.03);
    expect(Math.min(...values)).to.be.at.least(0);
    expect(Math.max(...values)).to.be.below(1);
  });
  it('has the mean of an exponential, and the median and spread of a log-normal distribution', () => {
    const random = seeded(1);
    const times = many(() => exponential(random, 30));
    expect(mean(times)).to.be.closeTo(30, 2);
    expect(Math.min(...times)).to.be.at.least(0);
    const boots = many(() => logNormal(random, 90, 0.2));
    expect(boots.toSorted((left, right) => left - right)[2000]).to.be.closeTo(90, 2);
    const logs = boots.map((boot) => Math.log(boot / 90));
    expect(Math.sqrt(mean(logs.map((log) => log * log)))).to.be.closeTo(0.2, 0.02);
    expect(logNormal(random, 90, 0)).to.equal(90);
  });
});
