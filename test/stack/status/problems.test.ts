import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { groupState } from '../../../src/stack/facts/group/state.ts';
import type { StackSummary } from '../../../src/stack/facts/stack/summary.ts';
import { type Findings, problemsOf, stackProblems } from '../../../src/stack/status/problems.ts';

const stack: StackSummary = {
  ...{ stackName: 'ci', stackId: 'arn:ci', region: 'us-east-1', status: 'UPDATE_COMPLETE' },
  ...{ origin: 'bk-stack', createdAt: '2026-11-23T10:00:00.000Z', terminationProtection: false },
};
const inService = { InstanceId: 'i-1', LifecycleState: 'InService', HealthStatus: 'Healthy' };
const group = (parts: object = {}, activities: Partial<Activity>[] = []) =>
  groupState(
    {
      ...{
        AutoScalingGroupName: 'ci-Group',
        MinSize: 0,
        MaxSize: 4,
        DesiredCapacity: 2,
        Instances: [inService],
      },
      ...parts,
    } as AutoScalingGroup,
    activities as Activity[],
  );
const FAILED = {
  StatusCode: 'Failed',
  Description: 'Launching a new EC2 instance',
  StatusMessage: 'no room',
} as const;
const LAUNCHED = { StatusCode: 'Successful', Description: 'Launching a new EC2 instance: i-0a' } as const;
const PAUSED = { Tags: [{ Key: 'bk-stack:paused', Value: 'scale-to-zero' }] };
const NOT_PAUSED = { Tags: [{ Key: 'bk-stack:paused', Value: 'false' }] };
const suspended = (...names: string[]) => ({
  SuspendedProcesses: names.map((ProcessName) => ({ ProcessName })),
});
const update = { phase: 'draining', by: 'ada', startedAt: '2026-11-24T10:00:00.000Z' } as NonNullable<
  Findings['update']
>;
const firsts = (findings: Partial<Findings>) =>
  problemsOf({ stack, ...findings }).map(({ message }) => message.split('\n')[0]);

describe('the problems of a group', () => {
  const PAUSE = 'The stack is paused: its scaler brings up nothing, and jobs wait.';
  const halt = (names: string) => `Auto Scaling does not ${names}: suspended by somebody.`;
  for (const [what, parts, activities, messages] of [
    ['nothing wrong', {}, [], []],
    ['paused', PAUSED, [], [PAUSE]],
    ['a pause that says false', NOT_PAUSED, [], []],
    ['launches suspended', suspended('Launch'), [], [halt('Launch')]],
    [
      'launches suspended by the pause',
      { ...PAUSED, ...suspended('Launch', 'ScheduledActions') },
      [],
      [PAUSE],
    ],
    [
      'more suspended beside the pause',
      { ...PAUSED, ...suspended('Launch', 'Terminate', 'HealthCheck') },
      [],
      [PAUSE, halt('Terminate, HealthCheck')],
    ],
    [
      'launches suspended and a pause that says false',
      { ...NOT_PAUSED, ...suspended('Launch') },
      [],
      [halt('Launch')],
    ],
    [
      'all that matters suspended',
      suspended('Launch', 'Terminate', 'HealthCheck'),
      [],
      [halt('Launch, Terminate, HealthCheck')],
    ],
    ['suspended what does no harm', suspended('AZRebalance', 'AlarmNotification', 'LaunchX'), [], []],
    ['a launch that failed', {}, [FAILED], ['Instances cannot be launched: no room']],
    ['a launch that failed while paused', PAUSED, [FAILED], [PAUSE, 'Instances cannot be launched: no room']],
    ['a launch that failed before one succeeded', {}, [LAUNCHED, FAILED], []],
    [
      'a launch that failed after one succeeded',
      {},
      [FAILED, LAUNCHED],
      ['Instances cannot be launched: no room'],
    ],
    ['a launch that failed, and all that are desired', { DesiredCapacity: 1 }, [FAILED], []],
    [
      'a launch that failed, and one that boots',
      { DesiredCapacity: 1, Instances: [{ ...inService, LifecycleState: 'Pending' }] },
      [FAILED],
      ['Instances cannot be launched: no room'],
    ],
    [
      'suspended what has another name',
      { ...PAUSED, ...suspended('ReTerminate', 'TerminateX', 'ReLaunch') },
      [],
      [PAUSE],
    ],
    ['suspended what has another name, unpaused', suspended('ReLaunch', 'LaunchX'), [], []],
    ['a termination that failed', {}, [{ ...FAILED, Description: 'Terminating EC2 instance: i-1' }], []],
    [
      'an unhealthy instance',
      { Instances: [{ ...inService, HealthStatus: 'UNHEALTHY' }] },
      [],
      ['1 instance unhealthy: i-1. The group replaces them.'],
    ],
    [
      'two on standby',
      {
        Instances: ['i-1', 'i-2'].map((InstanceId) => ({
          ...inService,
          InstanceId,
          LifecycleState: 'Standby',
        })),
      },
      [],
      ["2 instances on standby, which cost money and don't count as capacity: i-1, i-2."],
    ],
  ] as const) {
    it(`are ${messages.length === 0 ? 'none' : messages.length} with ${what}`, () => {
      expect(firsts({ group: group(parts, [...activities]) })).to.eql(messages);
    });
  }

  it('come in this order', () => {
    const surplus = { instances: 1, minutes: 12, cause: 'unknown', protectedInstances: [] } as const;
    const parts = {
      ...PAUSED,
      ...suspended('Terminate'),
      Instances: [{ ...inService, LifecycleState: 'Standby', HealthStatus: 'Unhealthy' }],
    };
    const found = firsts({ group: group(parts, [FAILED]), surplus });
    expect(found.map((message) => message?.split(' ')[0])).to.eql([
      ...['The', 'Instances', 'Auto', '1', '1', '1'],
    ]);
    expect(found.slice(3)).to.eql([
      "1 instance more than desired, without jobs, in service for over 12 min: Auto Scaling doesn't end them.",
      "1 instance on standby, which costs money and doesn't count as capacity: i-1.",
      '1 instance unhealthy: i-1. The group replaces them.',
    ]);
  });

  it('do not matter once the stack is being deleted', () => {
    const deleting = { ...stack, status: 'DELETE_IN_PROGRESS' };
    expect(problemsOf({ stack: deleting, group: group(PAUSED) })).to.eql([]);
  });

  it('offer resume for a pause, unless an update says how to go on', () => {
    const remedies = (findings: Partial<Findings>) =>
      problemsOf({ stack, group: group(PAUSED), ...findings }).map(({ remedy }) => remedy);
    expect(remedies({})).to.eql(['bk-stack resume ci --region us-east-1']);
    expect(remedies({ update })).to.eql([
      'bk-stack status ci --wait --region us-east-1\nWhere nobody watches it any more: bk-stack update ci --resume --region us-east-1',
      undefined,
    ]);
  });

  it('tell an instance that did not come up from one that EC2 refused', () => {
    const message = (lines?: string[]) =>
      problemsOf({
        ...{ stack, group: group({}, [FAILED]) },
        ...(lines && { bootLog: { instanceId: 'i-9', lines } }),
      })[0]?.message;
    expect(message()).to.equal('Instances cannot be launched: no room');
    expect(message([])).to.equal(
      'i-9 was launched and did not come up: no room\nIt has written no boot log.',
    );
    expect(message(['a'])).to.equal(
      'i-9 was launched and did not come up: no room\nThe last lines of its boot log:\n  a',
    );
  });
});

describe('the problems of a stack', () => {
  const WAIT = 'bk-stack status ci --wait --region us-east-1';
  const DELETE = 'bk-stack delete ci --region us-east-1';
  for (const [status, remedy] of [
    ['CREATE_COMPLETE', null],
    ['CREATE_IN_PROGRESS', null],
    ['UPDATE_COMPLETE', null],
    ['UPDATE_IN_PROGRESS', null],
    ['DELETE_IN_PROGRESS', null],
    ['REVIEW_IN_PROGRESS', DELETE],
    ['CREATE_FAILED', DELETE],
    ['ROLLBACK_COMPLETE', DELETE],
    ['ROLLBACK_FAILED', DELETE],
    ['ROLLBACK_IN_PROGRESS', WAIT],
    ['DELETE_FAILED', DELETE],
    ['UPDATE_ROLLBACK_IN_PROGRESS', WAIT],
    ['UPDATE_ROLLBACK_FAILED', 'bk-stack update ci --cancel --region us-east-1'],
    ['UPDATE_ROLLBACK_COMPLETE', undefined],
  ] as const) {
    it(`of one in ${status} ${remedy === null ? 'are none' : `are mended by: ${remedy ?? '(nothing to type)'}`}`, () => {
      const found = stackProblems({ ...stack, status }, undefined);
      if (remedy === null) expect(found).to.eql([]);
      else expect(found.map((problem) => problem.remedy)).to.eql([remedy]);
    });
  }

  it('tell the cause, else the reason, else the state', () => {
    const failed = { ...stack, status: 'ROLLBACK_COMPLETE' };
    const cause = {
      ...{ logicalId: 'Vpc', path: 'Vpc', type: 'AWS::EC2::VPC', reason: 'no room', stackName: 'ci' },
      ...{ at: new Date(0), alsoFailed: [], advice: 'Use another.' },
    };
    expect(stackProblems({ ...failed, reason: 'why' }, cause)).to.eql([
      { message: 'Vpc (AWS::EC2::VPC): no room', remedy: `Use another.\n${DELETE}` },
    ]);
    expect(stackProblems({ ...failed, reason: 'why' }, undefined)[0]?.message).to.equal('why');
    expect(stackProblems(failed, undefined)[0]?.message).to.equal('The stack is in ROLLBACK_COMPLETE.');
  });

  it('come with the update first and drift last', () => {
    const drift = { status: 'DRIFTED', checkedAt: '2026-11-24T10:00:00.000Z' };
    const alarm = { alarmName: 'a', since: '2026-11-23T11:00:00.000Z', ofFunction: true, about: 'x' };
    const untakenJobs = { jobs: 1, idleAgents: 0, foreignIdle: 0, nextAttemptAt: '2026-11-25T11:00:10.000Z' };
    expect(
      firsts({ stack: { ...stack, drift }, update, alarms: [alarm], untakenJobs, group: group(PAUSED) }),
    ).to.eql([
      'An update is under way since 2026-11-24 10:00 UTC, by ada: it is draining.',
      'The stack is paused: its scaler brings up nothing, and jobs wait.',
      '1 job waiting that no agent has taken; next attempt at 2026-11-25 11:00 UTC.',
      'Alarm a has been firing since 2026-11-23 11:00 UTC: x',
      'Somebody has changed resources past the stack, as of 2026-11-24T10:00:00.000Z.',
    ]);
    expect(firsts({ stack: { ...stack, drift: { status: 'IN_SYNC' } } })).to.eql([]);
    expect(firsts({ stack: { ...stack, drift: { status: 'DRIFTED' } } })).to.eql([
      'Somebody has changed resources past the stack.',
    ]);
  });
});
