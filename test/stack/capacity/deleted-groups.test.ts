import { expect } from 'chai';
import {
  beingDeleted,
  deletedGroupCalls,
  type DeletedGroupCalls,
  releaseDeletedGroups,
} from '../../../src/stack/capacity/deleted-groups.ts';
import type { SizedInstance } from '../../../src/stack/capacity/group-size.ts';
import { History } from '../../support/events.ts';
import { protectedInstance } from '../../support/fake-group.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const TYPE = 'AWS::AutoScaling::AutoScalingGroup';
const group = (physicalId: string) => ({ type: TYPE, physicalId });

describe('the groups that CloudFormation is deleting', () => {
  it('have begun to be, and not come to an end', () => {
    const { events } = new History()
      .resource('A', 'CREATE_COMPLETE', group('a'))
      .resource('B', 'DELETE_IN_PROGRESS', group('b'))
      .resource('C', 'DELETE_IN_PROGRESS', group('c'))
      .resource('C', 'DELETE_COMPLETE', group('c'))
      .resource('D', 'DELETE_FAILED', group('d'))
      .resource('D', 'DELETE_IN_PROGRESS', group('d'))
      .resource('E', 'DELETE_SKIPPED', group('e'))
      .resource('F', 'DELETE_IN_PROGRESS', { type: TYPE })
      .resource('Vpc', 'DELETE_IN_PROGRESS', { physicalId: 'vpc-1' });
    expect(beingDeleted(TYPE, events)).to.eql(['b', 'd']);
  });
});

describe('the instances of a group that CloudFormation is deleting', () => {
  const finishing = (instanceId: string): SizedInstance => ({
    ...{ instanceId, lifecycleState: 'Terminating:Wait', protectedFromScaleIn: true },
  });
  const POOL = { type: 'AWS::AutoScaling::WarmPool', physicalId: 'g' };
  const { events } = new History().resource('Group', 'DELETE_IN_PROGRESS', group('g'));
  const looked = async (
    instances: readonly SizedInstance[] | undefined | Error,
    { releases = true, looks = 1, seen = events } = {},
  ) => {
    const done: string[] = [];
    const notes: string[] = [];
    const calls: DeletedGroupCalls = {
      instances: (name) => {
        done.push(`look at ${name}`);
        return instances instanceof Error ? Promise.reject(instances) : Promise.resolve(instances);
      },
      finishingWarm: (name) => {
        done.push(`look at the pool of ${name}`);
        return Promise.resolve(['w']);
      },
      unprotect: (name, ids) => {
        done.push(`unprotect ${ids.join()} of ${name}`);
        return Promise.resolve();
      },
      release: (name, ids) => {
        done.push(`release ${ids.join()} of ${name}`);
        return Promise.resolve();
      },
    };
    const look = releaseDeletedGroups(calls, {
      releases: (name) => name === 'g' && releases,
      note: (line) => notes.push(line),
    });
    for (let left = looks; left > 0; left -= 1) await look(seen);
    return { done, notes };
  };

  it('are unprotected in service and let go when they finish, each noted', async () => {
    const booting = { ...protectedInstance('c'), lifecycleState: 'Pending:Wait' };
    expect(await looked([protectedInstance('a'), finishing('b'), booting, finishing('d')])).to.eql({
      done: ['look at g', 'unprotect a of g', 'release b,d of g'],
      notes: ['Scale-in protection removed from 1 instance of g'],
    });
    const one = { ...protectedInstance('a'), protectedFromScaleIn: false };
    expect(await looked([one])).to.eql({ done: ['look at g'], notes: [] });
  });

  it('finish their jobs where their hooks are not to be completed', async () => {
    expect((await looked([finishing('b')], { releases: false })).done).to.eql(['look at g']);
  });

  it('are let go in a warm pool whatever else drains, as long as that is deleted', async () => {
    const seen = new History().resource('Pool', 'DELETE_IN_PROGRESS', POOL).events;
    expect((await looked([], { releases: false, seen })).done).to.eql([
      'look at the pool of g',
      'release w of g',
    ]);
    const gone = new History().resource('Pool', 'DELETE_COMPLETE', POOL).events;
    expect((await looked([], { seen: gone })).done).to.eql([]);
  });

  it('are none where the group is gone', async () => {
    expect(await looked(undefined)).to.eql({ done: ['look at g'], notes: [] });
  });

  it('are left to CloudFormation, with one note, where that is denied', async () => {
    expect(await looked(sdkError('AccessDenied', 'You may not', 403), { looks: 3 })).to.eql({
      done: ['look at g'],
      notes: ["Can't let the instances of g go; CloudFormation may wait an hour for them: You may not"],
    });
  });

  it('are looked at again after any other error', async () => {
    expect(await looked(sdkError('Throttling', 'Rate exceeded'), { looks: 2 })).to.eql({
      done: ['look at g', 'look at g'],
      notes: [],
    });
  });
});

describe('the calls on a group that CloudFormation is deleting', () => {
  it('complete each of its terminating hooks', async () => {
    const LifecycleHooks = [
      { LifecycleHookName: 'up', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' },
      { LifecycleHookName: 'down', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
    ];
    const { aws, sent } = recordedAws({ DescribeLifecycleHooks: { LifecycleHooks } });
    await deletedGroupCalls(aws).release('g', ['a', 'b']);
    const action = {
      AutoScalingGroupName: 'g',
      LifecycleHookName: 'down',
      LifecycleActionResult: 'CONTINUE',
    };
    expect(sent.slice(1)).to.eql([
      ['CompleteLifecycleAction', { ...action, InstanceId: 'a' }],
      ['CompleteLifecycleAction', { ...action, InstanceId: 'b' }],
    ]);
    const failing = (name: string) =>
      deletedGroupCalls(
        recordedAws({
          DescribeLifecycleHooks: { LifecycleHooks },
          CompleteLifecycleAction: sdkError(name, 'no'),
        }).aws,
      )
        .release('g', ['a'])
        .catch((error: unknown) => (error as Error).name);
    expect(await failing('ValidationError')).to.equal(undefined);
    expect(await failing('AccessDenied')).to.equal('AccessDenied');
  });

  it('find what is held in its warm pool', async () => {
    const warm = ['Stopped', 'Terminating:Wait', 'Terminating:Proceed'].map((state) => ({
      ...{ InstanceId: state, LifecycleState: `Warmed:${state}` },
    }));
    const { aws } = recordedAws({ DescribeWarmPool: { Instances: warm } });
    expect(await deletedGroupCalls(aws).finishingWarm('g')).to.eql(['Terminating:Wait']);
  });

  it('find its instances, unless it is gone, and unprotect them', async () => {
    const { aws, sent } = recordedAws({
      DescribeAutoScalingGroups: { AutoScalingGroups: [{ Instances: [{ InstanceId: 'a' }] }] },
    });
    expect(await deletedGroupCalls(aws).instances('g')).to.eql([
      { instanceId: 'a', lifecycleState: '', protectedFromScaleIn: false },
    ]);
    expect(await deletedGroupCalls(recordedAws().aws).instances('g')).to.equal(undefined);
    await deletedGroupCalls(aws).unprotect('g', ['a']);
    expect(sent.at(-1)).to.eql([
      'SetInstanceProtection',
      { AutoScalingGroupName: 'g', InstanceIds: ['a'], ProtectedFromScaleIn: false },
    ]);
  });
});
