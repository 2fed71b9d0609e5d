import { expect } from 'chai';
import { buildkiteState } from '../../../../src/sandbox/buildkite/state.ts';
import { setFaults } from '../../../../src/sandbox/faults/index.ts';
import { targetStateOf } from '../../../../src/sandbox/machines/metadata.ts';
import { type Answer, Fleet, HOST_PROGRAM, refusal, tally, userData } from '../../../support/fleet.ts';

const AGENTS = userData('export BUILDKITE_QUEUE="q"', 'export BUILDKITE_AGENT_TOKEN="bkct_x"', HOST_PROGRAM);

/** A group with both hooks of bk-stack, and a warm pool. */
class WarmFleet extends Fleet {
  async warm(size: number, settings: object = {}): Promise<void> {
    await this.group({ DesiredCapacity: 0, ...settings }, { UserData: AGENTS });
    for (const [name, transition, result] of [
      ['bk-stack-launching', 'LAUNCHING', 'ABANDON'],
      ['bk-stack-terminating', 'TERMINATING', 'CONTINUE'],
    ]) {
      await this.on('PutLifecycleHook', {
        LifecycleHookName: name,
        LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
        HeartbeatTimeout: 900,
        DefaultResult: result,
      });
    }
    await this.resize(size);
  }

  resize(size: number): Promise<Answer> {
    return this.on('PutWarmPool', { MinSize: size, MaxGroupPreparedCapacity: size, PoolState: 'Stopped' });
  }

  async pool(): Promise<Answer[]> {
    return (await this.on('DescribeWarmPool')).Instances;
  }

  async poolStates(): Promise<Record<string, number>> {
    return tally(await this.pool(), 'LifecycleState');
  }

  get agents(): number {
    return Object.keys(buildkiteState(this.world).agents).length;
  }
}

describe('a warm pool', () => {
  it('is made of instances that boot once, without agents, and are stopped', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(2);
    await fleet.pass(30);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Pending:Wait': 2 });
    const [{ InstanceId }] = await fleet.pool();
    expect(targetStateOf(fleet.scope, InstanceId)).to.equal('Warmed:Stopped');
    await fleet.pass(120);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 2 });
    expect(fleet.agents).to.equal(0);
    const described = await fleet.described();
    expect(described).to.deep.include({ Instances: [], WarmPoolSize: 2, DesiredCapacity: 0 });
    expect(described.WarmPoolConfiguration).to.include({ MinSize: 2, PoolState: 'Stopped' });
    const { Reservations } = await fleet.ec2('DescribeInstances', { InstanceIds: [InstanceId] });
    expect(Reservations[0].Instances[0].State.Name).to.equal('stopped');
    const { AutoScalingInstances } = await fleet.autoscaling('DescribeAutoScalingInstances');
    expect(tally(AutoScalingInstances, 'LifecycleState')).to.eql({ 'Warmed:Stopped': 2 });
  });

  it('gives the group its instances, which start in less time than a boot, and is filled up again', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(2);
    await fleet.pass(200);
    const warm = (await fleet.pool()).map(({ InstanceId }) => InstanceId);
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 3 });
    await fleet.pass(45);
    expect(await fleet.states(), 'the third had to boot').to.eql({ InService: 2, 'Pending:Wait': 1 });
    expect(await fleet.instanceIds()).to.include.members(warm);
    expect(fleet.agents).to.equal(2);
    await fleet.pass(200);
    expect(await fleet.states()).to.eql({ InService: 3 });
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 2 });
    const activities = (await fleet.activities()).map(({ Description }) => Description.replace(/i-.*/, 'i-'));
    expect(activities).to.include.members([
      'Launching a new EC2 instance into warm pool: i-',
      'Launching a new EC2 instance from warm pool: i-',
      'Launching a new EC2 instance: i-',
    ]);
  });

  it('makes the group up to its maximum size, where no size of its own is given', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(0, { MaxSize: 4, DesiredCapacity: 1 });
    await fleet.on('PutWarmPool', {});
    await fleet.pass(200);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 3 });
    await fleet.on('PutWarmPool', { MaxGroupPreparedCapacity: 2 });
    await fleet.pass(1200);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 1 });
  });

  it('holds what is to end for the terminating hook, as nobody on a stopped instance can complete it', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(1);
    await fleet.pass(200);
    const [{ InstanceId }] = await fleet.pool();
    await fleet.resize(0);
    await fleet.pass(60);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Terminating:Wait': 1 });
    await fleet.on('CompleteLifecycleAction', {
      ...{ LifecycleHookName: 'bk-stack-terminating', LifecycleActionResult: 'CONTINUE', InstanceId },
    });
    await fleet.pass(60);
    expect(await fleet.pool()).to.eql([]);
  });

  it('replaces an instance that was terminated', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(1);
    await fleet.pass(200);
    const [{ InstanceId }] = await fleet.pool();
    await fleet.ec2('TerminateInstances', { InstanceIds: [InstanceId] });
    await fleet.pass(300);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 1 });
    expect((await fleet.pool())[0].InstanceId).to.not.equal(InstanceId);
  });

  it('tries later where there is no room for its instances, and the group is not kept waiting by that', async () => {
    const fleet = new WarmFleet('capacity:*');
    await fleet.warm(1);
    await fleet.pass(200);
    expect(await fleet.pool()).to.eql([]);
    const [failed] = await fleet.activities();
    expect(failed).to.include({ StatusCode: 'Failed' });
    expect(failed.Description).to.match(/^Launching a new EC2 instance into warm pool\./);
    setFaults(fleet.world, []);
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 1 });
    await fleet.pass(20);
    expect(await fleet.states()).to.eql({ 'Pending:Wait': 1 });
    await fleet.pass(1200);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 1 });
  });

  it('is refused to a group that launches spot instances, and spot to a group that has one', async () => {
    const fleet = new WarmFleet();
    const mixed = (OnDemandPercentageAboveBaseCapacity: number, template: string) => ({
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: template, Version: '$Latest' } },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity },
      },
    });
    const template = await fleet.template();
    await fleet.warm(0, { LaunchTemplate: undefined, ...mixed(100, template) });
    expect(await refusal(fleet.on('UpdateAutoScalingGroup', mixed(50, template)))).to.match(/Spot Instances/);
    await fleet.on('DeleteWarmPool');
    await fleet.pass(10);
    await fleet.on('UpdateAutoScalingGroup', mixed(50, template));
    expect(await refusal(fleet.resize(1))).to.match(/^ValidationError: .*Spot Instances/);
  });

  it('of another kind than that of stopped instances is not modelled, and says so', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(0);
    expect(await refusal(fleet.on('PutWarmPool', { PoolState: 'Running' }))).to.match(/^NotImplemented/);
    const InstanceReusePolicy = { ReuseOnScaleIn: true };
    expect(await refusal(fleet.on('PutWarmPool', { InstanceReusePolicy }))).to.match(/^NotImplemented/);
    expect(await refusal(fleet.on('PutWarmPool', { PoolState: 'Frozen' }))).to.match(/^ValidationError/);
  });

  it('keeps a group from being deleted, but by force', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(1);
    await fleet.pass(200);
    expect(await refusal(fleet.on('DeleteWarmPool'))).to.match(/^ResourceInUse/);
    expect(await refusal(fleet.on('DeleteAutoScalingGroup'))).to.match(/^ResourceInUse/);
    const [{ InstanceId }] = await fleet.pool();
    const decrement = { ShouldDecrementDesiredCapacity: true };
    expect(
      await refusal(fleet.autoscaling('TerminateInstanceInAutoScalingGroup', { InstanceId, ...decrement })),
    ).to.contain('warm pool');
    await fleet.on('DeleteAutoScalingGroup', { ForceDelete: true });
    await fleet.pass(60);
    expect(await fleet.described()).to.equal(undefined);
    const { Reservations } = await fleet.ec2('DescribeInstances', { InstanceIds: [InstanceId] });
    expect(Reservations[0].Instances[0].State.Name).to.equal('terminated');
  });

  it('by force does not wait for hooks', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(2);
    await fleet.pass(200);
    await fleet.on('DeleteWarmPool', { ForceDelete: true });
    expect((await fleet.described()).WarmPoolConfiguration.Status).to.equal('PendingDelete');
    await fleet.pass(60);
    expect((await fleet.described()).WarmPoolConfiguration).to.equal(undefined);
    expect(await refusal(fleet.on('DeleteWarmPool'))).to.contain('No warm pool');
  });

  it('is replaced by an instance refresh after the group, which gets none of a former version meanwhile', async () => {
    const fleet = new WarmFleet();
    await fleet.warm(1, { DesiredCapacity: 1 });
    await fleet.pass(300);
    const { LaunchTemplate } = await fleet.described();
    await fleet.ec2('CreateLaunchTemplateVersion', {
      LaunchTemplateId: LaunchTemplate.LaunchTemplateId,
      SourceVersion: '1',
      LaunchTemplateData: { InstanceType: 'm5.large' },
    });
    const Preferences = {
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 110,
      InstanceWarmup: 0,
      SkipMatching: true,
    };
    await fleet.on('StartInstanceRefresh', { Preferences });
    await fleet.pass(40);
    const refresh = async () => (await fleet.on('DescribeInstanceRefreshes')).InstanceRefreshes[0];
    expect((await refresh()).ProgressDetails).to.eql({
      LivePoolProgress: { PercentageComplete: 0, InstancesToUpdate: 1 },
      WarmPoolProgress: { PercentageComplete: 0, InstancesToUpdate: 1 },
    });
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 1 });
    await fleet.pass(300);
    expect(await refresh()).to.deep.include({
      Status: 'InProgress',
      InstancesToUpdate: 1,
      PercentageComplete: 50,
    });
    const versions = (instances: Answer[]) => instances.map(({ LaunchTemplate: { Version } }) => Version);
    expect(versions((await fleet.described()).Instances)).to.eql(['2']);
    expect((await fleet.poolStates())['Warmed:Terminating:Wait']).to.equal(1);
    await fleet.pass(1200);
    expect(await refresh()).to.deep.include({ Status: 'Successful', InstancesToUpdate: 0 });
    expect(versions(await fleet.pool())).to.eql(['2']);
    expect(await fleet.poolStates()).to.eql({ 'Warmed:Stopped': 1 });
  });
});
