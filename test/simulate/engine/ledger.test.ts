import { expect } from 'chai';
import { Ledger } from '../../../src/simulate/engine/ledger.ts';
import type { Model } from '../../../src/simulate/engine/model.ts';

const MODEL: Model = {
  ...{ agentsPerInstance: 2, min: 0, max: 10, idleSeconds: 60, bootSeconds: 90, bootSpread: 0 },
  ...{ apiSeconds: 2, interruptionsPerHour: 0, price: 0.1, seed: 1 },
};
const FACTS = { policy: 'any', peakInstances: 0, launches: 0, failedLaunches: 0 };
const close = (ledger: Ledger) => ledger.close(FACTS, undefined, 10_000);

describe('the ledger of a simulation', () => {
  it('bill a minute at least, but not for an instance that was there before they count', () => {
    const ledger = new Ledger(new Float64Array(), { ...MODEL, warmUpSeconds: 1000 });
    ledger.instanceEnded(2000, 'on-demand', 2010);
    expect(close(ledger).instanceHours * 3600).to.be.closeTo(60, 1e-9);
    ledger.instanceEnded(0, 'on-demand', 1010);
    expect(close(ledger).instanceHours * 3600).to.be.closeTo(70, 1e-9);
    ledger.instanceEnded(0, 'on-demand', 900);
    expect(close(ledger).instanceHours * 3600, 'one that they never saw').to.be.closeTo(70, 1e-9);
  });

  it('count waits of jobs that come later, and work after that alone', () => {
    const ledger = new Ledger(Float64Array.of(0, 1000, 1000), { ...MODEL, warmUpSeconds: 1000 });
    for (const now of [900, 1010, 1030]) ledger.jobStarted(now);
    ledger.jobFinished(150, 1050);
    ledger.instanceEnded(0, 'on-demand', 1100);
    const { jobs, waits, idleShare } = close(ledger);
    expect(jobs).to.equal(2);
    expect(waits).to.include({ p50: 30, max: 30, mean: 20 });
    // Of two agents for a hundred seconds each, fifty.
    expect(idleShare).to.be.closeTo(0.75, 1e-9);
  });

  it('keep the most of each part of the time', () => {
    const ledger = new Ledger(Float64Array.of(0), MODEL);
    ledger.note(3, 1, 0);
    ledger.note(1, 2, 30);
    ledger.note(5, 4, 99_999);
    const { secondsEach, waitingJobs, instances } = close(ledger).overTime;
    expect(secondsEach).to.equal(60);
    expect([waitingJobs[0], instances[0]]).to.eql([3, 2]);
    expect([waitingJobs.at(-1), instances.at(-1)], 'what comes after it').to.eql([5, 4]);
  });
});
