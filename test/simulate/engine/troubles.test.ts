import { expect } from 'chai';
import type { Model } from '../../../src/simulate/engine/model.ts';
import { simulate } from '../../../src/simulate/engine/simulate.ts';
import { traceOf } from '../../../src/simulate/engine/trace.ts';
import { dailyWindows, isWithin, type Troubles } from '../../../src/simulate/engine/troubles.ts';
import { ownPolicy } from '../../../src/simulate/policy.ts';
import { officialPolicy } from '../../../src/simulate/rivals.ts';
import { PLAIN_SCALING } from '../../support/scaling.ts';

const MODEL: Model = {
  ...{ agentsPerInstance: 1, min: 0, max: 50, idleSeconds: 420, bootSeconds: 90, bootSpread: 0 },
  ...{ apiSeconds: 2, interruptionsPerHour: 0, price: 3.6, seed: 1 },
};
const HOUR = 3600;
const one = traceOf([[0, 60]]);
const run = (troubles: Troubles, trace = one, model: Partial<Model> = {}) =>
  simulate(trace, { ...MODEL, ...model, troubles }, ownPolicy(PLAIN_SCALING));
/** Two jobs a minute for so many hours. */
const steady = (hours: number) =>
  traceOf(Array.from({ length: hours * 120 }, (_, index) => [index * 30, 60] as const));

describe('the troubles of a simulation', () => {
  it('are none where none is given', () => {
    expect(run({})).to.eql(simulate(one, MODEL, ownPolicy(PLAIN_SCALING)));
  });

  it('are within their windows, the end not included', () => {
    expect(
      [9, 10, 19, 20, 30].map((now) =>
        isWithin(
          [
            [10, 20],
            [30, 40],
          ],
          now,
        ),
      ),
    ).to.eql([...[false, true, true, false, true]]);
    expect(isWithin(undefined, 1)).to.equal(false);
    expect(dailyWindows(0, 1e6, 1)).to.eql([]);
    const windows = dailyWindows(2, 2 * 86_400, 1);
    expect(windows).to.have.length(3);
    for (const [day, [from, until]] of windows.entries()) {
      expect(until - from).to.equal(2 * HOUR);
      expect(from).to.be.within(day * 86_400, (day + 1) * 86_400 - 2 * HOUR);
    }
  });

  it('has the group launch again after a boot that fails, and pays for it', () => {
    // Of ten boots nine fail on average.
    const result = run({ failingBoots: 0.9 });
    expect(result.launches).to.be.above(1);
    expect(result.waits.max).to.be.closeTo(92 * result.launches, 1);
    expect(result.jobs).to.equal(1);
    expect(result.instanceHours * HOUR).to.be.closeTo(92 * result.launches + 60 + 420, 1);
  });

  it('has a boot that hangs until the hook gives it up, unless it is overdue before', () => {
    const hung = (overdueSeconds?: number) =>
      run({ hungBoots: 0.5, ...(overdueSeconds !== undefined && { overdueSeconds }) }, one, { seed: 4 });
    const waits = [hung(), hung(300)].map(({ waits: { max } }) => max);
    const [given, overdue] = waits;
    expect(given, 'the hook, and another boot').to.be.within(780 + 92, 780 + 110);
    expect(overdue, 'one beside it').to.be.within(300 + 92, 300 + 110);
  });

  it('starts no job while the queue is paused, and little for it', () => {
    const trace = steady(4);
    const result = run({ pauses: [[HOUR, 3 * HOUR]] }, trace);
    expect(result.waits.max).to.be.within(2 * HOUR, 2 * HOUR + 600);
    const calm = run({}, trace);
    const official = simulate(
      trace,
      { ...MODEL, troubles: { pauses: [[HOUR, 3 * HOUR]] } },
      officialPolicy({ agentsPerInstance: 1 }),
    );
    expect(result.cost).to.be.below(official.cost / 2);
    expect(result.cost).to.be.below(2 * calm.cost);
  });

  it('has the scaler see nothing in an outage', () => {
    const trace = traceOf([[HOUR + 5, 60]]);
    const { waits, launches } = run({ outages: [[HOUR, 2 * HOUR]] }, trace);
    expect(waits.max).to.be.closeTo(HOUR - 5 + 92, 11);
    expect(launches).to.equal(1);
  });

  it('shows the scaler idle agents of others, which delay a job by forty seconds', () => {
    expect(run({ foreignAgents: 4 }).waits.max).to.be.within(92 + 40, 92 + 60);
  });
});
