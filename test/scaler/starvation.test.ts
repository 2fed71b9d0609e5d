import { expect } from 'chai';
import fc from 'fast-check';
import { SharedQueue, type Taker } from '../support/queue-with-others.ts';

const MINUTE = 60;

describe('a queue that others serve too', () => {
  it('is grown for beside idle agents that leave its jobs waiting, all at once, within a minute', () => {
    const queue = new SharedQueue(4);
    queue.push('own', 3);
    queue.run(30);
    expect(queue.desired, 'they may still take them').to.equal(0);
    queue.run(30);
    expect(queue.desired).to.equal(3);
    queue.run(3 * MINUTE);
    expect(queue.waiting).to.eql([]);
    expect(queue.launches).to.equal(3);
  });

  it('leaves jobs to idle agents of others that take them', () => {
    const queue = new SharedQueue(4);
    for (let minute = 0; minute < 60; minute++) {
      queue.push('any', 4, 30);
      queue.run(MINUTE);
    }
    expect(queue.launches).to.equal(0);
  });

  it('grows at once for jobs that come while idle agents already leave others waiting', () => {
    const queue = new SharedQueue(2);
    queue.push('own', 2, 600);
    queue.run(MINUTE);
    queue.push('own', 20, 600);
    queue.run(20);
    expect(queue.desired).to.equal(20);
    queue.run(2 * MINUTE);
    expect(queue.waiting.length, 'the others follow').to.be.at.most(2);
    queue.run(5 * MINUTE);
    expect(queue.waiting).to.eql([]);
  });

  it('tries a job that its own agents leave waiting within two minutes, then ever more seldom, at most every five and a half', () => {
    const queue = new SharedQueue(0);
    queue.push('nobody');
    const attempts: number[] = [];
    while (queue.now < 60 * MINUTE) {
      const before = queue.launches;
      queue.step();
      if (queue.launches > before) attempts.push(queue.now - 10);
    }
    const pauses = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    // The boot, and as long as it takes to see that nothing comes of it.
    expect(pauses.slice(0, 5)).to.eql([140, 120, 240, 330, 330]);
    expect(Math.max(...pauses)).to.equal(330);
    expect(queue.ownIdle).to.be.at.most(2);
  });

  it('has 20 jobs that nobody may run cost a few instances a day, also when the function starts cold every minute', () => {
    const queue = new SharedQueue(1);
    queue.push('nobody', 20);
    while (queue.now < 24 * 60 * MINUTE) {
      queue.startCold();
      queue.run(MINUTE);
    }
    // Each job once, then eleven attempts an hour at most.
    expect(queue.launches).to.be.within(20 + 24 * 10, 20 + 24 * 11 + 3);
  });

  it('runs jobs that could not be run before, once they can be', () => {
    const queue = new SharedQueue(0);
    const jobs = queue.push('nobody', 75);
    queue.run(3 * 60 * MINUTE);
    expect(queue.instances).to.be.at.most(2);
    queue.cancel(75);
    queue.push('own', 75);
    const since = queue.now;
    while (queue.waiting.length > 0) queue.step();
    expect(jobs.every(({ gone }) => gone)).to.equal(true);
    expect(queue.now - since).to.be.at.most(10 * MINUTE);
  });

  it('does not take canceled jobs for ones that run', () => {
    const queue = new SharedQueue(0);
    queue.push('nobody', 20);
    queue.run(20 * MINUTE);
    const { launches } = queue;
    for (let canceled = 0; canceled < 19; canceled++) {
      queue.cancel(1);
      queue.run(MINUTE);
    }
    expect(queue.launches - launches).to.be.at.most(4);
  });

  it('keeps its buffer beside idle agents of others', () => {
    const queue = new SharedQueue(4, { instanceBuffer: 2 });
    queue.run(3 * MINUTE);
    expect(queue.ownIdle).to.equal(2);
  });

  it('does not end its busy instances because agents of others are idle', () => {
    const queue = new SharedQueue(4, { disableScaleIn: false });
    queue.push('own', 5, 3600);
    queue.run(10 * MINUTE);
    expect(queue.waiting).to.eql([]);
    expect(queue.desired).to.equal(5);
  });

  it('leaves an instance that tries stuck jobs the time to take one', () => {
    const queue = new SharedQueue(0, { disableScaleIn: false });
    queue.push('nobody', 3);
    queue.run(6 * MINUTE);
    expect(queue.ownIdle).to.be.at.least(3);
    expect(queue.desired).to.be.at.least(3);
  });

  it('learns from its own idle agents, also where one of others was idle before there were any', () => {
    const queue = new SharedQueue(1);
    queue.push('own', 1, 5);
    queue.run(10);
    queue.push('nobody', 8);
    queue.run(3 * 60 * MINUTE);
    expect(queue.launches).to.be.at.most(9 + 3 * 11);
  });

  it('wastes little on a paused queue into which jobs keep coming, cold or not, and runs them when it goes on', () => {
    for (const cold of [false, true]) {
      const queue = new SharedQueue(0, {}, 20);
      queue.push('own', 5, 600);
      queue.run(5 * MINUTE);
      queue.paused = true;
      const { launches } = queue;
      for (let minute = 0; minute < 8 * 60; minute++) {
        if (minute % 2 === 0) queue.push('own', 2);
        if (cold) queue.startCold();
        queue.run(MINUTE);
      }
      // The most at once, and eleven attempts an hour.
      expect(queue.launches - launches, cold ? 'cold' : 'warm').to.be.at.most(20 + 8 * 11);
      expect(queue.idleHours).to.be.at.most(8 * 2);
      queue.paused = false;
      const since = queue.now;
      while (queue.waiting.length > 460) queue.step();
      expect(queue.now - since, 'the first jobs run').to.be.at.most(8 * MINUTE);
      while (queue.instances < 20) queue.step();
      expect(queue.now - since, 'and then all that may').to.be.at.most(10 * MINUTE);
    }
  });

  it('concludes nothing from a look before an outage and one after it', () => {
    for (const seconds of [80, 3600]) {
      const queue = new SharedQueue(0);
      queue.push('own', 2, 20);
      queue.run(2 * MINUTE);
      queue.push('nobody', 1);
      queue.step();
      queue.outage(seconds);
      queue.push('nobody', 1);
      const { memory } = queue.step();
      expect(memory.stuck, `${seconds} s`).to.equal(undefined);
    }
  });

  const event = fc.record({
    pause: fc.integer({ min: 1, max: 90 }),
    foreign: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined, freq: 4 }),
    taker: fc.constantFrom<Taker>('own', 'foreign', 'any', 'nobody'),
    count: fc.integer({ min: 0, max: 12 }),
    runs: fc.constantFrom(5, 60, 900),
    canceled: fc.integer({ min: 0, max: 2 }),
    cold: fc.boolean(),
  });

  it('starves no job of its own for ten minutes, and launches no more than jobs and attempts account for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(0, 2),
        fc.boolean(),
        fc.array(event, { minLength: 1, maxLength: 25 }),
        (foreign, instanceBuffer, disableScaleIn, events) => {
          const queue = new SharedQueue(foreign, { instanceBuffer, disableScaleIn });
          let longest = 0;
          const look = () => {
            queue.step();
            const starving = queue.waiting.filter(({ taker }) => taker === 'own' || taker === 'any');
            longest = Math.max(longest, ...starving.map(({ arrivedAt }) => queue.now - arrivedAt));
          };
          for (const { pause, taker, count, runs, canceled, cold, ...others } of events) {
            if (others.foreign !== undefined) queue.setForeign(others.foreign);
            queue.push(taker, count, runs);
            queue.cancel(canceled);
            for (let looks = 0; looks < pause; looks++) {
              // An invocation looks for fifty seconds.
              if (cold && looks % 6 === 0) queue.startCold();
              look();
            }
          }
          expect(longest, 'seconds that a job waited').to.be.at.most(10 * MINUTE);
          // A job that starts lets the stuck ones be tried anew.
          const started = queue.jobs.filter(({ startedAt }) => startedAt !== undefined).length;
          const attempts = 3 + queue.now / (5.5 * MINUTE) + started;
          expect(queue.launches).to.be.at.most(2 * queue.jobs.length + attempts + 2 * instanceBuffer);
        },
      ),
      { numRuns: 150 },
    );
  });
});
