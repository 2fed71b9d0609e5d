import { expect } from 'chai';
import {
  type Action,
  INITIAL_PROGRESS,
  decide,
  type Observation,
} from '../../../src/host/lifecycle/decide.ts';

const CALM: Observation = {
  targetState: 'InService',
  interruptionAt: undefined,
  rebalance: false,
  agentRuns: true,
  now: 0,
};

/** What is done as the observations follow each other. */
function course(...observations: Partial<Observation>[]): string[][] {
  let progress = INITIAL_PROGRESS;
  return observations.map((observation) => {
    const next = decide({ ...CALM, ...observation }, progress);
    progress = next.progress;
    return next.actions.map((action: Action) => action.kind);
  });
}

const SECOND = 1000;

describe('the end of an instance', () => {
  it('does nothing while nothing asks for it', () => {
    expect(course({}, { agentRuns: false }, { targetState: undefined })).to.eql([[], [], []]);
  });

  it('lets jobs finish when the group ends it, with heartbeats as long as that takes', () => {
    const ending = { targetState: 'Terminated' };
    expect(
      course(
        { ...ending, now: 1000 * SECOND },
        { ...ending, now: 1005 * SECOND },
        { ...ending, now: 1300 * SECOND },
        { ...ending, now: 1305 * SECOND },
        { ...ending, now: 1310 * SECOND, agentRuns: false },
      ),
    ).to.eql([['stop-agent', 'heartbeat'], [], ['heartbeat'], [], ['complete']]);
  });

  it('completes at once where no agent runs', () => {
    expect(course({ targetState: 'Terminated', agentRuns: false })).to.eql([['complete']]);
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

  it('cancels at once when the notice comes too late', () => {
    expect(course({ interruptionAt: 15 * SECOND })).to.eql([['stop-agent', 'cancel-jobs']]);
  });

  it('replaces itself, once, at a recommendation, when its jobs are done', () => {
    expect(
      course(
        { rebalance: true },
        { rebalance: true },
        { rebalance: true, agentRuns: false },
        { rebalance: true, agentRuns: false },
      ),
    ).to.eql([['stop-agent'], [], ['replace'], []]);
  });

  it('answers the group when it comes after a recommendation', () => {
    expect(
      course({ rebalance: true }, { rebalance: true, targetState: 'Terminated', agentRuns: false }),
    ).to.eql([['stop-agent'], ['complete']]);
  });
});
