import { expect } from 'chai';
import { Fleet, refusal } from '../../../support/fleet.ts';

describe('an Auto Scaling group', () => {
  it('launches what is desired, spread over its zones, in time', async () => {
    const fleet = new Fleet();
    await fleet.group({ MinSize: 4 });
    await fleet.pass(5);
    expect(await fleet.states()).to.deep.equal({ Pending: 4 });
    await fleet.pass(60);
    const { Instances } = await fleet.described();
    expect(await fleet.states()).to.deep.equal({ InService: 4 });
    const zones = Instances.map(
      ({ AvailabilityZone }: { AvailabilityZone: string }) => AvailabilityZone,
    ).sort();
    expect(zones).to.deep.equal(['us-east-1a', 'us-east-1a', 'us-east-1b', 'us-east-1c']);
  });

  it('refuses a desired capacity outside of its sizes', async () => {
    const fleet = new Fleet();
    await fleet.group({ MinSize: 1, MaxSize: 3 });
    expect(await refusal(fleet.on('SetDesiredCapacity', { DesiredCapacity: 4 }))).to.equal(
      'ValidationError: New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.',
    );
    expect(await refusal(fleet.on('SetDesiredCapacity', { DesiredCapacity: 0 }))).to.equal(
      'ValidationError: New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.',
    );
  });

  it('scales in, and keeps a true history', async () => {
    const fleet = new Fleet();
    await fleet.group({ MinSize: 0, DesiredCapacity: 2 });
    await fleet.pass(120);
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 1 });
    await fleet.pass(300);
    expect(await fleet.states()).to.deep.equal({ InService: 1 });
    const activities = await fleet.activities();
    expect(activities).to.have.length(3);
    expect(activities[0].Description).to.match(/^Terminating EC2 instance: i-/);
    expect(activities[0].Cause).to.contain('shrinking the capacity from 2 to 1');
    expect(activities.map(({ StatusCode }) => StatusCode)).to.deep.equal([
      'Successful',
      'Successful',
      'Successful',
    ]);
    expect(activities[2].Cause).to.contain('increasing the capacity from 0 to 2');
  });

  it('replaces an instance that vanishes', async () => {
    const fleet = new Fleet();
    await fleet.group({ MinSize: 1 });
    await fleet.pass(120);
    const [before] = await fleet.instanceIds();
    await fleet.ec2('TerminateInstances', { InstanceIds: [before] });
    await fleet.pass(600);
    const [after] = await fleet.instanceIds();
    expect(after).to.not.equal(before);
    expect(await fleet.states()).to.deep.equal({ InService: 1 });
  });

  it('ends an instance with and without lowering what is desired', async () => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 2 });
    await fleet.pass(120);
    const [first] = await fleet.instanceIds();
    await fleet.autoscaling('TerminateInstanceInAutoScalingGroup', {
      InstanceId: first,
      ShouldDecrementDesiredCapacity: true,
    });
    await fleet.pass(300);
    expect((await fleet.described()).DesiredCapacity).to.equal(1);
    expect(await fleet.instanceIds()).to.not.include(first);
  });

  it('does not end an instance that is protected from scale-in', async () => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 2, NewInstancesProtectedFromScaleIn: true });
    await fleet.pass(120);
    const [kept, free] = await fleet.instanceIds();
    await fleet.on('SetInstanceProtection', { InstanceIds: [free], ProtectedFromScaleIn: false });
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 0 });
    await fleet.pass(300);
    expect(await fleet.instanceIds()).to.deep.equal([kept]);
  });

  it('ends what is too many once it is protected no more, and no more than that', async () => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 3, NewInstancesProtectedFromScaleIn: true });
    await fleet.pass(120);
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 2 });
    await fleet.pass(60);
    expect(await fleet.states()).to.deep.equal({ InService: 3 });
    const InstanceIds = await fleet.instanceIds();
    await fleet.on('SetInstanceProtection', { InstanceIds, ProtectedFromScaleIn: false });
    await fleet.pass(300);
    expect(await fleet.states()).to.deep.equal({ InService: 2 });
    expect(InstanceIds).to.include.members(await fleet.instanceIds());
  });

  it('ends a protected instance that is terminated by name, and launches none for one too many', async () => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 2, NewInstancesProtectedFromScaleIn: true });
    await fleet.pass(120);
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 1 });
    await fleet.pass(60);
    const [InstanceId, kept] = await fleet.instanceIds();
    await fleet.autoscaling('TerminateInstanceInAutoScalingGroup', {
      InstanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    await fleet.pass(300);
    expect(await fleet.instanceIds()).to.deep.equal([kept]);
  });

  it('does nothing of what is suspended until it is resumed', async () => {
    const fleet = new Fleet();
    await fleet.group();
    await fleet.on('SuspendProcesses', { ScalingProcesses: ['Launch'] });
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 1 });
    await fleet.pass(300);
    expect(await fleet.states()).to.deep.equal({});
    await fleet.on('ResumeProcesses');
    await fleet.pass(300);
    expect(await fleet.states()).to.deep.equal({ InService: 1 });
  });

  it('tells why it cannot launch, and goes on trying', async () => {
    const fleet = new Fleet('capacity:t3.large');
    await fleet.group({ DesiredCapacity: 1 });
    await fleet.pass(60);
    const [failed] = await fleet.activities();
    expect(failed.StatusCode).to.equal('Failed');
    expect(failed.StatusMessage).to.contain('We currently do not have sufficient t3.large capacity');
    expect(await fleet.states()).to.deep.equal({});
  });

  it('is deleted with its instances only when forced', async () => {
    const fleet = new Fleet();
    await fleet.group({ MinSize: 1 });
    await fleet.pass(120);
    expect(await refusal(fleet.on('DeleteAutoScalingGroup'))).to.contain('ResourceInUse');
    await fleet.on('DeleteAutoScalingGroup', { ForceDelete: true });
    await fleet.pass(600);
    expect(await fleet.described()).to.equal(undefined);
    const history = await fleet.autoscaling('DescribeScalingActivities', {
      IncludeDeletedGroups: true,
    });
    expect(history.Activities).to.not.be.empty;
  });
});

describe('a lifecycle hook', () => {
  const withHook = async (settings: object) => {
    const fleet = new Fleet();
    await fleet.group({ DesiredCapacity: 1 });
    await fleet.on('PutLifecycleHook', {
      LifecycleHookName: 'drain',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      HeartbeatTimeout: 600,
      ...settings,
    });
    await fleet.pass(120);
    const [instanceId] = await fleet.instanceIds();
    await fleet.on('SetDesiredCapacity', { DesiredCapacity: 0 });
    await fleet.pass(30);
    return { fleet, instanceId: instanceId! };
  };

  it('holds a terminating instance until it is completed', async () => {
    const { fleet, instanceId } = await withHook({});
    expect(await fleet.states()).to.deep.equal({ 'Terminating:Wait': 1 });
    await fleet.pass(500);
    await fleet.on('RecordLifecycleActionHeartbeat', {
      LifecycleHookName: 'drain',
      InstanceId: instanceId,
    });
    await fleet.pass(500);
    expect(await fleet.states()).to.deep.equal({ 'Terminating:Wait': 1 });
    await fleet.on('CompleteLifecycleAction', {
      LifecycleHookName: 'drain',
      InstanceId: instanceId,
      LifecycleActionResult: 'CONTINUE',
    });
    await fleet.pass(300);
    expect(await fleet.states()).to.deep.equal({});
  });

  it('lets go of it when no heartbeat comes', async () => {
    const { fleet } = await withHook({ HeartbeatTimeout: 60 });
    expect(await fleet.states()).to.deep.equal({ 'Terminating:Wait': 1 });
    await fleet.pass(400);
    expect(await fleet.states()).to.deep.equal({});
  });
});

describe('an instance refresh', () => {
  it('replaces the instances one after the other, and keeps enough of them in service', async () => {
    const fleet = new Fleet();
    await fleet.group({ MinSize: 2 });
    await fleet.pass(120);
    const before = await fleet.instanceIds();
    await fleet.on('StartInstanceRefresh', {
      Preferences: { MinHealthyPercentage: 50, InstanceWarmup: 30 },
    });
    let fewest = 2;
    for (let minute = 0; minute < 40; minute++) {
      await fleet.pass(30);
      const inService = (await fleet.states())['InService'] ?? 0;
      fewest = Math.min(fewest, inService);
    }
    const { InstanceRefreshes } = await fleet.on('DescribeInstanceRefreshes');
    expect(InstanceRefreshes[0]).to.include({ Status: 'Successful', PercentageComplete: 100 });
    expect(fewest).to.equal(1);
    const after = await fleet.instanceIds();
    expect(after.filter((id) => before.includes(id))).to.deep.equal([]);
  });

  it('launches before it ends any where a maximum above 100 percent is set', async () => {
    const fleet = new Fleet();
    await fleet.group({ MinSize: 4, MaxSize: 4 });
    await fleet.pass(120);
    const before = await fleet.instanceIds();
    await fleet.on('StartInstanceRefresh', {
      Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 150, InstanceWarmup: 0 },
    });
    const seen: number[] = [];
    const members: number[] = [];
    for (let look = 0; look < 200; look++) {
      await fleet.pass(5);
      const { InService = 0, Pending = 0 } = await fleet.states();
      seen.push(InService);
      members.push(InService + Pending);
    }
    expect(Math.min(...seen)).to.equal(4);
    expect(Math.max(...members)).to.equal(6);
    const { InstanceRefreshes } = await fleet.on('DescribeInstanceRefreshes');
    expect(InstanceRefreshes[0]).to.include({ Status: 'Successful', InstancesToUpdate: 0 });
    const after = await fleet.instanceIds();
    expect(after).to.have.length(4);
    expect(after.filter((id) => before.includes(id))).to.deep.equal([]);
  });
});
