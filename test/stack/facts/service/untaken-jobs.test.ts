import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { groupState } from '../../../../src/stack/facts/group/state.ts';
import type { QueueState } from '../../../../src/stack/facts/service/queue.ts';
import { untakenJobs, untakenText } from '../../../../src/stack/facts/service/untaken-jobs.ts';

const AT = '2026-11-25T11:00:10.000Z';

function groupOf(inService: number, parts: Partial<AutoScalingGroup> = {}, ...tags: [string, string][]) {
  const Instances = Array.from({ length: inService }, (_, number) => ({
    ...{ InstanceId: `i-${number}`, LifecycleState: 'InService' as const, HealthStatus: 'Healthy' },
    ...{ AvailabilityZone: 'us-east-1a', ProtectedFromScaleIn: false },
  }));
  const Tags = [['bk-stack:stuck', `3 until ${AT} then 240 s`], ...tags].map(([Key, Value]) => ({
    Key,
    Value,
  }));
  return groupState({ DesiredCapacity: inService, Instances, Tags, ...parts } as AutoScalingGroup, []);
}

function queueOf(scheduled: number, idle: number, busy = 0): QueueState {
  const jobs = { scheduled, running: busy, waiting: 0 };
  return {
    ...{ known: true, queue: 'deploy' },
    report: { jobs, agents: { idle, busy, total: idle + busy }, organization: 'org' },
  };
}

describe('jobs that no agent takes', () => {
  it('are those that the scaler has found and that still wait', () => {
    expect(untakenJobs(groupOf(0), queueOf(5, 4), 1)).to.eql({
      ...{ jobs: 3, idleAgents: 4, foreignIdle: 4, nextAttemptAt: AT },
    });
    expect(untakenJobs(groupOf(2), queueOf(2, 7), 2)).to.include({ jobs: 2, foreignIdle: 3 });
    expect(untakenJobs(groupOf(0), queueOf(0, 4), 1), 'none waits').to.equal(undefined);
    expect(untakenJobs(groupOf(0), { known: false, why: '' }, 1)).to.equal(undefined);
    expect(untakenJobs(groupOf(0, { Tags: [] }), queueOf(3, 4), 1), 'not found').to.equal(undefined);
    expect(untakenJobs(groupOf(1, { DesiredCapacity: 2 }), queueOf(3, 4), 1), 'starting').to.equal(undefined);
    expect(untakenJobs(groupOf(0, {}, ['bk-stack:paused', 'x']), queueOf(3, 4), 1)).to.equal(undefined);
  });

  it('are told with what is idle beside them, whose that is, and when they are tried next', () => {
    const text = (jobs: number, idleAgents: number, foreignIdle: number) =>
      untakenText({ jobs, idleAgents, foreignIdle, nextAttemptAt: AT });
    const next = 'next attempt at 2026-11-25 11:00 UTC';
    expect(text(1, 1, 1)).to.equal(`1 job waiting though 1 agent is idle: it isn't this stack's; ${next}`);
    expect(text(3, 4, 4)).to.equal(
      `3 jobs waiting though 4 agents are idle: they aren't this stack's; ${next}`,
    );
    expect(text(3, 4, 0)).to.equal(
      `3 jobs waiting though 4 agents are idle: their tags don't match the jobs'; ${next}`,
    );
    expect(text(3, 4, 1)).to.equal(
      `3 jobs waiting though 4 agents are idle: 1 of them isn't this stack's, and their tags don't match the jobs'; ${next}`,
    );
    expect(text(3, 4, 2)).to.contain("2 of them aren't this stack's");
    expect(text(2, 0, 0)).to.equal(`2 jobs waiting that no agent has taken; ${next}`);
  });
});
