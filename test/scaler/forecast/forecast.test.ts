import { expect } from 'chai';
import fc from 'fast-check';
import { Forecaster } from '../../../src/scaler/forecast/forecast.ts';

const MINUTE = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
// A Monday at midnight, in minutes since 1970.
const MONDAY = Date.parse('2026-11-23T00:00:00Z') / MINUTE;

/** Jobs by the minute of the week, from Monday on; known of the given number of weeks before `MONDAY`. */
const past =
  (jobsAt: (minuteOfWeek: number, weeksAgo: number) => number, weeks = 2) =>
  (minute: number) => {
    const back = MONDAY - minute;
    if (back <= 0 || back > weeks * WEEK) return NaN;
    return jobsAt((((minute - MONDAY) % WEEK) + WEEK) % WEEK, Math.ceil(back / WEEK));
  };
const plan = (demand: (minute: number) => number, idleHours: number, agentsPerInstance = 1) => {
  const forecast = new Forecaster(agentsPerInstance, idleHours).plan(demand, MONDAY * MINUTE);
  return (hour: number) => forecast.most((MONDAY + hour * HOUR) * MINUTE, (MONDAY + hour * HOUR) * MINUTE);
};

describe('the forecast', () => {
  it('expects what both weeks had at that very time, however short it was, and nothing around it', () => {
    const nightly = past((minute) => (minute >= 2 * HOUR && minute < 2 * HOUR + 10 ? 300 : 0));
    const expected = plan(nightly, 30);
    expect([1, 1.9, 2, 3].map(expected)).to.eql([0, 0, 300, 0]);
    expect(expected(2.2), 'once it has begun its jobs hold what they need').to.equal(0);
    expect(plan(nightly, 30, 4)(2), 'in instances').to.equal(75);
    expect(plan(nightly, 1)(2), 'a part of it, where no more may be idle').to.be.within(1, 100);
  });

  it('does not expect again what one of two weeks had', () => {
    const once = past((minute, ago) => (ago === 1 && minute >= 2 * HOUR && minute < 2 * HOUR + 5 ? 300 : 0));
    expect(plan(once, 10)(2)).to.equal(0);
    const only = past((minute) => (minute >= 2 * HOUR && minute < 2 * HOUR + 5 ? 300 : 0), 1);
    expect(plan(only, 10)(2), 'nor what there is but one week of').to.equal(0);
  });

  it('knows a weekday from another', () => {
    const demand = past((minute) => (minute >= DAY && minute < 2 * DAY ? 9 : 0));
    expect(plan(demand, 100)(10), 'on Monday').to.equal(0);
    const tuesday = new Forecaster(1, 100).plan(demand, (MONDAY + 12 * HOUR) * MINUTE);
    const ten = (MONDAY + DAY + 10 * HOUR) * MINUTE;
    expect(tuesday.most(ten, ten)).to.equal(9);
  });

  it('has the most between two moments, so that what is launched in time is up by then', () => {
    const demand = past((minute) => (minute >= 9 * HOUR && minute < 18 * HOUR ? 20 : 0));
    const forecast = new Forecaster(1, 10).plan(demand, MONDAY * MINUTE);
    const at = (hour: number) => (MONDAY + hour * HOUR) * MINUTE;
    expect(forecast.most(at(8.9), at(8.9))).to.equal(0);
    expect(forecast.most(at(8.9), at(9))).to.equal(20);
    expect(forecast.most(at(48), at(49)), 'beyond a day it says nothing').to.equal(0);
  });

  it('expects nothing of a past that nobody has told of', () => {
    const expected = plan(() => NaN, 1000);
    for (let hour = 0; hour < 24; hour++) expect(expected(hour)).to.equal(0);
  });

  // Some level all day long and another within a part of it, with gaps and noise.
  const shape = fc.record({
    low: fc.integer({ min: 0, max: 5 }),
    high: fc.integer({ min: 0, max: 60 }),
    from: fc.integer({ min: 0, max: 23 }),
    hours: fc.integer({ min: 1, max: 12 }),
    noise: fc.integer({ min: 0, max: 10 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });
  const demandOf = ({ low, high, from, hours, noise, seed }: Record<string, number> & object) =>
    past((minute, ago) => {
      const hour = (minute % DAY) / HOUR;
      const level = hour >= from! && hour < from! + hours! ? high! : low!;
      return level + (noise === 0 ? 0 : ((minute * 7919 + ago * seed!) % 1009) % noise!);
    });

  it('keeps to the hours that may be idle, had the weeks before been like it', () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(1, 5, 20, 100), (given, idleHours) => {
        const demand = demandOf(given);
        const expected = plan(demand, idleHours);
        for (const ago of [1, 2]) {
          let idle = 0;
          for (let minute = 0; minute < DAY; minute++) {
            idle += Math.max(0, expected(minute / HOUR) - demand(MONDAY + minute - ago * WEEK));
          }
          // Either week may be the one that is idler.
          expect(idle / HOUR).to.be.at.most(2 * idleHours);
        }
      }),
      { numRuns: 6 },
    );
  });

  it('expects no less where more may be idle', () => {
    fc.assert(
      fc.property(
        shape,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (given, least, more) => {
          const demand = demandOf(given);
          const [few, many] = [plan(demand, least), plan(demand, least + more)];
          for (let hour = 0; hour < 24; hour += 0.25) expect(many(hour)).to.be.at.least(few(hour));
        },
      ),
      { numRuns: 6 },
    );
  });
});
