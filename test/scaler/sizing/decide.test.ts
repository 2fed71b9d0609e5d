import { expect } from 'chai';
import fc from 'fast-check';
import { type Observation, type ScalingSettings } from '../../../src/scaler/sizing/observation.ts';
import { decide, type Memory, NOTHING_REMEMBERED } from '../../../src/scaler/sizing/decide.ts';
import { PLAIN_SCALING } from '../../support/scaling.ts';

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

/** Looks every ten seconds while nothing changes. */
function looks(facts: Facts, seconds: number, from = 0, memory: Memory = NOTHING_REMEMBERED) {
  let decision = after({ ...facts, now: from }, {}, memory);
  for (let now = from + 10_000; now <= from + seconds * 1000; now += 10_000) {
    decision = after({ ...facts, now }, {}, decision.memory);
  }
  return decision;
}

describe('the decision about the size', () => {
  it('brings up what waiting jobs need, and no more than is allowed', () => {
    expect(after({ scheduled: 75 }).desired).to.equal(75);
    expect(after({ scheduled: 75 }, { agentsPerInstance: 4 }).desired).to.equal(19);
    expect(after({ scheduled: 75, max: 10 }).desired).to.equal(10);
    expect(after({ scheduled: 75, max: 10, desired: 10, pending: 10 }).reason).to.equal(
      '75 jobs need an agent; 0 agents idle, 10 starting: the group is at its maximum, 10',
    );
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
    expect(looks(facts, 290).desired).to.equal(2);
    const later = looks(facts, 300);
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

  it('says in numbers that agree with their nouns what it grows for', () => {
    const reason = (facts: Facts, settings: Partial<ScalingSettings> = {}) => after(facts, settings).reason;
    expect(reason({ scheduled: 1 })).to.equal('1 job needs an agent; 0 agents idle, 0 starting');
    expect(reason({ scheduled: 3, idle: 1, inService: 2, desired: 3, busy: 1 })).to.equal(
      '3 jobs need an agent; 1 agent idle, 1 starting',
    );
    expect(reason({}, { instanceBuffer: 2 })).to.equal('InstanceBuffer is 2; 0 agents idle, 0 starting');
    expect(reason({ scheduled: 1, idle: 1, inService: 1 }, { instanceBuffer: 1 })).to.equal(
      '1 job needs an agent, InstanceBuffer is 1; 1 agent idle, 0 starting',
    );
    expect(reason({ idle: 1, inService: 1 }, { disableScaleIn: false })).to.equal('1 instance idle');
    expect(reason({ expected: 1 })).to.equal('1 instance expected to be of use soon');
  });

  it('grows for all jobs that idle agents of others have left waiting for forty seconds', () => {
    const facts = { scheduled: 3, idle: 4 };
    expect(looks(facts, 30)).to.include({ desired: 0 });
    const grown = looks(facts, 40);
    expect(grown.desired).to.equal(3);
    expect(grown.reason).to.equal("3 jobs waiting though 4 agents idle: they aren't this group's");
    expect(grown.memory.stuck).to.eql({
      jobs: 3,
      retryAt: 160_000,
      pauseMs: 240_000,
      starting: 3,
      nothingStarts: false,
    });
  });

  it('tries with one instance what its own idle agents have left waiting for forty seconds', () => {
    const facts = { scheduled: 10, idle: 10, inService: 10 };
    expect(looks(facts, 30)).to.include({ desired: 10 });
    const tried = looks(facts, 40);
    expect(tried.desired).to.equal(11);
    expect(tried.reason).to.equal('10 jobs waiting though 10 agents idle: another attempt');
    expect(tried.memory.stuck).to.eql({
      jobs: 10,
      retryAt: 160_000,
      pauseMs: 240_000,
      starting: 1,
      nothingStarts: true,
    });
  });

  it('grows no more for stuck jobs before the next attempt, whether or not agents are idle', () => {
    const { memory } = looks({ scheduled: 10, idle: 10, inService: 10 }, 40);
    const before = looks({ scheduled: 10, idle: 11, inService: 11 }, 100, 50_000, memory);
    expect(before).to.include({ desired: 11 });
    expect(before.reason).to.equal('10 jobs that no agent takes; next attempt at 1970-01-01T00:02:40.000Z');
    // The idle instances have ended meanwhile.
    expect(after({ scheduled: 10, now: 150_000 }, {}, before.memory).desired).to.equal(0);
    const more = (running: number) =>
      after({ scheduled: 13, running, busy: running, inService: running, now: 150_000 }, {}, before.memory);
    expect(more(0).desired, 'nothing starts').to.equal(0);
    expect(more(1).desired, 'others count once one has started').to.equal(4);
    const again = after({ scheduled: 10, idle: 11, inService: 11, now: 160_000 }, {}, before.memory);
    expect(again.desired).to.equal(12);
    expect(again.memory.stuck).to.include({ retryAt: 400_000, pauseMs: 330_000 });
  });

  it('forgets stuck jobs once one of them has started, and not when one is canceled', () => {
    const { memory } = looks({ scheduled: 10, idle: 10, inService: 10 }, 40);
    const facts = { scheduled: 9, inService: 1, now: 150_000 };
    expect(after({ ...facts, running: 1, busy: 1 }, {}, memory).desired).to.equal(10);
    const canceled = after({ ...facts, idle: 1 }, {}, memory);
    expect(canceled).to.include({ desired: 1 });
    expect(canceled.memory.stuck).to.include({ jobs: 9, retryAt: 160_000 });
    expect(after({ scheduled: 0, now: 150_000 }, {}, memory).memory.stuck).to.equal(undefined);
  });

  it('counts neither an attempt that its limits or a pause prevent, nor one that was not made', () => {
    const facts = { scheduled: 3, idle: 4, max: 2, desired: 2, inService: 2, busy: 2 };
    const { memory } = looks(facts, 60);
    expect(memory.stuck).to.equal(undefined);
    expect(after({ ...facts, max: 9, now: 70_000 }, {}, memory).desired, 'once there is room').to.equal(5);
    const own = { scheduled: 3, idle: 2, max: 2, inService: 2 };
    const full = looks(own, 60);
    expect(full).to.include({ desired: 2 });
    expect(full.memory.stuck).to.include({ jobs: 2, pauseMs: 120_000 });
    expect(after({ ...own, max: 9, now: 70_000 }, {}, full.memory).desired).to.be.greaterThan(2);
    expect(looks({ scheduled: 3, idle: 4, paused: true }, 60).memory.stuck).to.equal(undefined);
  });

  it('looks anew at jobs that were taken in between', () => {
    const facts = { scheduled: 1, idle: 4 };
    const { memory } = looks(facts, 30);
    const taken = after({ scheduled: 0, idle: 3, busy: 1, now: 40_000 }, {}, memory);
    expect(after({ ...facts, now: 50_000 }, {}, taken.memory).desired).to.equal(0);
    expect(looks(facts, 30, 60_000, taken.memory).desired).to.equal(0);
    const none = after({ scheduled: 1, busy: 4, inService: 4, now: 40_000 }, {}, memory);
    expect(none.desired, 'no agent idle: it counts as ever').to.equal(5);
  });

  it('keeps what it has launched for jobs of a moment ago apart from what tries the stuck ones', () => {
    const { memory } = looks({ scheduled: 3, idle: 4 }, 40);
    const facts = { scheduled: 6, idle: 4, desired: 3, now: 50_000 };
    const more = after(facts, {}, memory);
    expect(more.desired, '3 of them are on their way').to.equal(3);
    expect(after({ ...facts, idle: 0 }, {}, memory).desired, 'those 3 are for others').to.equal(6);
  });

  /** Looks ten seconds apart, at one after the other. */
  const sequence = (facts: readonly Facts[], memory: Memory = NOTHING_REMEMBERED, from = 0) => {
    let decision = after({ ...facts[0], now: from }, {}, memory);
    for (const [index, each] of facts.entries()) {
      if (index > 0) decision = after({ ...each, now: from + index * 10_000 }, {}, decision.memory);
    }
    return decision;
  };

  it('grows only for as many as have waited all the time', () => {
    const facts = [5, 1, 5, 4, 5, 4, 5, 4, 5, 4].map((scheduled) => ({ scheduled, idle: 10 }));
    expect(sequence(facts).desired, 'they come and go').to.equal(0);
    expect(sequence([...facts, { scheduled: 5, idle: 10 }]).desired, 'for a hundred seconds').to.equal(1);
  });

  it('takes jobs for stuck only where its own agents were idle all the time', () => {
    const before = { scheduled: 3, idle: 4, inService: 0, desired: 2, pending: 2 };
    const up = { scheduled: 3, idle: 6, inService: 2 };
    const decision = sequence([before, before, before, before, up]);
    expect(decision.desired, 'two of them have just got an agent').to.equal(3);
    expect(decision.memory.stuck).to.include({ jobs: 1 });
  });

  it('takes nothing for stuck while its own agents start jobs all the time', () => {
    const facts = (second: number) => ({
      ...{ scheduled: 5 - (second % 2), running: 8, busy: 8, idle: 2, inService: 10 },
    });
    const busy = sequence(Array.from({ length: 30 }, (_, second) => facts(second)));
    expect(busy.memory.stuck).to.equal(undefined);
    const more = Array.from({ length: 30 }, (_, second) => ({
      ...facts(0),
      busy: 8 + (second % 2),
      idle: 2 - (second % 2),
      running: 8 + (second % 2),
    }));
    expect(sequence(more).memory.stuck).to.equal(undefined);
  });

  it('does not put off the next attempt because of jobs that are tried for the first time', () => {
    const { memory } = looks({ scheduled: 3, idle: 4 }, 40);
    const decision = looks({ scheduled: 4, idle: 4, desired: 3 }, 40, 50_000, memory);
    expect(decision.desired).to.equal(4);
    expect(decision.memory.stuck).to.eql({
      jobs: 4,
      retryAt: 160_000,
      pauseMs: 240_000,
      starting: 4,
      nothingStarts: false,
    });
  });

  it('adds jobs that its own agents leave waiting later to those that are stuck', () => {
    const { memory } = looks({ scheduled: 5, idle: 5, inService: 5 }, 40);
    const started = after(
      { scheduled: 8, running: 1, idle: 8, busy: 1, inService: 9, now: 50_000 },
      {},
      memory,
    );
    const decision = looks({ scheduled: 8, idle: 8, inService: 8 }, 50, 60_000, started.memory);
    expect(decision).to.include({ desired: 8 });
    expect(decision.memory.stuck).to.eql({
      jobs: 8,
      retryAt: 160_000,
      pauseMs: 240_000,
      starting: 0,
      nothingStarts: true,
    });
  });

  it('has the buffer filled by its own agents, and jobs by any', () => {
    const buffer = { instanceBuffer: 2 };
    expect(after({ idle: 4 }, buffer).desired).to.equal(2);
    expect(after({ idle: 6, inService: 2 }, buffer).desired).to.equal(2);
    expect(after({ scheduled: 4, idle: 4 }, buffer).desired).to.equal(2);
    expect(after({ scheduled: 5, idle: 4 }, buffer).desired).to.equal(3);
  });

  it('does not count idle agents of others as spare instances', () => {
    const alone = { disableScaleIn: false };
    expect(after({ busy: 5, idle: 4, inService: 5 }, alone).desired).to.equal(5);
    expect(after({ busy: 4, idle: 5, inService: 5 }, alone).desired).to.equal(4);
    expect(after({ scheduled: 3, idle: 5, inService: 5 }, alone).desired, 'jobs that wait').to.equal(3);
  });

  it('makes no attempt at its maximum, and ends idle instances there as elsewhere', () => {
    const stuck = { jobs: 1, retryAt: 1_000_000, pauseMs: 330_000, starting: 0, nothingStarts: false };
    const full = { scheduled: 1, idle: 10, inService: 10, max: 10 };
    const memory = { ...NOTHING_REMEMBERED, stuck };
    const kept = after(full, {}, memory);
    expect(kept).to.include({ desired: 10 });
    expect(kept.reason).to.equal('1 job that no agent takes; the group is at its maximum, 10');
    expect(kept.memory.stuck).to.eql(stuck);
    expect(after(full, { disableScaleIn: false }, memory)).to.include({
      desired: 1,
      reason: '9 instances idle',
    });
    expect(after({ ...full, max: 11 }, { disableScaleIn: false }, memory)).to.include({ desired: 11 });
  });

  it('ends no instance that stuck jobs are tried with', () => {
    const own = { scheduled: 10, idle: 10, inService: 10 };
    const { memory } = looks(own, 40);
    expect(after({ ...own, now: 50_000 }, { disableScaleIn: false }, memory).desired).to.equal(10);
  });

  it('holds what is busy and its buffer, and lets go of it five minutes after it was busy', () => {
    const buffer = { instanceBuffer: 2 };
    expect(after({ idle: 2, inService: 2 }, buffer).forecastMinSize).to.equal(2);
    const busy = after({ busy: 3, idle: 2, inService: 5, now: 0 }, buffer);
    expect(busy.forecastMinSize).to.equal(5);
    expect(after({ busy: 3, idle: 2, inService: 5 }).forecastMinSize, 'without a buffer').to.equal(0);
    const idle = { idle: 5, inService: 5, held: 5 };
    expect(after({ ...idle, now: 290_000 }, buffer, busy.memory).forecastMinSize).to.equal(5);
    expect(after({ ...idle, now: 300_000 }, buffer, busy.memory).forecastMinSize).to.equal(2);
    expect(
      after({ busy: 5, idle: 7, inService: 3 }, { ...buffer, agentsPerInstance: 4 }).forecastMinSize,
    ).to.equal(4);
    expect(
      after({ busy: 9, idle: 1, inService: 10, max: 10 }, buffer).forecastMinSize,
      'no more than there are',
    ).to.equal(10);
    expect(after({ busy: 3, inService: 3, terminating: 0 }, buffer), 'nothing grows for it alone').to.include(
      {
        ...{ desired: 5, forecastMinSize: 5 },
      },
    );
    const cooling = { ...NOTHING_REMEMBERED, scaledOutAt: 1_000_000 };
    expect(
      after({ busy: 3, inService: 3 }, { ...buffer, scaleOutCooldownSeconds: 300 }, cooling),
      'nor sooner',
    ).to.include({ desired: 3, forecastMinSize: 3 });
    const twice = after({ idle: 5, inService: 5, now: 10_000 }, buffer, busy.memory);
    expect(
      after({ ...idle, now: 60_000 }, buffer, twice.memory).forecastMinSize,
      'the most of a minute',
    ).to.equal(5);
    expect(
      after({ busy: 8, idle: 2, inService: 5, desired: 8 }, buffer).forecastMinSize,
      'others finish their last jobs, or are not its own',
    ).to.equal(5);
    expect(after({ busy: 3, inService: 3, paused: true, held: 1 }, buffer).forecastMinSize).to.equal(1);
    expect(
      after({ idle: 2, inService: 2, held: 2 }, { instanceBuffer: 0 }).forecastMinSize,
      'set back',
    ).to.equal(0);
  });

  it('does not go below what is held, which AWS would refuse', () => {
    const settings = { disableScaleIn: false };
    expect(after({ idle: 5, inService: 5, held: 3 }, settings)).to.include({
      desired: 3,
      forecastMinSize: 0,
    });
  });

  it('has as many as are expected to be of use, and holds them there', () => {
    expect(after({ expected: 5 })).to.include({ desired: 5, forecastMinSize: 5 });
    expect(after({ expected: 5 }).reason).to.contain('expected');
    expect(
      after({ expected: 5, scheduled: 2, running: 2, busy: 2, inService: 2 }).desired,
      'jobs are among them',
    ).to.equal(5);
    expect(after({ expected: 5, scheduled: 9 }), 'jobs that are there count').to.include({
      desired: 9,
      forecastMinSize: 5,
    });
    expect(after({ expected: 500, min: 1 }), 'no more than is allowed').to.include({
      desired: 100,
      forecastMinSize: 100,
    });
    expect(after({ min: 2, desired: 2, held: 5 }), 'nothing is expected any more').to.include({
      desired: 2,
      forecastMinSize: 2,
    });
    expect(after({ expected: 5, held: 3, desired: 3, paused: true }), 'a paused group').to.include({
      ...{ desired: 3, forecastMinSize: 3 },
    });
    expect(
      after({ expected: 5, idle: 8, inService: 8 }, { disableScaleIn: false }),
      'the scaler does not make it smaller than that either',
    ).to.include({ desired: 5, forecastMinSize: 5 });
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
    apartMostMs: fc.constant(90_000),
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
        const { desired, forecastMinSize } = decide(seen(given), chosen, NOTHING_REMEMBERED);
        expect(desired).to.be.within(given.min, given.max);
        expect(forecastMinSize).to.be.within(given.min, desired);
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
