import { expect } from 'chai';
import type { Model } from '../../../src/simulate/engine/model.ts';
import { type Policy, simulate } from '../../../src/simulate/engine/simulate.ts';
import { traceOf } from '../../../src/simulate/engine/trace.ts';
import type { Observation } from '../../../src/scaler/sizing/observation.ts';

/** Boots take exactly 90 seconds, and 2 until the request for one has its effect. */
const MODEL: Model = {
  ...{ agentsPerInstance: 1, min: 0, max: 10, idleSeconds: 60, bootSeconds: 90, bootSpread: 0 },
  ...{ apiSeconds: 2, interruptionsPerHour: 0, price: 3.6, seed: 1 },
};
type Seen = Observation & { readonly at: number };

/** Sizes the group as jobs ask for it, and keeps what it saw. */
function policy(
  parts: Partial<Policy> = {},
  desired = ({ jobs, group }: Observation) => Math.max(group.desired, jobs.scheduled + jobs.running),
): Policy & { readonly seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    ...{ name: 'test', pollSeconds: 10, seen },
    desired(observation) {
      seen.push({ ...observation, at: observation.now / 1000 });
      return desired(observation);
    },
    ...parts,
  };
}
const run = (jobs: Parameters<typeof traceOf>[0], model: Partial<Model> = {}, given: Policy = policy()) =>
  simulate(traceOf(jobs), { ...MODEL, ...model }, given);

describe('a simulation', () => {
  it('has a job wait for the look that sees it, the request and the boot', () => {
    const result = run([[3, 100]]);
    // It looks every ten seconds from the one at which something may have come.
    expect(result.waits).to.include({ p50: 10 + 92 - 3, max: 99 });
    expect(result).to.include({ policy: 'test', jobs: 1, launches: 1, peakInstances: 1, lostJobs: 0 });
  });

  it('pays for an instance from its launch to its end, after its idle time', () => {
    const { cost, instanceHours, idleShare } = run([[0, 100]]);
    // Looks at 0 before or after the job: 92 s of boot, 100 s of work, 60 s idle.
    const seconds = instanceHours * 3600;
    expect(seconds).to.be.closeTo(252, 1e-6);
    expect(cost).to.be.closeTo(seconds * 0.001, 1e-9);
    expect(idleShare).to.be.closeTo(1 - 100 / 252, 1e-9);
  });

  it('gives a second job to an instance that is still there', () => {
    const result = run([
      [0, 100],
      [250, 10],
    ]);
    expect(result.launches).to.equal(1);
    expect(result.waits.max).to.equal(92);
    expect(
      run([
        [0, 100],
        [253, 10],
      ]).launches,
      'a second after its end',
    ).to.equal(2);
  });

  it('runs as many jobs at once as an instance has agents', () => {
    const jobs = Array.from({ length: 4 }, (): [number, number] => [0, 50]);
    const all = run(
      jobs,
      { agentsPerInstance: 4 },
      policy({}, ({ group }) => Math.max(1, group.desired)),
    );
    expect(all).to.include({ launches: 1 });
    expect(all.waits.max).to.equal(92);
    const two = run(
      jobs,
      { agentsPerInstance: 2 },
      policy({}, ({ group }) => Math.max(1, group.desired)),
    );
    expect(two.waits.max).to.equal(142);
  });

  it('shows the scaler what there is', () => {
    const given = policy();
    run([[0, 100]], {}, given);
    const facts = (at: number) => given.seen.find((each) => each.at === at)!;
    expect(facts(0).jobs).to.eql({ scheduled: 1, running: 0, waiting: 0 });
    expect(facts(10).group).to.eql({
      ...{
        min: 0,
        max: 10,
        desired: 1,
        pending: 1,
        overdue: 0,
        inService: 0,
        terminating: 0,
        paused: false,
        held: 0,
      },
    });
    expect(facts(100)).to.deep.include({
      agents: { idle: 0, busy: 1, total: 1 },
      jobs: { scheduled: 0, running: 1, waiting: 0 },
    });
  });

  it('never has more instances than the maximum, nor fewer than the minimum', () => {
    const jobs = Array.from({ length: 5 }, (): [number, number] => [0, 50]);
    expect(run(jobs, { max: 2 })).to.include({ peakInstances: 2, launches: 2 });
    const kept = policy();
    run([[1000, 10]], { min: 1 }, kept);
    expect(
      kept.seen.filter(({ at }) => at > 100 && at < 1000).every(({ group }) => group.inService === 1),
    ).to.equal(true);
  });

  it('keeps idle instances that are held', () => {
    const held = policy({ forecastMinSize: 1 });
    run(
      [
        [0, 10],
        [1000, 10],
      ],
      {},
      held,
    );
    expect(held.seen.find(({ at }) => at === 900)?.group).to.include({ inService: 1, held: 1 });
    const ended = policy();
    expect(
      run(
        [
          [0, 10],
          [1000, 10],
        ],
        {},
        ended,
      ).launches,
    ).to.equal(2);
  });

  it('ends the oldest where it may when the group is to be smaller, after their jobs', () => {
    const less = (model: Partial<Model>) =>
      run(
        [
          [0, 500],
          [0, 500],
        ],
        { idleSeconds: 10_000, ...model },
        policy({}, ({ now }) => (now < 200_000 ? 2 : 0)),
      );
    expect(less({ endsOldest: true }).instanceHours * 3600).to.be.closeTo(2 * 592, 1e-6);
    expect(less({ endsOldest: false }).instanceHours * 3600).to.be.greaterThan(5000);
  });

  it('loses the jobs that run on two minutes after EC2 takes their instance back', () => {
    const jobs = Array.from({ length: 40 }, (): [number, number] => [0, 3000]);
    const result = run(jobs, { max: 40, interruptionsPerHour: 2 });
    expect(result.lostJobs).to.be.within(1, 40);
    expect(result.launches).to.be.greaterThan(40);
    expect(run(jobs, { max: 40 }).lostJobs).to.equal(0);
    const short = Array.from({ length: 40 }, (): [number, number] => [0, 100]);
    expect(
      run(short, { max: 40, interruptionsPerHour: 2, idleSeconds: 1000 }).lostJobs,
      'done in time',
    ).to.equal(0);
  });

  it('starts instances of the warm pool before it boots others', () => {
    const warm = { size: 1, startSeconds: 45, volumePrice: 0.01 };
    const result = run(
      [
        [0, 100],
        [0, 100],
      ],
      { warm },
    );
    expect(result.waits).to.include({ max: 92 });
    expect(result.waits.mean).to.equal((47 + 92) / 2);
    expect(result.warm).to.include({ size: 1, starts: 1 });
    expect(result.warm!.boots).to.be.closeTo(0.09, 1e-9);
    expect(run([[0, 10]], { warm: { ...warm, size: 0 } }).warm).to.equal(undefined);
  });

  it('waits for spot capacity, and counts the launches that failed', () => {
    const spot = {
      ...{ onDemandPercentage: 0, spotFallbackMinutes: 0, interruptionsPerHour: 0 },
      ...{ prices: { 'on-demand': 3.6, spot: 1.8 }, shortages: [[0, 100]] as const },
    };
    const result = run([[0, 10]], { spot });
    // Tries at 0, 30 and 90 fail; the next is at 210.
    expect(result).to.include({ failedLaunches: 3, launches: 1 });
    expect(result.waits.max).to.equal(210 + 92);
    expect(result.cost).to.be.closeTo(result.instanceHours * 1.8, 1e-9);
  });

  it('looks at nothing while nothing is there, until a job comes or the policy wakes', () => {
    const given = policy();
    run(
      [
        [0, 10],
        [10_003, 10],
      ],
      {},
      given,
    );
    const late = given.seen.map(({ at }) => at).filter((at) => at > 300 && at < 10_200);
    expect(late[0]).to.equal(10_010);
    const awake = policy({ sleepsUntil: (now) => now + 1000 });
    run(
      [
        [0, 10],
        [10_003, 10],
      ],
      {},
      awake,
    );
    expect(awake.seen.filter(({ at }) => at > 300 && at < 10_000).length).to.be.within(8, 10);
  });
});
