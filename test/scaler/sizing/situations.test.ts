import { expect } from 'chai';
import fc from 'fast-check';
import { type Decision, decide, type Memory, NOTHING_REMEMBERED } from '../../../src/scaler/sizing/decide.ts';
import type { GroupFacts, Observation, ScalingSettings } from '../../../src/scaler/sizing/observation.ts';
import type { StuckJobs } from '../../../src/scaler/sizing/stuck-jobs.ts';
import { PLAIN_SCALING } from '../../support/scaling.ts';

const NOW = 10_000_000;
const NEXT = new Date(NOW + 60_000).toISOString();

interface Situation {
  readonly jobs?: Partial<Observation['jobs']>;
  /** Idle and busy ones; all of them where it is left out. */
  readonly agents?: { readonly idle?: number; readonly busy?: number; readonly total?: number };
  readonly group?: Partial<GroupFacts>;
  readonly expected?: number;
  readonly settings?: Partial<ScalingSettings>;
  readonly memory?: Partial<Memory>;
}

function decided({ jobs, agents = {}, group = {}, expected, settings, memory }: Situation): Decision {
  const { idle = 0, busy = 0, total = idle + busy } = agents;
  const { inService = 0, pending = 0 } = group;
  const facts = { min: 0, max: 100, terminating: 0, paused: false, desired: inService + pending };
  return decide(
    {
      jobs: { scheduled: 0, running: 0, waiting: 0, ...jobs },
      agents: { idle, busy, total },
      group: { ...facts, ...group, inService, pending },
      now: NOW,
      ...(expected !== undefined && { expected }),
    },
    { ...PLAIN_SCALING, ...settings },
    { ...NOTHING_REMEMBERED, ...memory },
  );
}

const stuck = (parts: Partial<StuckJobs> = {}): StuckJobs => ({
  ...{ jobs: 2, retryAt: NOW + 60_000, pauseMs: 240_000, starting: 0, nothingStarts: false },
  ...parts,
});
/** Four idle instances, and what ends them. */
const IDLE: Situation = {
  agents: { idle: 4 },
  group: { inService: 4 },
  settings: { disableScaleIn: false },
};
const idle = (more: Situation): Situation => ({
  agents: { ...IDLE.agents, ...more.agents },
  group: { ...IDLE.group, ...more.group },
  settings: { ...IDLE.settings, ...more.settings },
  ...(more.jobs && { jobs: more.jobs }),
  ...(more.memory && { memory: more.memory }),
  ...(more.expected !== undefined && { expected: more.expected }),
});

/** A situation, the size that is decided on, and why. */
type Row = readonly [situation: string, Situation, desired: number, reason: string];

const GROWTH: readonly Row[] = [
  [
    'ten instances have an agent each, and new ones four',
    {
      jobs: { scheduled: 30, running: 10 },
      agents: { busy: 10 },
      group: { inService: 10, agentsInService: 10 },
      settings: { agentsPerInstance: 4 },
    },
    18,
    '30 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'ten instances have four agents each, and new ones one',
    { jobs: { scheduled: 30 }, agents: { idle: 40 }, group: { inService: 10, agentsInService: 40 } },
    10,
    'enough agents for every job',
  ],
  [
    'a replacement that boots beside a full group is no capacity of its own',
    { jobs: { scheduled: 1 }, agents: { busy: 10 }, group: { desired: 10, inService: 10, pending: 1 } },
    11,
    '1 job needs an agent; 0 agents idle, 0 starting',
  ],
  [
    'nor are ten of them',
    { jobs: { scheduled: 1 }, agents: { busy: 10 }, group: { desired: 10, inService: 10, pending: 10 } },
    11,
    '1 job needs an agent; 0 agents idle, 0 starting',
  ],
  [
    'instances that boot for longer than boots take here are not waited for',
    { jobs: { scheduled: 2 }, group: { pending: 2, overdue: 1 } },
    3,
    '2 jobs need an agent; 0 agents idle, 1 starting, 1 instance overdue',
  ],
  [
    'what was launched beside them is waited for',
    { jobs: { scheduled: 2 }, group: { pending: 3, overdue: 1 } },
    3,
    'enough agents for every job',
  ],
  [
    'replacements that are overdue take nothing from what is on its way',
    {
      jobs: { scheduled: 1 },
      agents: { busy: 1 },
      group: { desired: 2, inService: 1, pending: 2, overdue: 1 },
    },
    2,
    'enough agents for every job',
  ],
  ['a job waits', { jobs: { scheduled: 1 } }, 1, '1 job needs an agent; 0 agents idle, 0 starting'],
  [
    'agents that start take some of the jobs',
    { jobs: { scheduled: 5 }, group: { pending: 2 } },
    5,
    '5 jobs need an agent; 0 agents idle, 2 starting',
  ],
  [
    'all that jobs need is on its way',
    { jobs: { scheduled: 2 }, group: { pending: 2 } },
    2,
    'enough agents for every job',
  ],
  [
    'what is on its way has not begun to launch',
    { jobs: { scheduled: 2 }, group: { desired: 2 } },
    2,
    'enough agents for every job',
  ],
  [
    'the agents of two instances in service are missing since just now',
    { jobs: { scheduled: 2 }, group: { inService: 2 } },
    2,
    'enough agents for every job',
  ],
  [
    'they have been missing for a little less than five minutes',
    { jobs: { scheduled: 2 }, group: { inService: 2 }, memory: { missingSince: NOW - 299_999 } },
    2,
    'enough agents for every job',
  ],
  [
    'they have been missing for five minutes',
    { jobs: { scheduled: 2 }, group: { inService: 2 }, memory: { missingSince: NOW - 300_000 } },
    4,
    '2 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'waiting jobs count where they should',
    { jobs: { scheduled: 1, waiting: 2 }, settings: { scaleOutForWaitingJobs: true } },
    3,
    '3 jobs need an agent; 0 agents idle, 0 starting',
  ],
  ['waiting jobs count nowhere else', { jobs: { waiting: 2 } }, 0, 'enough agents for every job'],
  [
    'an instance has four agents',
    { jobs: { scheduled: 5 }, settings: { agentsPerInstance: 4 } },
    2,
    '5 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'the agents that start are four an instance',
    { jobs: { scheduled: 9 }, group: { pending: 1, desired: 2 }, settings: { agentsPerInstance: 4 } },
    3,
    '9 jobs need an agent; 0 agents idle, 8 starting',
  ],
  [
    'jobs wait and the buffer is missing',
    { jobs: { scheduled: 1 }, settings: { instanceBuffer: 1 } },
    2,
    '1 job needs an agent, InstanceBuffer is 1; 0 agents idle, 0 starting',
  ],
  [
    'the factor multiplies growth, not what there is',
    { jobs: { scheduled: 6 }, group: { pending: 2 }, settings: { scaleOutFactor: 1.5 } },
    8,
    '6 jobs need an agent; 0 agents idle, 2 starting',
  ],
  [
    'the buffer is of instances',
    { settings: { instanceBuffer: 2, agentsPerInstance: 4 } },
    2,
    'InstanceBuffer is 2; 0 agents idle, 0 starting',
  ],
  [
    'the maximum cuts growth',
    { jobs: { scheduled: 9 }, group: { max: 4, inService: 2 }, agents: { busy: 2 } },
    4,
    '9 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'the group is at its maximum',
    { jobs: { scheduled: 9 }, group: { max: 2, inService: 2 }, agents: { busy: 2 } },
    2,
    '9 jobs need an agent; 0 agents idle, 0 starting: the group is at its maximum, 2',
  ],
  [
    'protected instances are more than is wanted',
    { jobs: { scheduled: 1 }, group: { inService: 3, pending: 1, desired: 2 }, agents: { busy: 3 } },
    4,
    '1 job needs an agent; 0 agents idle, 0 starting',
  ],
  [
    'the cooldown lasts a moment more, rounded up to a second',
    {
      jobs: { scheduled: 1 },
      settings: { scaleOutCooldownSeconds: 60 },
      memory: { scaledOutAt: NOW - 59_999 },
    },
    0,
    '1 job needs an agent; 0 agents idle, 0 starting: ScaleOutCooldownPeriod lasts 1 s more',
  ],
  [
    'the cooldown is over',
    {
      jobs: { scheduled: 1 },
      settings: { scaleOutCooldownSeconds: 60 },
      memory: { scaledOutAt: NOW - 60_000 },
    },
    1,
    '1 job needs an agent; 0 agents idle, 0 starting',
  ],
  [
    'a scale-in starts no cooldown of growth',
    { jobs: { scheduled: 1 }, settings: { scaleOutCooldownSeconds: 60 }, memory: { scaledInAt: NOW } },
    1,
    '1 job needs an agent; 0 agents idle, 0 starting',
  ],
  [
    'the group is paused',
    { jobs: { scheduled: 9 }, group: { paused: true, inService: 2 }, agents: { busy: 2 } },
    2,
    'paused: the group is left as it is',
  ],
  [
    'more is expected than jobs need',
    { jobs: { scheduled: 1 }, expected: 3 },
    3,
    '3 instances expected to be of use soon',
  ],
  [
    'jobs need what is expected',
    { jobs: { scheduled: 3 }, expected: 3 },
    3,
    '3 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'what is expected is beyond the maximum',
    { group: { max: 2 }, expected: 3 },
    2,
    '2 instances expected to be of use soon',
  ],
];

const STUCK: readonly Row[] = [
  [
    'stuck jobs wait for their attempt',
    { jobs: { scheduled: 2 }, agents: { idle: 1 }, group: { inService: 1 }, memory: { stuck: stuck() } },
    1,
    `2 jobs that no agent takes; next attempt at ${NEXT}`,
  ],
  [
    'others wait beside them',
    { jobs: { scheduled: 5 }, memory: { stuck: stuck() } },
    3,
    '3 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'their attempt is due: one more instance',
    {
      jobs: { scheduled: 2 },
      agents: { idle: 1 },
      group: { inService: 1 },
      memory: { stuck: stuck({ retryAt: NOW }) },
    },
    2,
    '2 jobs waiting though 1 agent idle: another attempt',
  ],
  [
    'it is due, and others wait as well',
    { jobs: { scheduled: 5 }, memory: { stuck: stuck({ retryAt: NOW }) } },
    4,
    '3 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'it is due at the maximum',
    {
      jobs: { scheduled: 2 },
      agents: { idle: 1 },
      group: { inService: 1, max: 1 },
      memory: { stuck: stuck({ retryAt: NOW }) },
    },
    1,
    '2 jobs that no agent takes; the group is at its maximum, 1',
  ],
  [
    'it is not due yet at the maximum',
    {
      jobs: { scheduled: 2 },
      agents: { idle: 1 },
      group: { inService: 1, max: 1 },
      memory: { stuck: stuck() },
    },
    1,
    `2 jobs that no agent takes; next attempt at ${NEXT}`,
  ],
  [
    'agents that start for stuck jobs are not there for others',
    { jobs: { scheduled: 5 }, group: { pending: 3 }, memory: { stuck: stuck({ starting: 2 }) } },
    5,
    '3 jobs need an agent; 0 agents idle, 1 starting',
  ],
  [
    'no more of them start than are on their way',
    { jobs: { scheduled: 5 }, group: { pending: 1 }, memory: { stuck: stuck({ starting: 2 }) } },
    4,
    '3 jobs need an agent; 0 agents idle, 0 starting',
  ],
  [
    'idle agents of others have left jobs waiting for too long',
    {
      jobs: { scheduled: 3 },
      agents: { idle: 4 },
      memory: {
        scheduled: 3,
        overlooked: { since: NOW - 40_000, quietSince: NOW - 40_000, quietLooks: 5, jobs: 3, ownIdle: 0 },
      },
    },
    3,
    "3 jobs waiting though 4 agents idle: they aren't this group's",
  ],
  [
    'as many as that are on their way already',
    {
      jobs: { scheduled: 3 },
      agents: { idle: 4 },
      group: { pending: 2 },
      memory: {
        scheduled: 3,
        overlooked: { since: NOW - 40_000, quietSince: NOW - 40_000, quietLooks: 5, jobs: 3, ownIdle: 0 },
      },
    },
    3,
    "3 jobs waiting though 4 agents idle: they aren't this group's",
  ],
];

const SCALE_IN: readonly Row[] = [
  [
    'idle instances have more agents than new ones',
    idle({ agents: { idle: 8, busy: 8 }, group: { agentsInService: 16 } }),
    2,
    '2 instances idle',
  ],
  [
    'idle instances have fewer agents than new ones',
    idle({ group: { agentsInService: 4 }, settings: { agentsPerInstance: 4 } }),
    3,
    '1 instance idle',
  ],
  ['instances are idle', IDLE, 0, '4 instances idle'],
  ['one is', idle({ agents: { idle: 1, busy: 3 } }), 3, '1 instance idle'],
  [
    'three were busy a moment ago',
    idle({ memory: { busy: [{ minute: Math.floor(NOW / 60_000) - 1, instances: 3 }] } }),
    3,
    '4 instances idle',
  ],
  [
    'all were, beside the buffer',
    idle({
      settings: { instanceBuffer: 1 },
      memory: { busy: [{ minute: Math.floor(NOW / 60_000) - 1, instances: 3 }] },
    }),
    4,
    'enough agents for every job',
  ],
  [
    'only instances themselves end',
    idle({ settings: { disableScaleIn: true } }),
    4,
    'enough agents for every job',
  ],
  ['a job is about to be taken', idle({ jobs: { scheduled: 1 } }), 1, '3 instances idle'],
  [
    'a job behind a wait step counts',
    idle({ jobs: { waiting: 1 }, settings: { scaleOutForWaitingJobs: true } }),
    1,
    '3 instances idle',
  ],
  ['a buffer stays', idle({ settings: { instanceBuffer: 3 } }), 3, '1 instance idle'],
  ['the minimum stays', idle({ group: { min: 3 } }), 3, '4 instances idle'],
  ['MinSize is raised for now', idle({ group: { held: 2 } }), 2, '4 instances idle'],
  ['more is expected', idle({ expected: 2 }), 2, '2 instances expected to be of use soon'],
  [
    'a half idle instance works',
    idle({ settings: { agentsPerInstance: 2 }, agents: { idle: 3, busy: 5 } }),
    3,
    '1 instance idle',
  ],
  ['an instance is on its way', idle({ group: { pending: 1 } }), 5, 'enough agents for every job'],
  ['one lacks its agent', idle({ group: { inService: 5 } }), 5, 'enough agents for every job'],
  ['an idle agent may be of others', idle({ agents: { busy: 2 } }), 2, '2 instances idle'],
  [
    'the cooldown lasts after a scale-in',
    idle({ settings: { scaleInCooldownSeconds: 60 }, memory: { scaledInAt: NOW - 59_000 } }),
    4,
    '4 instances idle: ScaleInCooldownPeriod lasts 1 s more',
  ],
  [
    'the cooldown lasts after growth',
    idle({
      settings: { scaleInCooldownSeconds: 60 },
      memory: { scaledInAt: NOW - 99_000, scaledOutAt: NOW - 50_000 },
    }),
    4,
    '4 instances idle: ScaleInCooldownPeriod lasts 10 s more',
  ],
  [
    'the cooldown is over',
    idle({ settings: { scaleInCooldownSeconds: 60 }, memory: { scaledInAt: NOW - 60_000 } }),
    0,
    '4 instances idle',
  ],
  [
    'stuck jobs keep the instance that tries them',
    idle({ jobs: { scheduled: 2 }, memory: { stuck: stuck() } }),
    2,
    '2 instances idle',
  ],
  ['the group is paused', idle({ group: { paused: true } }), 4, 'paused: the group is left as it is'],
];

for (const [title, rows] of [
  ['the size when jobs come', GROWTH],
  ['the size when jobs are stuck', STUCK],
  ['the size when instances are idle', SCALE_IN],
] as const) {
  describe(title, () => {
    for (const [situation, facts, desired, reason] of rows) {
      it(`is ${desired}: ${situation}`, () => {
        const decision = decided(facts);
        expect([decision.desired, decision.reason]).to.eql([desired, reason]);
      });
    }
  });
}

describe('the minimum for idle instances', () => {
  for (const [situation, facts, size] of [
    [
      "is the group's own where nothing else counts",
      { group: { min: 2, inService: 5 }, agents: { busy: 5 } },
      2,
    ],
    ['is what is expected', { group: { min: 2, inService: 5 }, agents: { busy: 5 }, expected: 4 }, 4],
    ['is never beyond the maximum', { group: { max: 5, inService: 5 }, agents: { busy: 5 }, expected: 9 }, 5],
    [
      'is what is busy and the buffer',
      { group: { inService: 5 }, agents: { busy: 3, idle: 2 }, settings: { instanceBuffer: 2 } },
      5,
    ],
    [
      'is the larger of the two',
      { group: { inService: 5 }, agents: { busy: 3, idle: 2 }, settings: { instanceBuffer: 2 }, expected: 4 },
      5,
    ],
    [
      'is no more for the buffer than there shall be',
      {
        group: { inService: 5, desired: 2, max: 2 },
        agents: { busy: 3, idle: 2 },
        settings: { instanceBuffer: 2 },
      },
      2,
    ],
    [
      'stays as it is while the group is paused',
      { group: { paused: true, min: 1, held: 3 }, expected: 9 },
      3,
    ],
    ["is the group's own then where nothing is raised", { group: { paused: true, min: 1 }, expected: 9 }, 1],
  ] as const) {
    it(situation, () => {
      expect(decided(facts).forecastMinSize).to.equal(size);
    });
  }
});

describe('what a decision remembers', () => {
  it('is when agents began to be missing, until they are there', () => {
    const missing: Situation = { group: { inService: 2 }, agents: { idle: 1 } };
    expect(decided(missing).memory.missingSince).to.equal(NOW);
    expect(decided({ ...missing, memory: { missingSince: 5 } }).memory.missingSince).to.equal(5);
    expect(
      decided({ ...missing, agents: { idle: 2 }, memory: { missingSince: 5 } }).memory.missingSince,
    ).to.equal(undefined);
  });

  it('is not that they were missing before an outage', () => {
    const missing: Situation = { group: { inService: 2 }, agents: { idle: 1 } };
    const since = (lookedAt: number) =>
      decided({ ...missing, memory: { missingSince: 5, lookedAt } }).memory.missingSince;
    expect(since(NOW - 90_000)).to.equal(5);
    expect(since(NOW - 90_001)).to.equal(NOW);
  });

  it('tells of missing agents once they are not just about to come', () => {
    const missing: Situation = {
      group: { inService: 2 },
      agents: { idle: 1 },
      settings: { agentsPerInstance: 2 },
    };
    expect(decided(missing).missingAgents).to.equal(0);
    expect(decided({ ...missing, memory: { missingSince: NOW - 300_000 } }).missingAgents).to.equal(3);
    expect(decided({ ...missing, agents: { idle: 9 }, memory: { missingSince: 5 } }).missingAgents).to.equal(
      0,
    );
    const grown = { ...missing, jobs: { scheduled: 9 }, memory: { missingSince: NOW - 300_000 } };
    expect(decided(grown)).to.include({ missingAgents: 3, desired: 6 });
    const ended = idle({ group: { inService: 5 }, memory: { missingSince: NOW - 300_000 } });
    expect(decided(ended)).to.include({ missingAgents: 1, desired: 1 });
  });

  it('is when the size was changed, and which way', () => {
    const memory = { scaledOutAt: 1, scaledInAt: 2 };
    expect(decided({ jobs: { scheduled: 1 }, memory }).memory).to.include({
      scaledOutAt: NOW,
      scaledInAt: 2,
    });
    expect(decided(idle({ memory })).memory).to.include({ scaledOutAt: 1, scaledInAt: NOW });
    expect(decided({ memory }).memory).to.include(memory);
    expect(decided({ memory, jobs: { scheduled: 1 }, group: { max: 0 } }).memory).to.include(memory);
  });

  it('is an attempt, if one was made', () => {
    const due = { stuck: stuck({ retryAt: NOW, pauseMs: 120_000 }) };
    const jobs = { scheduled: 2 };
    const made = { jobs: 2, starting: 3, retryAt: NOW + 120_000, pauseMs: 240_000, nothingStarts: false };
    expect(decided({ jobs, memory: due, settings: { agentsPerInstance: 3 } }).memory.stuck).to.eql(made);
    expect(decided({ jobs, memory: due, group: { max: 0 } }).memory.stuck, 'no room').to.eql(due.stuck);
    const cooling = { scaledOutAt: NOW, ...due };
    expect(
      decided({ jobs, memory: cooling, settings: { scaleOutCooldownSeconds: 9 } }).memory.stuck,
      'the cooldown',
    ).to.eql(due.stuck);
    const early = { stuck: stuck() };
    expect(decided({ jobs: { scheduled: 5 }, memory: early }).memory.stuck, 'growth for others').to.eql(
      early.stuck,
    );
  });

  it('is what has been watched, and not once it led to an attempt or to nothing', () => {
    const overlooked = { since: NOW - 40_000, quietSince: NOW - 40_000, quietLooks: 5, jobs: 3, ownIdle: 0 };
    const facts: Situation = {
      jobs: { scheduled: 3 },
      agents: { idle: 4 },
      memory: { scheduled: 3, overlooked },
    };
    expect(decided(facts).memory).to.deep.include({
      overlooked: undefined,
      stuck: { jobs: 3, starting: 3, retryAt: NOW + 120_000, pauseMs: 240_000, nothingStarts: false },
    });
    expect(decided({ ...facts, group: { max: 0 } }).memory, 'no room').to.deep.include({
      overlooked: { ...overlooked, quietLooks: 6 },
    });
    expect(decided({ ...facts, group: { pending: 3 } }).memory, 'enough on the way').to.deep.include({
      overlooked: undefined,
      stuck: undefined,
    });
  });
});

describe('the rules of docs/scaling.md', () => {
  const count = fc.integer({ min: 0, max: 60 });
  const situations = fc.record({
    perInstance: fc.integer({ min: 1, max: 8 }),
    inService: count,
    coming: count,
    busyShare: fc.double({ min: 0, max: 1, noNaN: true }),
    scheduled: count,
    waiting: count,
    counts: fc.boolean(),
    instanceBuffer: fc.integer({ min: 0, max: 5 }),
    min: fc.integer({ min: 0, max: 5 }),
    max: fc.integer({ min: 5, max: 200 }),
    expected: count,
    disableScaleIn: fc.boolean(),
  });

  it('are kept: never fewer agents than busy ones, jobs and the buffer ask for, up to the maximum', () => {
    fc.assert(
      fc.property(situations, (given) => {
        const { perInstance, inService, coming, scheduled, waiting, counts, instanceBuffer, min, max } =
          given;
        const agents = inService * perInstance;
        const busy = Math.floor(agents * given.busyShare);
        const { desired } = decided({
          jobs: { scheduled, waiting, running: busy },
          agents: { busy, idle: agents - busy },
          group: { min, max, inService, pending: coming },
          expected: given.expected,
          settings: {
            agentsPerInstance: perInstance,
            instanceBuffer,
            scaleOutForWaitingJobs: counts,
            disableScaleIn: given.disableScaleIn,
          },
        });
        const needed = busy + scheduled + (counts ? waiting : 0) + instanceBuffer * perInstance;
        const asked = Math.max(min, Math.ceil(needed / perInstance), given.expected);
        expect(desired).to.be.at.least(Math.min(max, asked));
        if (given.disableScaleIn) expect(desired).to.be.at.least(Math.min(max, inService + coming));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a group that shrinks by itself', () => {
  it('keeps its size where nothing is idle, and counts that as no scale-in', () => {
    const { desired, reason, memory } = decided({
      ...{ agents: { busy: 2 }, group: { inService: 2 } },
      settings: { disableScaleIn: false, scaleInCooldownSeconds: 60 },
    });
    expect([desired, reason, memory.scaledInAt]).to.eql([2, 'enough agents for every job', undefined]);
  });
});
