import { expect } from 'chai';
import type { Poll } from '../../src/scaler/poll-result.ts';
import {
  balancingLines,
  decisionLine,
  errorLine,
  failureLines,
  forecastLines,
  purchaseLines,
} from '../../src/scaler/report.ts';
import { NOTHING_REMEMBERED } from '../../src/scaler/sizing/decide.ts';
import { scalerSettings } from '../support/scaling.ts';

const NOW = Date.parse('2026-11-25T10:00:00Z');

function poll(parts: Partial<Poll> = {}): Poll {
  return {
    observation: {
      jobs: { scheduled: 1, running: 2, waiting: 4 },
      agents: { idle: 3, busy: 1, total: 4 },
      group: { min: 1, max: 9, desired: 5, pending: 2, inService: 3, terminating: 6, paused: false },
      now: NOW,
    },
    decision: {
      desired: 7,
      forecastMinSize: 1,
      reason: 'because',
      missingAgents: 0,
      memory: NOTHING_REMEMBERED,
    },
    organization: 'acme',
    failures: [],
    replaced: [],
    released: [],
    buying: {
      purchase: { kind: 'normal' },
      shortage: undefined,
      told: undefined,
      change: undefined,
      error: undefined,
    },
    balancing: undefined,
    forecast: undefined,
    noteError: undefined,
    pauseMs: 10_000,
    decisionMs: 1.5,
    ...parts,
  };
}
const line = (parts: Partial<Poll> = {}) => decisionLine(scalerSettings(), poll(parts));
const decision = (parts: Partial<Poll['decision']>) => line({ decision: { ...poll().decision, ...parts } });
const buying = (parts: Partial<Poll['buying']>) => ({ buying: { ...poll().buying, ...parts } });
const failure = Object.assign(new Error('not allowed'), { name: 'AccessDenied' });

describe('the line of a decision', () => {
  it('has what was seen and decided, and the metrics in the embedded format', () => {
    const { _aws, ...fields } = line() as Record<string, unknown> & { _aws: Record<string, unknown> };
    const counts = {
      ...{ ScheduledJobsCount: 1, RunningJobsCount: 2, WaitingJobsCount: 4, UnfinishedJobsCount: 7 },
      ...{ IdleAgentCount: 3, BusyAgentCount: 1, TotalAgentCount: 4, BusyAgentPercentage: 25 },
      ...{ DesiredInstances: 7, InServiceInstances: 3, PendingInstances: 2, LaunchFailures: 0 },
      ...{ SpotShortage: 0, DecisionLatency: 1.5, InstancesAhead: 0 },
    };
    expect(fields).to.eql({
      ...{ event: 'scaled', from: 5, to: 7, reason: 'because', StackName: 'ci', Queue: 'q', Org: 'acme' },
      ...counts,
      ...{ min: 1, max: 9, terminating: 6 },
    });
    const units: Record<string, string> = {
      BusyAgentPercentage: 'Percent',
      SpotShortage: 'Seconds',
      DecisionLatency: 'Milliseconds',
    };
    expect(_aws).to.eql({
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: 'Buildkite',
          Dimensions: [
            ['StackName', 'Queue'],
            ['Org', 'Queue'],
          ],
          Metrics: Object.keys(counts).map((Name) => ({ Name, Unit: units[Name] ?? 'Count' })),
        },
      ],
    });
  });

  it('says where the size was kept', () => {
    expect(decision({ desired: 5 })).to.include({ event: 'kept', from: 5, to: 5 });
  });

  it('says what is not as usual, and only that', () => {
    expect(decision({ forecastMinSize: 2 })).to.include({ held: 2 });
    expect(decision({ missingAgents: 3 })).to.include({ missingAgents: 3 });
    const stuck = { jobs: 2, retryAt: NOW, pauseMs: 1, starting: 0, nothingStarts: false };
    expect(decision({ memory: { ...NOTHING_REMEMBERED, stuck } })).to.include({
      stuckJobs: 2,
      nextAttempt: '2026-11-25T10:00:00.000Z',
    });
    expect(line({ replaced: ['i-1'], released: ['i-2'] })).to.deep.include({
      markedUnhealthy: ['i-1'],
      neverBooted: ['i-2'],
    });
    expect(line(buying({ purchase: { kind: 'trial', until: NOW } }))).to.include({
      purchase: 'trial until 2026-11-25T10:00:00.000Z',
    });
    expect(line(buying({ shortage: { since: NOW - 90_000, until: NOW, reason: '' } }))).to.include({
      SpotShortage: 90,
    });
    expect(line({ forecast: { ahead: 3, read: false, error: undefined } })).to.include({ InstancesAhead: 3 });
    expect(line({ failures: [{ id: 'a', message: '', at: 0 }] })).to.include({ LaunchFailures: 1 });
  });

  it('has no share of busy agents where there are none', () => {
    const observation = { ...poll().observation, agents: { idle: 0, busy: 0, total: 0 } };
    expect(line({ observation })).to.include({ BusyAgentPercentage: 0 });
  });
});

describe('the lines beside it', () => {
  it('tell of launches that failed', () => {
    expect(failureLines(poll({ failures: [{ id: 'a', message: 'quota', at: NOW }] }))).to.eql([
      { event: 'launch-failed', reason: 'quota', activity: 'a', at: '2026-11-25T10:00:00.000Z' },
    ]);
  });

  it('tell of spot', () => {
    expect(purchaseLines(poll())).to.eql([]);
    expect(purchaseLines(poll(buying({ told: 'no spot' })))).to.eql([
      { event: 'spot-shortage', reason: 'no spot' },
    ]);
    expect(purchaseLines(poll(buying({ change: { step: undefined, reason: 'none' } })))).to.eql([]);
    const purchase = { kind: 'on-demand', until: NOW } as const;
    expect(
      purchaseLines(poll(buying({ change: { step: { kind: 'remember', purchase }, reason: 'r' } }))),
    ).to.eql([{ event: 'purchase', purchase: 'on-demand until 2026-11-25T10:00:00.000Z', reason: 'r' }]);
    const step = { kind: 'distribute', onDemandPercentage: 100 } as const;
    expect(purchaseLines(poll(buying({ change: { step, reason: 'r' } })))).to.eql([
      { event: 'distributed', onDemandPercentage: 100, reason: 'r' },
    ]);
  });

  it('tell of balancing', () => {
    expect(balancingLines(poll())).to.eql([]);
    expect(balancingLines(poll({ balancing: { error: undefined } }))).to.eql([
      { event: 'suspended', reason: 'AZRebalance would replace instances that are in service' },
    ]);
    expect(balancingLines(poll({ balancing: { error: failure } }))).to.eql([
      { event: 'suspend-failed', error: 'AccessDenied', reason: 'not allowed' },
    ]);
  });

  it('tell of a past that could not be read', () => {
    expect(forecastLines(poll())).to.eql([]);
    expect(forecastLines(poll({ forecast: { ahead: 0, read: true, error: undefined } }))).to.eql([]);
    expect(forecastLines(poll({ forecast: { ahead: 0, read: true, error: failure } }))).to.eql([
      { event: 'forecast-failed', error: 'AccessDenied', reason: 'not allowed' },
    ]);
  });

  it('tell of a look that failed', () => {
    expect(errorLine(failure)).to.eql({ event: 'failed', error: 'AccessDenied', reason: 'not allowed' });
  });
});
