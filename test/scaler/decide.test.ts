import { expect } from 'chai';
import fc from 'fast-check';
import {
  decide,
  type Memory,
  NOTHING_REMEMBERED,
  type Observation,
  type ScalingSettings,
} from '../../src/scaler/decide.ts';
import { PLAIN_SCALING } from '../support/scaling.ts';

interface Facts {
  scheduled?: number;
  running?: number;
  waiting?: number;
  idle?: number;
  busy?: number;
  total?: number;
  min?: number;
  max?: number;
  desired?: number;
  pending?: number;
  inService?: number;
  terminating?: number;
  paused?: boolean;
  held?: number;
  expected?: number;
  now?: number;
}

function seen(facts: Facts): Observation {
  const {
    scheduled = 0,
    running = 0,
    waiting = 0,
    idle = 0,
    busy = 0,
    total = idle + busy,
    now = 1_000_000,
  } = facts;
  const {
    min = 0,
    max = 100,
    pending = 0,
    inService = 0,
    desired = pending + inService,
    terminating = 0,
  } = facts;
  const { paused = false, held = min, expected = 0 } = facts;
  return {
    jobs: { scheduled, running, waiting },
    agents: { idle, busy, total },
    group: { min, max, desired, pending, inService, terminating, paused, held },
    now,
    expected,
  };
}

const after = (facts: Facts, settings: Partial<ScalingSettings> = {}, memory: Memory = NOTHING_REMEMBERED) =>
  decide(seen(facts), { ...PLAIN_SCALING, ...settings }, memory);

describe('the decision about the size', () => {
  it('brings up what waiting jobs need, and no more than is allowed', () => {
    expect(after({ scheduled: 75 }).desired).to.equal(75);
    expect(after({ scheduled: 75 }, { agentsPerInstance: 4 }).desired).to.equal(19);
    expect(after({ scheduled: 75, max: 10 }).desired).to.equal(10);
    expect(after({ scheduled: 75, max: 10, desired: 10, pending: 10 }).reason).to.contain('at its most, 10');
  });

  it('counts what is on its way, launched or not', () => {
    expect(after({ scheduled: 10, desired: 10 }).desired).to.equal(10);
    expect(after({ scheduled: 10, desired: 10, pending: 10 }).desired).to.equal(10);
    expect(after({ scheduled: 12, desired: 10, pending: 10 }).desired).to.equal(12);
    expect(after({ scheduled: 3, idle: 2, inService: 2 }).desired).to.equal(3);
  });

  it('does not count agents that finish their last job, nor their jobs', () => {
    // Two instances end with their jobs; the three that wait need three of their own.
    expect(after({ scheduled: 3, running: 2, busy: 2, terminating: 2, desired: 0 }).desired).to.equal(3);
  });

  it('waits for agents of instances in service, but not forever', () => {
    const facts = { scheduled: 2, inService: 2, total: 0 };
    const first = after({ ...facts, now: 0 });
    expect(first.desired).to.equal(2);
    const later = after({ ...facts, now: 301_000 }, {}, first.memory);
    expect(later.desired).to.equal(4);
    expect(later.missingAgents).to.equal(2);
  });

  it('keeps a buffer, counts waiting jobs, and multiplies growth, where it is asked to', () => {
    expect(after({}, { instanceBuffer: 2 }).desired).to.equal(2);
    expect(after({ idle: 8, inService: 2 }, { instanceBuffer: 2, agentsPerInstance: 4 }).desired).to.equal(2);
    expect(after({ waiting: 5 }).desired).to.equal(0);
    expect(after({ waiting: 5 }, { scaleOutForWaitingJobs: true }).desired).to.equal(5);
    expect(after({ scheduled: 10 }, { scaleOutFactor: 0.5 }).desired).to.equal(5);
    expect(after({ scheduled: 10 }, { scaleOutFactor: 1.5 }).desired).to.equal(15);
  });

  it('leaves a paused group alone', () => {
    expect(after({ scheduled: 10, paused: true })).to.include({ desired: 0 });
    expect(after({ scheduled: 10, paused: true }).reason).to.contain('paused');
  });

  it('keeps to cooldowns', () => {
    const grown = after({ scheduled: 1, now: 0 }, { scaleOutCooldownSeconds: 300 });
    expect(grown.desired).to.equal(1);
    const soon = after(
      { scheduled: 5, desired: 1, now: 60_000 },
      { scaleOutCooldownSeconds: 300 },
      grown.memory,
    );
    expect(soon).to.include({ desired: 1 });
    expect(soon.reason).to.contain('240 s more');
    const later = after(
      { scheduled: 5, desired: 1, now: 300_000 },
      { scaleOutCooldownSeconds: 300 },
      grown.memory,
    );
    expect(later.desired).to.equal(5);
  });

  it('shrinks only where it is asked to, by what is idle', () => {
    const facts = { idle: 5, busy: 2, inService: 7 };
    expect(after(facts).desired).to.equal(7);
    expect(after(facts, { disableScaleIn: false }).desired).to.equal(2);
    expect(after({ ...facts, min: 4 }, { disableScaleIn: false }).desired).to.equal(4);
    expect(after(facts, { disableScaleIn: false, instanceBuffer: 1 }).desired).to.equal(3);
    expect(after({ ...facts, pending: 1 }, { disableScaleIn: false }).desired, 'more is coming').to.equal(8);
  });

  it('grows from the instances that there are, where protection keeps more of them than is wanted', () => {
    const facts = { scheduled: 2, busy: 4, inService: 4, desired: 1 };
    expect(after(facts, { disableScaleIn: false }).desired).to.equal(6);
  });

  it('does not grow for jobs that idle agents leave lying, but tries one of them from time to time', () => {
    let memory = NOTHING_REMEMBERED;
    const look = (facts: Facts) => {
      const decision = after(facts, {}, memory);
      memory = decision.memory;
      return decision;
    };
    for (let now = 0; now <= 60_000; now += 10_000) look({ scheduled: 10, idle: 10, inService: 10, now });
    // The idle instances have ended meanwhile.
    expect(look({ scheduled: 10, now: 70_000 })).to.include({ desired: 0, stuckJobs: 10 });
    expect(look({ scheduled: 13, now: 80_000 }).desired, 'others are grown for').to.equal(3);
    expect(look({ scheduled: 10, now: 700_000 }).desired, 'a trial').to.equal(1);
    expect(
      look({ scheduled: 9, desired: 1, inService: 1, busy: 1, now: 710_000 }).desired,
      'they run',
    ).to.equal(10);
  });

  it('has as many as are expected to be of use, and holds them there', () => {
    expect(after({ expected: 5 })).to.include({ desired: 5, least: 5 });
    expect(after({ expected: 5 }).reason).to.contain('expected');
    expect(
      after({ expected: 5, scheduled: 2, running: 2, busy: 2, inService: 2 }).desired,
      'jobs are among them',
    ).to.equal(5);
    expect(after({ expected: 5, scheduled: 9 }), 'jobs that are there count').to.include({
      desired: 9,
      least: 5,
    });
    expect(after({ expected: 500, min: 1 }), 'no more than is allowed').to.include({
      desired: 100,
      least: 100,
    });
    expect(after({ min: 2, desired: 2, held: 5 }), 'nothing is expected any more').to.include({
      desired: 2,
      least: 2,
    });
    expect(after({ expected: 5, held: 3, desired: 3, paused: true }), 'a paused group').to.include({
      ...{ desired: 3, least: 3 },
    });
    expect(
      after({ expected: 5, idle: 8, inService: 8 }, { disableScaleIn: false }),
      'the scaler does not make it smaller than that either',
    ).to.include({ desired: 5, least: 5 });
  });

  const count = fc.integer({ min: 0, max: 500 });
  const settings = fc.record({
    agentsPerInstance: fc.integer({ min: 1, max: 20 }),
    instanceBuffer: fc.integer({ min: 0, max: 10 }),
    scaleOutFactor: fc.constantFrom(0.5, 1, 1.5, 2),
    scaleOutForWaitingJobs: fc.boolean(),
    disableScaleIn: fc.boolean(),
    scaleOutCooldownSeconds: fc.constantFrom(0, 300),
    scaleInCooldownSeconds: fc.constantFrom(0, 300),
  });
  const facts = fc
    .record({
      ...{ scheduled: count, running: count, waiting: count, idle: count, busy: count },
      ...{ expected: count },
      ...{ min: fc.integer({ min: 0, max: 20 }), span: count, at: fc.float({ min: 0, max: 1, noNaN: true }) },
      ...{
        inServiceShare: fc.float({ min: 0, max: 1, noNaN: true }),
        terminating: count,
        paused: fc.boolean(),
      },
    })
    .map(({ min, span, at, inServiceShare, ...rest }) => {
      const desired = min + Math.floor(span * at);
      const inService = Math.floor(desired * inServiceShare);
      return { ...rest, min, max: min + span, desired, inService, pending: desired - inService };
    });

  it('is never above the most or below the least', () => {
    fc.assert(
      fc.property(facts, settings, (given, chosen) => {
        const { desired, least } = decide(seen(given), chosen, NOTHING_REMEMBERED);
        expect(desired).to.be.within(given.min, given.max);
        expect(least).to.be.within(given.min, desired);
      }),
    );
  });

  it('counts nothing twice: the same observation, with what was decided on its way, changes nothing', () => {
    fc.assert(
      fc.property(facts, settings, (given, chosen) => {
        const first = decide(seen(given), { ...chosen, scaleOutFactor: 1 }, NOTHING_REMEMBERED);
        if (first.desired < given.desired) return;
        const next = { ...given, desired: first.desired, pending: first.desired - given.inService };
        const second = decide(
          seen(next),
          { ...chosen, scaleOutFactor: 1, scaleOutCooldownSeconds: 0 },
          first.memory,
        );
        expect(second.desired).to.equal(first.desired);
      }),
    );
  });

  it('asks for no less when more jobs wait', () => {
    fc.assert(
      fc.property(facts, settings, count, (given, chosen, more) => {
        const less = decide(seen(given), chosen, NOTHING_REMEMBERED);
        const most = decide(
          seen({ ...given, scheduled: given.scheduled + more }),
          chosen,
          NOTHING_REMEMBERED,
        );
        expect(most.desired).to.be.at.least(less.desired);
      }),
    );
  });

  it('asks for no less when more instances are expected', () => {
    fc.assert(
      fc.property(facts, settings, count, (given, chosen, more) => {
        const less = decide(seen(given), chosen, NOTHING_REMEMBERED);
        const expected = given.expected + more;
        const most = decide(seen({ ...given, expected }), chosen, NOTHING_REMEMBERED);
        expect(most.desired).to.be.at.least(less.desired);
        expect(most.desired - less.desired, 'and no more than these').to.be.at.most(more);
      }),
    );
  });

  it('comes to rest under constant demand', () => {
    fc.assert(
      fc.property(facts, settings, (given, chosen) => {
        let memory = NOTHING_REMEMBERED;
        let { desired } = given;
        const sizes: number[] = [];
        for (let look = 0; look < 40; look++) {
          // What was asked for is there at the next look, with its agents busy on what waited.
          const total = desired * chosen.agentsPerInstance;
          const busy = Math.min(total, given.scheduled + given.busy);
          const scheduled = Math.max(0, given.scheduled + given.busy - total);
          const observation = seen({
            ...{
              min: given.min,
              max: given.max,
              expected: given.expected,
              desired,
              inService: desired,
              scheduled,
              busy,
              idle: total - busy,
            },
            now: look * 10_000,
          });
          const decision = decide(
            observation,
            { ...chosen, scaleOutCooldownSeconds: 0, scaleInCooldownSeconds: 0 },
            memory,
          );
          ({ memory, desired } = decision);
          sizes.push(desired);
        }
        expect(new Set(sizes.slice(-20)).size, sizes.join()).to.equal(1);
      }),
    );
  });
});
