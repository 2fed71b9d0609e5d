import { expect } from 'chai';
import fc from 'fast-check';
import type { ScalingSettings } from '../../src/scaler/sizing/observation.ts';
import type { Model } from '../../src/simulate/engine/model.ts';
import { simulate } from '../../src/simulate/engine/simulate.ts';
import { traceOfDemand } from '../../src/simulate/jobs/from-demand.ts';
import { ownPolicy } from '../../src/simulate/policy.ts';
import { officialPolicy } from '../../src/simulate/rivals.ts';
import { profileWithPast } from '../../src/simulate/jobs/profiles.ts';
import { type Trace, traceOf } from '../../src/simulate/engine/trace.ts';
import { PLAIN_SCALING } from '../support/scaling.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const MODEL: Model = {
  ...{ agentsPerInstance: 1, min: 0, max: 1000, idleSeconds: 420, bootSeconds: 90, bootSpread: 0 },
  ...{ apiSeconds: 2, interruptionsPerHour: 0, price: 0.1, seed: 1 },
};
const foreseeing = (idleHours: number, settings: Partial<ScalingSettings> = {}) =>
  ownPolicy({ ...PLAIN_SCALING, ...settings }, { idleHours, bootSeconds: 90 });

/** Forty jobs of ten minutes at two every night. */
const nights = (from: number, count: number) =>
  Array.from(
    { length: count * 40 },
    (_, job) => [(from + Math.floor(job / 40)) * DAY + 2 * HOUR, 600] as const,
  );

describe('a simulation with a forecast', () => {
  const learnt = { ...MODEL, warmUpSeconds: 15 * DAY };

  it('has instances up for a batch that comes every night, starts each of them once, and costs less than it may', () => {
    const trace = traceOf(nights(0, 20));
    const without = simulate(trace, learnt, ownPolicy(PLAIN_SCALING));
    const foreseen = simulate(trace, learnt, foreseeing(10));
    expect(foreseen.jobs).to.equal(200);
    expect(without.waits.p50).to.be.above(90);
    expect(foreseen.waits.max).to.equal(0);
    expect(foreseen.peakInstances).to.equal(40);
    expect(foreseen.launches, 'of the five nights that count').to.equal(5 * 40);
    expect(foreseen.instanceHours - without.instanceHours).to.be.below(5 * 10);
  });

  it('does so too beside a buffer and a minimum, which cost none of its hours', () => {
    const trace = traceOf(nights(0, 20));
    expect(simulate(trace, learnt, foreseeing(10, { instanceBuffer: 2 })).waits.max).to.equal(0);
    expect(simulate(trace, { ...learnt, min: 2 }, foreseeing(10)).waits.max).to.equal(0);
  });

  it('does not yet in its first two weeks', () => {
    const trace = traceOf(nights(0, 7));
    expect(simulate(trace, MODEL, foreseeing(10)).waits).to.eql(
      simulate(trace, MODEL, ownPolicy(PLAIN_SCALING)).waits,
    );
  });

  it('costs no more than it may where jobs stay away, and ends', () => {
    // Two weeks, and then a single job a week later.
    const trace = traceOf([...nights(0, 16), [23 * DAY, 600]]);
    const stop = { ...MODEL, warmUpSeconds: 16.5 * DAY };
    const without = simulate(trace, stop, ownPolicy(PLAIN_SCALING));
    const foreseen = simulate(trace, stop, foreseeing(4));
    const launches = foreseen.launches - without.launches;
    // What a boot takes, and the idle period after the forecast, are beside the hours.
    const beside = (launches * (92 + 420 + 60)) / HOUR;
    expect(launches).to.be.above(0);
    expect(foreseen.instanceHours - without.instanceHours).to.be.at.most(7 * 4 + beside);
  });

  it('measures every policy on the same jobs, after the same weeks', () => {
    const { trace, warmUpSeconds } = profileWithPast('nightly-batch', 700, 3);
    const model = { ...MODEL, warmUpSeconds };
    const jobs = [foreseeing(40), ownPolicy(PLAIN_SCALING), officialPolicy(model)].map(
      (policy) => simulate(trace, model, policy).jobs,
    );
    expect(new Set(jobs).size).to.equal(1);
    expect(jobs[0]).to.be.within(500, 900);
  });

  it('counts waits and costs from the end of the past on', () => {
    const trace = traceOf([
      [0, 60],
      [DAY, 60],
    ]);
    const all = simulate(trace, MODEL, ownPolicy(PLAIN_SCALING));
    const last = simulate(trace, { ...MODEL, warmUpSeconds: DAY / 2 }, ownPolicy(PLAIN_SCALING));
    expect(last.jobs).to.equal(1);
    expect(last.cost).to.be.closeTo(all.cost / 2, 1e-9);
    expect(last.idleShare).to.be.closeTo(all.idleShare, 1e-9);
  });
});

describe('jobs that are rebuilt from metrics', () => {
  const jobsOf = ({ arrivals, durations }: Trace) =>
    Array.from(arrivals, (at, index) => [at, durations[index]]);

  it('come where demand rises, begin when they run, and end where it falls', () => {
    const trace = traceOfDemand({
      scheduled: [0, 2, 1, 0, 0, 0, 0],
      running: [0, 0, 1, 2, 2, 1, 0],
    });
    expect(jobsOf(trace)).to.eql([
      [60, 180],
      [60, 180],
    ]);
    expect(jobsOf(traceOfDemand({ scheduled: [0, 0], running: [0, 0] }))).to.eql([]);
  });

  it('that are still running at the end end there', () => {
    expect(jobsOf(traceOfDemand({ scheduled: [0, 0, 0], running: [0, 3, 3] }))).to.eql(
      Array.from({ length: 3 }, () => [60, 120]),
    );
  });

  it('need as much of agents as there was in use, whatever the jobs were', () => {
    const job = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 80 }), (jobs) => {
        const running = Array.from(
          { length: 400 },
          (_, minute) => jobs.filter(([from, length]) => minute >= from && minute < from + length).length,
        );
        const { arrivals, durations } = traceOfDemand({ scheduled: running.map(() => 0), running });
        const again = running.map(
          (_, minute) =>
            Array.from(arrivals).filter(
              (at, index) => minute >= at / 60 && minute < (at + durations[index]!) / 60,
            ).length,
        );
        expect(again).to.eql(running);
        expect(arrivals.length).to.be.at.most(jobs.length);
      }),
    );
  });
});
