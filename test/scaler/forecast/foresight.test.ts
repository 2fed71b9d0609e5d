import { expect } from 'chai';
import fc from 'fast-check';
import { BootTimes } from '../../../src/scaler/forecast/boot-times.ts';
import { Foresight } from '../../../src/scaler/forecast/foresight.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const MONDAY = Date.parse('2026-11-23T00:00:00Z') / MINUTE;
const at = (hour: number, seconds = 0) => (MONDAY + hour * 60) * MINUTE + seconds * 1000;

/** Has learnt of two weeks with so many jobs at some hours of every day. */
function learnt(idleHours: number, jobs: (hour: number) => number, now = at(0)): Foresight {
  const foresight = new Foresight({ agentsPerInstance: 1, idleHours }, { usualSeconds: 100 });
  foresight.learn(
    (minute) => (minute < MONDAY - 2 * WEEK ? NaN : jobs((((minute % DAY) + DAY) % DAY) / 60)),
    now,
  );
  return foresight;
}

describe('foresight', () => {
  const office = (hour: number) => (hour >= 9 && hour < 17 ? 20 : 0);

  it('expects the rush by as much earlier as a boot and two looks take, and not before', () => {
    const foresight = learnt(5, office);
    // A rush may begin some minutes earlier than it did.
    expect(foresight.expected(at(9, -241), 0)).to.equal(0);
    expect(foresight.expected(at(9, -120), 0)).to.equal(20);
    expect(foresight.expected(at(12), 20)).to.equal(20);
    expect(foresight.expected(at(17), 20)).to.equal(0);
  });

  it('keeps what is up over a gap that is shorter than what a boot is worth, and brings nothing up for it', () => {
    const lunch = (hour: number) => (hour >= 12 && hour < 12.5 ? 2 : office(hour));
    const foresight = learnt(5, lunch);
    expect(foresight.expected(at(12.15), 20)).to.equal(20);
    expect(foresight.expected(at(12.15), 0)).to.be.below(20);
    const siesta = learnt(5, (hour) => (hour >= 12 && hour < 15 ? 2 : office(hour)));
    expect(siesta.expected(at(13.25), 20), 'a long one is worth ending for').to.be.below(20);
  });

  it('keeps what an earlier process has brought up until it knows better, but not for long', () => {
    const foresight = new Foresight({ agentsPerInstance: 1, idleHours: 10 }, { usualSeconds: 100 });
    expect(foresight.expected(at(9), 20)).to.equal(20);
    expect(foresight.expected(at(9, 599), 20)).to.equal(20);
    expect(foresight.expected(at(9, 600), 20)).to.equal(0);
  });

  it('stops when the hours of a day are spent, and begins again once enough of them are free', () => {
    const foresight = learnt(10, office);
    let held = 0;
    let spent = 0;
    const stops: number[] = [];
    // A holiday: nobody comes.
    for (let second = 0; second < 36 * 3600; second += 10) {
      spent += foresight.book(at(0, second), held, 0) * 10;
      const expected = foresight.expected(at(0, second), held);
      if (held > 0 && expected === 0) stops.push(second);
      held = expected;
    }
    expect(spent / 3600).to.be.within(9.9, 10.2);
    expect(stops).to.have.length(1);
  });

  it('never spends more than the hours in any day, whatever comes', () => {
    const jobs = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(jobs, jobs, fc.integer({ min: 1, max: 40 }), (before, today, idleHours) => {
        const foresight = learnt(idleHours, (hour) => before[Math.floor(hour)] ?? 0);
        let held = 0;
        const idle: number[] = [];
        for (let minute = 0; minute < DAY; minute++) {
          const now = at(minute / 60);
          const ahead = foresight.book(now, held, today[Math.floor(minute / 60)] ?? 0);
          idle.push(ahead);
          held = foresight.expected(now, held);
        }
        const most = Math.max(0, ...idle);
        // The look at which they are spent is the last.
        expect(idle.reduce((sum, ahead) => sum + ahead, 0) / 60).to.be.at.most(idleHours + most / 30);
      }),
      { numRuns: 10 },
    );
  });

  it('counts what an earlier process has spent, once', () => {
    const foresight = learnt(10, office);
    foresight.book(at(10), 0, 0);
    for (let read = 0; read < 2; read++) {
      for (let minute = 0; minute < 55; minute++) foresight.recall(MONDAY + 540 + minute, 10);
    }
    foresight.book(at(10, 10), 0, 0);
    expect(foresight.expected(at(10, 10), 20), '9.2 hours').to.equal(20);
    for (let minute = 55; minute < 60; minute++) foresight.recall(MONDAY + 540 + minute, 10);
    foresight.book(at(10, 20), 0, 0);
    expect(foresight.expected(at(10, 20), 20), '10 hours').to.equal(0);
  });
});

describe('the time of boots', () => {
  it('is what nearly all keep within, once some were seen', () => {
    const boots = new BootTimes();
    expect(boots.usualSeconds).to.equal(180);
    boots.see(['a', 'b'], [], 0);
    boots.see(['b', 'c'], ['a'], 90_000);
    boots.see(['c'], ['a', 'b'], 120_000);
    boots.see([], ['a', 'b'], 130_000);
    expect(boots.usualSeconds, 'c never came').to.equal(120);
    for (let boot = 0; boot < 30; boot++) {
      boots.see([`d${boot}`], [], boot * 1e6);
      boots.see([], [`d${boot}`], boot * 1e6 + 50_000);
    }
    expect(boots.usualSeconds, 'the image is quicker now').to.equal(50);
  });
});
