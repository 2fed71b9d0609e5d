import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { drainingOf } from '../../../../src/stack/facts/group/draining.ts';
import { groupInstances, launchVersion } from '../../../../src/stack/facts/group/instances.ts';
import {
  groupState,
  minimumOf,
  pauseReason,
  suspendedProcesses,
} from '../../../../src/stack/facts/group/state.ts';
import { onStandby } from '../../../../src/stack/facts/group/surplus.ts';

const group = (parts: object) => ({ AutoScalingGroupName: 'g', ...parts }) as AutoScalingGroup;
const tagged = (Key: string, Value: string) => ({
  Tags: [
    { Key: 'other', Value: 'x' },
    { Key, Value },
  ],
});

describe('the state of a group', () => {
  it('is paused by its tag, unless that says false', () => {
    const reason = (Value: string) => pauseReason(tagged('bk-stack:paused', Value));
    expect([reason('scale-to-zero'), reason(''), reason('false')]).to.eql(['scale-to-zero', '', undefined]);
    expect(pauseReason({})).to.equal(undefined);
    expect(groupState(group(tagged('bk-stack:paused', 'x')), []).paused).to.equal('x');
    expect(groupState(group(tagged('bk-stack:paused', 'false')), [])).to.not.have.property('paused');
  });

  it('has the processes that are suspended', () => {
    expect(suspendedProcesses({ SuspendedProcesses: [{ ProcessName: 'Launch' }, {}] })).to.eql(['Launch']);
    expect(suspendedProcesses({})).to.eql([]);
  });

  it('has its own minimum beside the one that the scaler has raised', () => {
    const raised = group({ MinSize: 2, ...tagged('bk-stack:held', '0/2') });
    expect(minimumOf(raised)).to.eql({ min: 0, held: 2 });
    expect(groupState(raised, [])).to.include({ minSize: 2, ownMinSize: 0 });
    expect(groupState(group({ MinSize: 2 }), [])).to.not.have.property('ownMinSize');
  });

  it('is on-demand until a time, while it buys like that', () => {
    const until = (percentage: number) =>
      groupState(
        group({
          MixedInstancesPolicy: {
            InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: percentage },
          },
          ...tagged('bk-stack:purchase', 'on-demand until 2026-11-25T11:00:00.000Z'),
        }),
        [],
      ).onDemandUntil;
    expect([until(100), until(99)]).to.eql(['2026-11-25T11:00:00.000Z', undefined]);
  });

  it('has the jobs that the scaler found nobody to take', () => {
    const stuck = group(tagged('bk-stack:stuck', '3 until 2026-11-25T11:00:10.000Z then 240 s'));
    expect(groupState(stuck, []).stuckJobs).to.eql({ jobs: 3, nextAttemptAt: '2026-11-25T11:00:10.000Z' });
    expect(groupState(group({}), [])).to.not.have.property('stuckJobs');
  });

  it('has the warm pool that is asked for, with what is in it where that is known', () => {
    const pooled = group({ WarmPoolConfiguration: { MinSize: 2 }, WarmPoolSize: 3 });
    expect(groupState(pooled, []).warmPool).to.eql({ size: 3, wanted: 2 });
    expect(groupState(group({ WarmPoolConfiguration: {} }), []).warmPool).to.eql({ size: 0, wanted: 0 });
    expect(groupState(group({}), [])).to.not.have.property('warmPool');
  });

  it('has its name and its sizes', () => {
    const sized = group({ MinSize: 1, MaxSize: 4, DesiredCapacity: 2 });
    const { autoScalingGroupName, minSize, maxSize, desiredCapacity } = groupState(sized, []);
    expect([autoScalingGroupName, minSize, maxSize, desiredCapacity]).to.eql(['g', 1, 4, 2]);
    expect(groupState(group({ AutoScalingGroupName: undefined }), []).autoScalingGroupName).to.equal('');
    expect(groupState(group({}), [])).to.not.have.any.keys('paused', 'onDemandUntil', 'ownMinSize');
  });

  it('has the latest three launches that failed', () => {
    const activities = [4, 3, 2, 1].map((at) => ({
      ...{ ActivityId: 'a', AutoScalingGroupName: 'g', Cause: 'c', StatusCode: 'Failed' as const },
      ...{ StartTime: new Date(at), Description: 'Launching a new EC2 instance', StatusMessage: `m${at}` },
    }));
    const { failures, failing } = groupState(group({}), activities);
    expect([failures.map(({ reason }) => reason), failing]).to.eql([['m4', 'm3', 'm2'], true]);
    expect(groupState(group({}), [])).to.include({
      failing: false,
      minSize: 0,
      maxSize: 0,
      desiredCapacity: 0,
    });
  });
});

describe('the instances of a group', () => {
  it('are of the current version or another, and protected or not', () => {
    const found = groupInstances(
      group({
        LaunchTemplate: { Version: '2' },
        Instances: [
          {
            InstanceId: 'i-1',
            LifecycleState: 'InService',
            HealthStatus: 'Healthy',
            LaunchTemplate: { Version: '2' },
            ProtectedFromScaleIn: true,
          },
          { LaunchTemplate: { Version: '1' } },
          {},
        ],
      }),
    );
    const nothing = { instanceId: '', lifecycleState: '', health: '', instanceType: '', zone: '' };
    expect(found).to.eql([
      {
        ...{ ...nothing, instanceId: 'i-1', lifecycleState: 'InService', health: 'Healthy' },
        ...{ version: '2', current: true, protectedFromScaleIn: true },
      },
      { ...nothing, version: '1', current: false, protectedFromScaleIn: false },
      { ...nothing, current: false, protectedFromScaleIn: false },
    ]);
  });

  it('are launched from the version of the policy, else of the group', () => {
    const policy = { LaunchTemplate: { LaunchTemplateSpecification: { Version: '7' } } };
    expect(launchVersion(group({ MixedInstancesPolicy: policy, LaunchTemplate: { Version: '2' } }))).to.equal(
      '7',
    );
    expect(launchVersion(group({ LaunchTemplate: { Version: '2' } }))).to.equal('2');
    expect(launchVersion(group({}))).to.equal(undefined);
  });

  it('are on standby, or not', () => {
    const { instances } = groupState(
      group({
        Instances: [
          { InstanceId: 'i-1', LifecycleState: 'Standby' },
          { InstanceId: 'i-2', LifecycleState: 'InService' },
          { InstanceId: 'i-3', LifecycleState: 'EnteringStandby' },
        ],
      }),
      [],
    );
    expect(onStandby({ instances })).to.eql(['i-1']);
  });
});

describe('whether instances drain', () => {
  const HOOKS = [{ LifecycleHookName: 'bk-stack-terminating' }];
  const HOST = 'exec node /opt/bk-stack/host.mjs bootstrap';
  const GONE = { gone: true } as const;
  for (const [what, hooks, userData, expected] of [
    ['with our hook and our host program', HOOKS, [HOST], { drains: true }],
    ['with our hook and a launch template that is gone', HOOKS, [GONE], { drains: true }],
    ['without our hook', [{ LifecycleHookName: 'other' }], [HOST], { drains: false, lacks: 'hook' }],
    ['with no hook and one template gone of two', [], [HOST, GONE], { drains: false, lacks: 'hook' }],
    ['with no hook and all templates gone', [], [GONE], { drains: false, lacks: 'launch template' }],
    ['with another program', HOOKS, ['echo'], { drains: false, lacks: 'host program' }],
    ['with another program for one type', HOOKS, [HOST, 'echo'], { drains: false, lacks: 'host program' }],
    ['without user data', HOOKS, [undefined], { drains: false, lacks: 'host program' }],
    ['without a launch template', HOOKS, [], { drains: false, lacks: 'host program' }],
  ] as const) {
    it(what, () => {
      expect(drainingOf(hooks, userData)).to.eql(expected);
    });
  }
});
