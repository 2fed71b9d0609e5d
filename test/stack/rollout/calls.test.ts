import { expect } from 'chai';
import { lookAtRefresh, refreshCalls, type RefreshState } from '../../../src/stack/rollout/refresh.ts';
import { hasEnded } from '../../../src/stack/facts/group/refreshes.ts';
import { surveyCalls } from '../../../src/stack/rollout/survey-calls.ts';
import {
  releaseWarmInstances,
  replaceOutdatedWarm,
  warmPoolCalls,
} from '../../../src/stack/rollout/warm-pool.ts';
import { instantPacing } from '../../support/cloudformation.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const GROUP = { AutoScalingGroupName: 'g' };
const nameOf = (error: unknown) => (error as Error).name;

describe('an instance refresh', () => {
  for (const [status, ended] of [
    ['Pending', false],
    ['InProgress', false],
    ['Cancelling', false],
    ['RollbackInProgress', false],
    ['Baking', false],
    ['Successful', true],
    ['Failed', true],
    ['Cancelled', true],
    ['RollbackSuccessful', true],
    ['RollbackFailed', true],
  ] as const) {
    it(`${ended ? 'has ended' : 'goes on'} in ${status}`, () => {
      expect(hasEnded(status)).to.equal(ended);
    });
  }

  for (const [what, state, releases] of [
    ['without a warm pool', { status: 'InProgress', percentage: 0, left: 1 }, 0],
    ['with a warm pool', { status: 'InProgress', percentage: 0, left: 1, leftWarm: 0 }, 1],
    ['with a warm pool, at its end', { status: 'Successful', percentage: 100, left: 0, leftWarm: 0 }, 0],
  ] as [string, RefreshState, number][]) {
    it(`${what} lets instances of the pool go ${releases} times`, async () => {
      const released: string[] = [];
      const calls = {
        describe: (group: string, id: string) => {
          expect([group, id]).to.eql(['g', 'r']);
          return Promise.resolve(state);
        },
        releaseWarm: (group: string) => Promise.resolve(void released.push(group)),
      };
      expect(await lookAtRefresh(calls, { group: 'g', refreshId: 'r' }, instantPacing())).to.equal(state);
      expect(released).to.eql(Array(releases).fill('g'));
    });
  }

  it('counts the instances of its group, and none of one that is gone', async () => {
    const AutoScalingGroups = [{ Instances: [{}, {}] }];
    expect(
      await refreshCalls(recordedAws({ DescribeAutoScalingGroups: { AutoScalingGroups } }).aws).instances(
        'g',
      ),
    ).to.equal(2);
    expect(await refreshCalls(recordedAws().aws).instances('g')).to.equal(0);
    const bare = recordedAws({ DescribeAutoScalingGroups: { AutoScalingGroups: [{}] } });
    expect(await refreshCalls(bare.aws).instances('g')).to.equal(0);
  });

  it('is active as long as it has not ended', async () => {
    const InstanceRefreshes = [
      { InstanceRefreshId: 'a', Status: 'Successful' },
      { InstanceRefreshId: 'b', Status: 'Cancelling' },
    ];
    const { aws, sent } = recordedAws({ DescribeInstanceRefreshes: { InstanceRefreshes } });
    expect(await refreshCalls(aws).active('g')).to.equal('b');
    expect(sent).to.eql([['DescribeInstanceRefreshes', GROUP]]);
    expect(await refreshCalls(recordedAws().aws).active('g')).to.equal(undefined);
  });

  it('is started with all that is asked for, and nothing else', async () => {
    const { aws, sent } = recordedAws({ StartInstanceRefresh: { InstanceRefreshId: 'r' } });
    const calls = refreshCalls(aws);
    const plain = { minHealthy: 90, batch: 0, skipMatching: false };
    expect(await calls.start('g', plain)).to.equal('r');
    await calls.start('g', {
      minHealthy: 100,
      batch: 10,
      checkpoints: [50],
      checkpointDelay: 60,
      skipMatching: true,
    });
    const common = { InstanceWarmup: 0, ScaleInProtectedInstances: 'Refresh' };
    expect(sent.map(([, input]) => input as object)).to.eql([
      {
        ...GROUP,
        Strategy: 'Rolling',
        Preferences: { ...common, MinHealthyPercentage: 90, SkipMatching: false },
      },
      {
        ...{ ...GROUP, Strategy: 'Rolling' },
        Preferences: {
          ...common,
          ...{ MinHealthyPercentage: 100, MaxHealthyPercentage: 110, SkipMatching: true },
          ...{ CheckpointPercentages: [50], CheckpointDelay: 60 },
        },
      },
    ]);
    expect(await refreshCalls(recordedAws().aws).start('g', plain)).to.equal('');
  });

  it('is cancelled, or has come to its end', async () => {
    const { aws, sent } = recordedAws();
    await refreshCalls(aws).cancel('g');
    expect(sent).to.eql([['CancelInstanceRefresh', GROUP]]);
    const cancel = (name: string) =>
      refreshCalls(recordedAws({ CancelInstanceRefresh: sdkError(name, 'no') }).aws)
        .cancel('g')
        .catch(nameOf);
    expect(await cancel('ActiveInstanceRefreshNotFoundFault')).to.equal(undefined);
    expect(await cancel('AccessDenied')).to.equal('AccessDenied');
    expect(await cancel('NoActiveInstanceRefreshNotFound')).to.equal('NoActiveInstanceRefreshNotFound');
  });

  it('is described with defaults for what is not known yet', async () => {
    const startedAt = new Date(0);
    const whole = {
      ...{ Status: 'InProgress', StatusReason: 'waiting', StartTime: startedAt, PercentageComplete: 40 },
      ...{ InstancesToUpdate: 3, ProgressDetails: { WarmPoolProgress: { InstancesToUpdate: 2 } } },
    };
    const described = (refresh: object | undefined) =>
      refreshCalls(
        recordedAws({
          DescribeInstanceRefreshes: { InstanceRefreshes: refresh === undefined ? [] : [refresh] },
        }).aws,
      ).describe('g', 'r');
    expect(await described(whole)).to.eql({
      ...{ status: 'InProgress', reason: 'waiting', startedAt, percentage: 40, left: 3, leftWarm: 2 },
    });
    expect(await described({ ProgressDetails: { WarmPoolProgress: {} } })).to.eql({
      ...{ status: 'Pending', percentage: 0, left: 0, leftWarm: 0 },
    });
    expect(await described({ ProgressDetails: {} })).to.eql({ status: 'Pending', percentage: 0, left: 0 });
    expect(await described(undefined)).to.eql({ status: 'Pending', percentage: 0, left: 0 });
    const { aws, sent } = recordedAws();
    await refreshCalls(aws).describe('g', 'r');
    expect(sent[0]?.[1]).to.eql({ ...GROUP, InstanceRefreshIds: ['r'] });
  });

  it('has the instances of the warm pool released that wait for their end', async () => {
    const { aws, sent } = recordedAws({
      DescribeWarmPool: { Instances: [{ InstanceId: 'a', LifecycleState: 'Warmed:Terminating:Wait' }] },
    });
    await refreshCalls(aws).releaseWarm('g');
    expect(sent.at(-1)?.[0]).to.equal('CompleteLifecycleAction');
  });
});

describe('the survey of a rollout on AWS', () => {
  const surveyed = (group: object) =>
    surveyCalls(recordedAws({ DescribeAutoScalingGroups: { AutoScalingGroups: [group] } }).aws).group('g');

  it('reads versions, sizes and instances', async () => {
    expect(
      await surveyed({
        ...{ MinSize: 1, MaxSize: 3, DesiredCapacity: 2, WarmPoolConfiguration: {} },
        LaunchTemplate: { Version: '7' },
        Instances: [
          { InstanceId: 'a', LifecycleState: 'InService', LaunchTemplate: { Version: '6' } },
          { InstanceId: 'b', LaunchTemplate: {} },
          {},
        ],
      }),
    ).to.eql({
      ...{ version: '7', size: { min: 1, max: 3, desired: 2 }, warm: true },
      instances: [
        { instanceId: 'a', lifecycleState: 'InService', version: '6' },
        { instanceId: 'b', lifecycleState: '' },
        { instanceId: '', lifecycleState: '' },
      ],
    });
    expect(await surveyed({})).to.eql({
      ...{ size: { min: 0, max: 0, desired: 0 }, warm: false, instances: [] },
    });
  });

  it('reads the latest hundred activities that launch or end instances', async () => {
    const start = new Date('2026-11-24T10:00:00Z');
    const { aws, sent } = recordedAws({
      DescribeScalingActivities: {
        Activities: [
          { Description: 'Launching a new EC2 instance: i-0a', StatusCode: 'Successful', StartTime: start },
          { Description: 'Terminating EC2 instance: i-0b', StatusCode: 'InProgress', StartTime: start },
          {
            Description: 'Launching a new EC2 instance',
            StatusCode: 'Failed',
            StatusMessage: 'no\n  image',
            StartTime: start,
          },
          { Description: 'Launching a new EC2 instance: i-0c', StatusCode: 'Cancelled', StatusMessage: '' },
          { Description: 'At Launching time: x', StatusCode: 'Successful' },
          { Description: 'Not Terminating: x', StatusCode: 'Successful' },
          {},
        ],
      },
    });
    expect(await surveyCalls(aws).activities('g')).to.eql([
      { kind: 'launch', instanceId: 'i-0a', startedAt: start, outcome: 'done' },
      { kind: 'end', instanceId: 'i-0b', startedAt: start, outcome: 'under way' },
      { kind: 'launch', startedAt: start, outcome: 'failed', message: 'no image' },
      { kind: 'launch', instanceId: 'i-0c', startedAt: new Date(0), outcome: 'failed' },
    ]);
    expect(sent).to.eql([['DescribeScalingActivities', { ...GROUP, MaxRecords: 100 }]]);
    expect(await surveyCalls(recordedAws().aws).activities('g')).to.eql([]);
  });

  it('replaces instances, and leaves those alone that have ended', async () => {
    const { aws, sent } = recordedAws();
    await surveyCalls(aws).replace(['a', 'b']);
    expect(sent).to.eql(
      ['a', 'b'].map((InstanceId) => [
        'TerminateInstanceInAutoScalingGroup',
        { InstanceId, ShouldDecrementDesiredCapacity: false },
      ]),
    );
    const replace = (name: string) =>
      surveyCalls(recordedAws({ TerminateInstanceInAutoScalingGroup: sdkError(name, 'no') }).aws)
        .replace(['a'])
        .catch(nameOf);
    expect(await replace('ValidationError')).to.equal(undefined);
    expect(await replace('AccessDenied')).to.equal('AccessDenied');
  });

  it('reads the boot log of an instance', async () => {
    const { aws, sent } = recordedAws({ GetLogEvents: { events: [{ message: 'boots' }] } });
    expect(await surveyCalls(aws).bootLog('/logs', 'i-1')).to.eql(['boots']);
    expect(JSON.stringify(sent)).to.contain('/logs').and.contain('i-1');
  });
});

describe('the instances of a warm pool', () => {
  const warm = (instanceId: string, lifecycleState: string, version = '1') => ({
    ...{ instanceId, lifecycleState, version, health: 'Healthy', instanceType: '', zone: '' },
  });
  const pool = (...instances: ReturnType<typeof warm>[]) => {
    const done: string[] = [];
    return {
      done,
      calls: {
        instances: () => Promise.resolve(instances),
        replace: (group: string, all: readonly { instanceId: string }[]) =>
          Promise.resolve(void done.push(`replace ${all.map((one) => one.instanceId).join()} of ${group}`)),
        release: (group: string, id: string) => Promise.resolve(void done.push(`release ${id} of ${group}`)),
      },
    };
  };

  it('are replaced where they are of another version, and not ending', async () => {
    const { calls, done } = pool(
      warm('a', 'Warmed:Stopped'),
      warm('b', 'Warmed:Stopped', '2'),
      warm('c', 'Warmed:Terminating:Wait'),
      warm('d', 'Warmed:Pending:Wait'),
    );
    expect(await replaceOutdatedWarm(calls, { group: 'g', version: '2' })).to.equal(2);
    expect(done).to.eql(['replace a,d of g']);
    const current = pool(warm('b', 'Warmed:Stopped', '2'));
    expect(await replaceOutdatedWarm(current.calls, { group: 'g', version: '2' })).to.equal(0);
    expect(current.done).to.eql([]);
  });

  it('are let go where the terminating hook holds them', async () => {
    const { calls, done } = pool(
      warm('a', 'Warmed:Stopped'),
      warm('b', 'Warmed:Terminating:Wait'),
      warm('c', 'Warmed:Terminating:Proceed'),
    );
    await releaseWarmInstances(calls, 'g');
    expect(done).to.eql(['release b of g']);
  });

  const action = (LifecycleHookName: string, LifecycleActionResult: string) => [
    'CompleteLifecycleAction',
    { ...GROUP, InstanceId: 'a', LifecycleHookName, LifecycleActionResult },
  ];
  const replace = (lifecycleState: string, answers: Parameters<typeof recordedAws>[0] = {}) => {
    const { aws, sent } = recordedAws(answers);
    const work = warmPoolCalls(aws).replace('g', [{ instanceId: 'a', lifecycleState }]);
    return work.then(() => sent, nameOf);
  };

  it('are ended by their launching hook as they boot, and by their health otherwise', async () => {
    const unhealthy = { InstanceId: 'a', HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false };
    expect(await replace('Warmed:Pending:Wait')).to.eql([action('bk-stack-launching', 'ABANDON')]);
    for (const state of [
      'Warmed:Stopped',
      'Warmed:Pending',
      'X:Warmed:Pending:Wait',
      'Warmed:Pending:Wait:X',
    ])
      expect(await replace(state), state).to.eql([['SetInstanceHealth', unhealthy]]);
  });

  it('are none of its business once they are gone', async () => {
    for (const [state, operation] of [
      ['Warmed:Pending:Wait', 'CompleteLifecycleAction'],
      ['Warmed:Stopped', 'SetInstanceHealth'],
    ] as const) {
      expect(await replace(state, { [operation]: sdkError('ValidationError', 'gone') })).to.be.an('array');
      expect(await replace(state, { [operation]: sdkError('AccessDenied', 'no') })).to.equal('AccessDenied');
    }
  });

  it('are read and released by their terminating hook', async () => {
    const { aws, sent } = recordedAws({ DescribeWarmPool: { Instances: [{ InstanceId: 'a' }] } });
    expect((await warmPoolCalls(aws).instances('g')).map(({ instanceId }) => instanceId)).to.eql(['a']);
    await warmPoolCalls(aws).release('g', 'a');
    expect(sent.at(-1)).to.eql(action('bk-stack-terminating', 'CONTINUE'));
  });
});
