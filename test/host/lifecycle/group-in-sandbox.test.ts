import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { EC2 } from '@aws-sdk/client-ec2';
import { expect } from 'chai';
import { bootCalls } from '../../../src/host/boot/calls.ts';
import { groupCalls } from '../../../src/host/lifecycle/group.ts';
import { Metadata } from '../../../src/host/lifecycle/metadata.ts';
import { Settings } from '../../../src/host/program/settings.ts';
import { publicImageId } from '../../../src/sandbox/services/ec2/catalogue/images.ts';
import { awsEnvironment } from '../../support/aws-environment.ts';
import { until } from '../../support/until.ts';
import { TestServer } from '../../support/server.ts';

const GROUP = { AutoScalingGroupName: 'agents' };
const IMAGE = publicImageId(
  'us-east-1',
  '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
);

class NothingYet extends Metadata {
  override get(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** The host program's calls, on a group with bk-stack's launching hook. */
describe('what an instance tells its group', function () {
  this.timeout(60_000);
  const server = new TestServer();
  const standing = { ...process.env };
  let autoScaling: AutoScaling;

  before(async () => {
    // Slow enough for what is looked at before the instance runs.
    await server.start({ speed: 8 });
    Object.assign(process.env, awsEnvironment(server.client));
    autoScaling = new AutoScaling(server.client);
    await new EC2(server.client).createLaunchTemplate({
      LaunchTemplateName: 'agents',
      LaunchTemplateData: { ImageId: IMAGE, InstanceType: 't3.large' },
    });
    await autoScaling.createAutoScalingGroup({
      ...GROUP,
      ...{ MinSize: 0, MaxSize: 2, AvailabilityZones: ['us-east-1a'] },
      LaunchTemplate: { LaunchTemplateName: 'agents', Version: '$Latest' },
      LifecycleHookSpecificationList: [
        {
          LifecycleHookName: 'bk-stack-launching',
          LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        },
      ],
    });
  });
  after(async () => {
    process.env = standing;
    await server.remove();
  });

  let instanceId = '';
  const state = async () => {
    const { AutoScalingInstances = [] } = await autoScaling.describeAutoScalingInstances({});
    // The first is the only one until the pool is filled up again.
    instanceId ||= AutoScalingInstances[0]?.InstanceId ?? '';
    return AutoScalingInstances.find(({ InstanceId }) => InstanceId === instanceId)?.LifecycleState;
  };
  const reaches = (wanted: string) => until(wanted, async () => (await state()) === wanted);
  const calls = (metadata: Metadata = new Metadata(server.metadataEndpoint('us-east-1', instanceId))) =>
    bootCalls(new Settings({ BK_STACK_REGION: 'us-east-1' }), metadata);

  it('that it is ready for the warm pool, once the group has seen it run', async () => {
    await autoScaling.putWarmPool({ ...GROUP, MinSize: 1, MaxGroupPreparedCapacity: 1 });
    await reaches('Warmed:Pending');
    // Where its metadata has nothing yet the group is asked.
    expect(await calls(new NothingYet()).targetState(instanceId)).to.equal('Warmed:Pending');
    const early = await calls()
      .reportToGroup(instanceId, 'CONTINUE')
      .then(
        () => 'taken',
        (error: unknown) => (error as Error).message,
      );
    expect(early).to.match(/no active lifecycle action/i);
    await reaches('Warmed:Pending:Wait');
    expect(await calls().targetState(instanceId)).to.equal('Warmed:Stopped');
    await calls().reportToGroup(instanceId, 'CONTINUE');
    await reaches('Warmed:Stopped');
  });

  it('that its agents are up when it has left the pool, and nothing twice', async () => {
    await autoScaling.setDesiredCapacity({ ...GROUP, DesiredCapacity: 1 });
    await reaches('Pending:Wait');
    expect(await calls().targetState(instanceId)).to.equal('InService');
    await calls().reportToGroup(instanceId, 'CONTINUE');
    await reaches('InService');
    await calls().reportToGroup(instanceId, 'CONTINUE');
  });

  it('that it may be chosen by a scale-in, where the group does not shrink by it', async () => {
    const group = groupCalls('us-east-1', instanceId);
    const isProtected = async () => {
      const { AutoScalingInstances = [] } = await autoScaling.describeAutoScalingInstances({
        InstanceIds: [instanceId],
      });
      return AutoScalingInstances[0]?.ProtectedFromScaleIn;
    };
    await autoScaling.setInstanceProtection({
      ...GROUP,
      ...{ InstanceIds: [instanceId], ProtectedFromScaleIn: true },
    });
    await autoScaling.updateAutoScalingGroup({ ...GROUP, MinSize: 1 });
    expect(await group.terminate({ decrement: true })).to.equal(false);
    expect(await isProtected()).to.equal(true);
    await group.unprotect();
    expect(await isProtected()).to.equal(false);
    await group.unprotect();
    // Of other refusals it is told.
    const stranger = await groupCalls('us-east-1', 'i-0123456789abcdef0')
      .terminate({ decrement: true })
      .then(
        () => 'ended',
        (error: unknown) => (error as Error).message,
      );
    expect(stranger).to.match(/Instance Id not found/);
  });
});
