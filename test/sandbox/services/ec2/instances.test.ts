import { expect } from 'chai';
import { AL2023, Fleet, refusal } from '../../../support/fleet.ts';

const launch = (more: object = {}) => ({
  ImageId: AL2023,
  InstanceType: 't3.large',
  MinCount: 1,
  MaxCount: 1,
  ...more,
});

describe('instances of EC2', () => {
  it('does nothing on a dry run, and says so with an error', async () => {
    const fleet = new Fleet();
    const { Instances } = await fleet.ec2('RunInstances', launch());
    const [{ InstanceId }] = Instances;
    await fleet.pass(60);
    const would = 'DryRunOperation: Request would have succeeded, but DryRun flag is set.';
    const dry = { DryRun: true, InstanceIds: [InstanceId] };
    for (const operation of ['TerminateInstances', 'StopInstances', 'RebootInstances', 'DescribeInstances']) {
      expect(await refusal(fleet.ec2(operation, dry)), operation).to.equal(would);
    }
    expect(await refusal(fleet.ec2('RunInstances', launch({ DryRun: true })))).to.equal(would);
    const { Reservations } = await fleet.ec2('DescribeInstances');
    expect(Reservations).to.have.length(1);
    expect(Reservations[0].Instances[0].State.Name).to.equal('running');
  });

  it('reboots an instance that runs, and no other', async () => {
    const fleet = new Fleet();
    const { Instances } = await fleet.ec2('RunInstances', launch());
    const InstanceIds = [Instances[0].InstanceId];
    expect(await refusal(fleet.ec2('RebootInstances', { InstanceIds }))).to.match(/^IncorrectState: /);
    await fleet.pass(60);
    await fleet.ec2('RebootInstances', { InstanceIds });
    await fleet.pass(60);
    const { Reservations } = await fleet.ec2('DescribeInstances', { InstanceIds });
    expect(Reservations[0].Instances[0].State.Name).to.equal('running');
  });

  it('launches no more vCPUs than the account’s quota, on demand and spot apart', async () => {
    const fleet = new Fleet();
    const big = { InstanceType: 'm5.24xlarge' };
    await fleet.ec2('RunInstances', launch({ ...big, MinCount: 53, MaxCount: 53 }));
    expect(await refusal(fleet.ec2('RunInstances', launch(big)))).to.match(
      /^VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 5120 /,
    );
    const spot = { InstanceMarketOptions: { MarketType: 'spot' } };
    await fleet.ec2('RunInstances', launch({ ...big, ...spot, MinCount: 53, MaxCount: 53 }));
    expect(await refusal(fleet.ec2('RunInstances', launch({ ...big, ...spot })))).to.equal(
      'MaxSpotInstanceCountExceeded: Max spot instance count exceeded',
    );
  });

  it('fills a group up to the quota', async () => {
    const fleet = new Fleet();
    const LaunchTemplateId = await fleet.template({ InstanceType: 'm5.24xlarge' });
    await fleet.group({ MaxSize: 60, DesiredCapacity: 60, LaunchTemplate: { LaunchTemplateId } });
    await fleet.pass(180);
    expect(await fleet.states()).to.deep.equal({ InService: 53 });
    const [latest] = await fleet.activities();
    expect(latest.StatusMessage).to.contain('vCPU limit of 5120');
  });
});
