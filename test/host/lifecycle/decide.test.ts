import { expect } from 'chai';
import {
  decide,
  INITIAL_PROGRESS,
  type LifecycleProgress,
  type Observation,
} from '../../../src/host/lifecycle/decide.ts';

const CALM: Observation = {
  targetState: 'InService',
  interruptionAt: undefined,
  rebalance: false,
  agentRuns: true,
  now: 1_000_000,
};
const { now: NOW } = CALM;
const ENDING = { targetState: 'Terminated' };

/** Actions by name, with the reason where there is one. */
function actions(observation: Partial<Observation>, progress: Partial<LifecycleProgress> = {}): string {
  const next = decide({ ...CALM, ...observation }, { ...INITIAL_PROGRESS, ...progress });
  return next.actions
    .map((action) => (action.kind === 'stop-agent' ? `stop-agent for ${action.because}` : action.kind))
    .join(', ');
}

/** What is done as the observations follow each other. */
function course(...observations: Partial<Observation>[]): string[][] {
  let progress = INITIAL_PROGRESS;
  return observations.map((observation) => {
    const next = decide({ ...CALM, ...observation }, progress);
    progress = next.progress;
    return next.actions.map(({ kind }) => kind);
  });
}

const SECOND = 1000;

describe('the end of an instance', () => {
  const ROWS: readonly (readonly [
    what: string,
    observation: Partial<Observation>,
    progress: Partial<LifecycleProgress>,
    actions: string,
  ])[] = [
    ['nothing asks for it', {}, {}, ''],
    ['nothing asks for it, and no agent runs', { agentRuns: false }, {}, ''],
    ['outside a group', { targetState: undefined }, {}, ''],
    ['on its way into the warm pool', { targetState: 'Warmed:Stopped' }, {}, ''],
    ['the group ends it', ENDING, {}, 'stop-agent for group, heartbeat'],
    ['the group ends it, and no agent runs', { ...ENDING, agentRuns: false }, {}, 'complete'],
    [
      'the group ends it, after the agent was stopped for it',
      ENDING,
      { ending: 'group', heartbeatAt: NOW },
      '',
    ],
    [
      'the last heartbeat is just under five minutes old',
      ENDING,
      { ending: 'group', heartbeatAt: NOW - 299_999 },
      '',
    ],
    [
      'the last heartbeat is five minutes old',
      ENDING,
      { ending: 'group', heartbeatAt: NOW - 300_000 },
      'heartbeat',
    ],
    [
      'the last heartbeat is old, and no agent runs any more',
      { ...ENDING, agentRuns: false },
      { ending: 'group' },
      'complete',
    ],
    [
      'the group ends it while EC2 takes it back',
      { ...ENDING, interruptionAt: NOW + 60_000 },
      {},
      'stop-agent for group, heartbeat',
    ],
    [
      'the group ends it after an interruption notice',
      { ...ENDING, interruptionAt: NOW + 60_000 },
      { ending: 'interruption' },
      'heartbeat',
    ],
    [
      'EC2 takes it back in two minutes',
      { interruptionAt: NOW + 120_000 },
      {},
      'stop-agent for interruption',
    ],
    ['EC2 takes it back, and no agent runs', { interruptionAt: NOW + 120_000, agentRuns: false }, {}, ''],
    [
      'EC2 takes it back in a little over 20 seconds',
      { interruptionAt: NOW + 20_001 },
      { ending: 'interruption' },
      '',
    ],
    [
      'EC2 takes it back in 20 seconds',
      { interruptionAt: NOW + 20_000 },
      { ending: 'interruption' },
      'cancel-jobs',
    ],
    [
      'its jobs were canceled before',
      { interruptionAt: NOW },
      { ending: 'interruption', canceled: true },
      '',
    ],
    [
      'the notice comes too late',
      { interruptionAt: NOW + 15_000 },
      {},
      'stop-agent for interruption, cancel-jobs',
    ],
    [
      'the time is up, and no agent runs',
      { interruptionAt: NOW, agentRuns: false },
      { ending: 'interruption' },
      '',
    ],
    [
      'its jobs have run for a little less than 48 hours since the group began to end it',
      ENDING,
      { ending: 'group', heartbeatAt: NOW, groupEndsSince: NOW - 48 * 3_600_000 + 60_001 },
      '',
    ],
    [
      'Auto Scaling ends it within a minute, after 48 hours',
      ENDING,
      { ending: 'group', heartbeatAt: NOW, groupEndsSince: NOW - 48 * 3_600_000 + 60_000 },
      'cancel-jobs',
    ],
    ['EC2 recommends to replace it', { rebalance: true }, {}, 'stop-agent for rebalance'],
    [
      'EC2 recommends to replace it, and takes it back',
      { rebalance: true, interruptionAt: NOW + 60_000 },
      {},
      'stop-agent for interruption',
    ],
    ['its jobs are still running', { rebalance: true }, { ending: 'rebalance' }, ''],
    ['its jobs are done', { rebalance: true, agentRuns: false }, { ending: 'rebalance' }, 'replace'],
    ['no agent ran', { rebalance: true, agentRuns: false }, {}, 'replace'],
    [
      'it was replaced before',
      { rebalance: true, agentRuns: false },
      { ending: 'rebalance', replaced: true },
      '',
    ],
    [
      'the recommendation is gone, and the agent with it',
      { agentRuns: false },
      { ending: 'rebalance' },
      'replace',
    ],
    [
      'EC2 takes it back after a recommendation, and the agent is gone',
      { interruptionAt: NOW + 60_000, agentRuns: false },
      { ending: 'rebalance' },
      '',
    ],
    [
      'the group ends it after a recommendation',
      { ...ENDING, rebalance: true, agentRuns: false },
      { ending: 'rebalance' },
      'complete',
    ],
  ];
  for (const [what, observation, progress, expected] of ROWS) {
    it(`when ${what}: ${expected || 'nothing'}`, () => {
      expect(actions(observation, progress)).to.equal(expected);
    });
  }

  it('remembers nothing but the agent while nothing asks for it', () => {
    const progress = { ...INITIAL_PROGRESS, heartbeatAt: 7 };
    expect(decide(CALM, progress)).to.eql({
      actions: [],
      progress: { ...progress, agentSeenAt: CALM.now },
    });
  });

  const MINUTE = 60 * SECOND;

  it('has an instance replaced whose agent has been gone for ten minutes, and asks again ten minutes later', () => {
    const gone = { agentRuns: false };
    expect(
      course(
        { now: 0 },
        { ...gone, now: 10 * MINUTE - 1 },
        { ...gone, now: 10 * MINUTE },
        { ...gone, now: 20 * MINUTE - 1 },
        { ...gone, targetState: 'InService', now: 20 * MINUTE },
      ),
    ).to.eql([[], [], ['replace'], [], ['replace']]);
    expect(
      course({ now: 0 }, { ...gone, now: 9 * MINUTE }, { now: 10 * MINUTE }, { ...gone, now: 19 * MINUTE }),
    ).to.eql([[], [], [], []]);
  });

  it('waits for the first agent of an instance that boots, and for those of one that is not in service', () => {
    const gone = { agentRuns: false };
    expect(course({ ...gone, now: 0 }, { ...gone, now: 20 * MINUTE })).to.eql([[], []]);
    for (const targetState of ['Standby', 'Warmed:Stopped', undefined])
      expect(
        course(
          { now: 0 },
          { ...gone, targetState, now: 20 * MINUTE },
          { ...gone, now: 30 * MINUTE - 1 },
          { ...gone, now: 30 * MINUTE },
        ),
        String(targetState),
      ).to.eql([[], [], [], ['replace']]);
  });

  it('sends a heartbeat each five minutes while jobs run, and completes then', () => {
    expect(
      course(
        { ...ENDING, now: 1000 * SECOND },
        { ...ENDING, now: 1005 * SECOND },
        { ...ENDING, now: 1300 * SECOND },
        { ...ENDING, now: 1305 * SECOND },
        { ...ENDING, now: 1310 * SECOND, agentRuns: false },
      ),
    ).to.eql([['stop-agent', 'heartbeat'], [], ['heartbeat'], [], ['complete']]);
  });

  it('cancels jobs once, a minute before 48 hours are over', () => {
    const HOURS = 3_600 * SECOND;
    const began = 1000 * SECOND;
    const after = (passed: number) => ({ ...ENDING, now: began + passed });
    expect(
      course(after(0), after(47 * HOURS), after(48 * HOURS - 60 * SECOND), after(48 * HOURS - SECOND)),
    ).to.eql([['stop-agent', 'heartbeat'], ['heartbeat'], ['cancel-jobs', 'heartbeat'], []]);
  });

  it('takes no more jobs at a spot notice, and cancels those left 20 seconds before the end, once', () => {
    const interruptionAt = 120 * SECOND;
    expect(
      course(
        { interruptionAt, now: 0 },
        { interruptionAt, now: 60 * SECOND },
        { interruptionAt, now: 100 * SECOND },
        { interruptionAt, now: 105 * SECOND },
      ),
    ).to.eql([['stop-agent'], [], ['cancel-jobs'], []]);
  });

  it('replaces itself, once, at a recommendation, when its jobs are done', () => {
    const rebalance = true;
    const done = { rebalance, agentRuns: false };
    expect(course({ rebalance }, { rebalance }, done, done)).to.eql([['stop-agent'], [], ['replace'], []]);
  });
});
