import { expect } from 'chai';
import type { Observation } from '../../src/scaler/sizing/observation.ts';
import { simulate } from '../../src/simulate/engine/simulate.ts';
import { traceOf } from '../../src/simulate/engine/trace.ts';
import { type OfficialSettings, officialPolicy, trackingPolicy } from '../../src/simulate/rivals.ts';

interface Facts {
  readonly scheduled?: number;
  readonly running?: number;
  /** Agents that are there; as many as the instances in service should have where it is left out. */
  readonly total?: number;
  readonly desired?: number;
  readonly pending?: number;
  readonly inService?: number;
  readonly min?: number;
  readonly max?: number;
  /** Seconds. */
  readonly now?: number;
}

function seen(facts: Facts, agentsPerInstance = 1): Observation {
  const { scheduled = 0, running = 0, inService = 0, pending = 0, min = 0, max = 100, now = 1000 } = facts;
  const { desired = inService + pending, total = inService * agentsPerInstance } = facts;
  return {
    jobs: { scheduled, running, waiting: 0 },
    agents: { idle: total - running, busy: running, total },
    group: { min, max, desired, pending, inService, terminating: 0, paused: false },
    now: now * 1000,
  };
}

/** By reading scaler.go and scaling_calculator.go at 004dd0d: what they come to in each situation. */
const RECORDED: readonly (readonly [string, Facts, Partial<OfficialSettings>, number])[] = [
  ['nothing to do', {}, {}, 0],
  ['jobs that are scheduled and running', { scheduled: 3, running: 2, inService: 2 }, {}, 5],
  ['several agents an instance, rounded up', { scheduled: 9 }, { agentsPerInstance: 4 }, 3],
  ['never above MaxSize', { scheduled: 9, max: 4 }, {}, 4],
  ['as many as MinSize', { min: 2 }, {}, 2],
  ['keeps what is too much', { running: 1, inService: 5 }, {}, 5],
  ['compares with the desired size where none is in service', { scheduled: 3, desired: 5 }, {}, 5],
  [
    'compares with the instances in service elsewhere, and asks for fewer than are pending',
    { scheduled: 3, desired: 9, inService: 1, pending: 8 },
    {},
    3,
  ],
  ['a buffer beside jobs', { scheduled: 5 }, { instanceBuffer: 2 }, 7],
  ['no larger a buffer than what jobs need', { scheduled: 1 }, { instanceBuffer: 2 }, 2],
  ['no buffer without jobs', {}, { instanceBuffer: 2 }, 0],
  ['missing agents change nothing', { running: 4, inService: 10, total: 4 }, {}, 10],
  [
    'fewer than half of the agents: one more',
    { running: 4, inService: 10, total: 4 },
    { elasticCiMode: true },
    11,
  ],
  ['half of them', { running: 5, inService: 10, total: 5 }, { elasticCiMode: true }, 5],
  ['no job, no boost', { inService: 10, total: 4 }, { elasticCiMode: true }, 0],
  ['shrinks in Elastic CI mode', { running: 3, inService: 5 }, { elasticCiMode: true }, 3],
  [
    'but not while instances are pending',
    { running: 3, inService: 5, pending: 1 },
    { elasticCiMode: true },
    6,
  ],
];

describe('the model of the official scaler', () => {
  for (const [situation, facts, settings, desired] of RECORDED) {
    it(`decides on ${desired}: ${situation}`, () => {
      const { agentsPerInstance = 1 } = settings;
      const policy = officialPolicy({ agentsPerInstance, ...settings });
      expect(policy.desired(seen(facts, agentsPerInstance))).to.equal(desired);
    });
  }

  it('waits for its cooldowns, of growth and of shrinking', () => {
    const policy = officialPolicy({ agentsPerInstance: 1, elasticCiMode: true, scaleInCooldownSeconds: 60 });
    const size = (facts: Facts) => policy.desired(seen(facts));
    expect(size({ scheduled: 1, now: 0 })).to.equal(1);
    expect(size({ scheduled: 5, desired: 1, now: 299 })).to.equal(1);
    expect(size({ scheduled: 5, desired: 1, now: 300 })).to.equal(5);
    expect(size({ inService: 5, now: 301 })).to.equal(0);
    expect(size({ inService: 5, now: 360 })).to.equal(5);
    expect(size({ inService: 5, now: 361 })).to.equal(0);
    expect(
      officialPolicy({ agentsPerInstance: 1, cooldownSeconds: 0 }).desired(seen({ scheduled: 1 })),
    ).to.equal(1);
  });

  it('replaces an instance that is idle at the minimum', () => {
    const model = {
      ...{ agentsPerInstance: 1, min: 1, max: 5, idleSeconds: 600, bootSeconds: 90, bootSpread: 0 },
      ...{ apiSeconds: 2, interruptionsPerHour: 0, price: 1, seed: 1 },
    };
    const trace = traceOf([[7200, 60]]);
    const launches = (replacesIdle: boolean) =>
      simulate(trace, { ...model, replacesIdle }, officialPolicy({ agentsPerInstance: 1 })).launches;
    expect(launches(false)).to.equal(1);
    expect(launches(true)).to.be.within(10, 11);
  });
});

describe('the model of target tracking', () => {
  it('grows in proportion once three minutes were above the target', () => {
    const policy = trackingPolicy();
    const busy = seen({ running: 10, inService: 10, scheduled: 50 });
    expect([1, 2, 3, 4].map(() => policy.desired(busy))).to.eql([10, 10, 15, 10]);
    const half = seen({ running: 5, inService: 10 });
    const broken = trackingPolicy();
    expect([busy, busy, half, busy, busy, busy].map((each) => broken.desired(each))).to.eql([
      ...[10, 10, 10, 10, 10, 15],
    ]);
  });

  it('keeps one instance, as it never grows from none', () => {
    const policy = trackingPolicy();
    expect(policy.forecastMinSize).to.equal(1);
    expect([1, 2, 3, 4].map(() => policy.desired(seen({ scheduled: 50 })))).to.eql([1, 1, 1, 1]);
    expect(policy.desired(seen({ scheduled: 50, max: 0 }))).to.equal(0);
  });

  it('keeps to MaxSize, and gives nothing up', () => {
    const policy = trackingPolicy({ target: 0.5 });
    const busy = seen({ running: 10, inService: 10, max: 12 });
    expect([1, 2, 3].map(() => policy.desired(busy))).to.eql([10, 10, 12]);
    expect(policy.desired(seen({ inService: 10 }))).to.equal(10);
  });
});
