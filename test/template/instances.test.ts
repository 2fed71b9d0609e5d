import { expect } from 'chai';
import {
  dependenciesOf,
  groupOf,
  has,
  launchOf,
  propertiesOf,
  refused,
  stack,
  statementsOf,
  userDataOf,
} from '../support/bk-stack-template.ts';
import { runProcess } from '../support/process.ts';

describe('the image', () => {
  const image = async (given: Record<string, string>) => launchOf(await stack(given)).ImageId;

  it('is for the architecture of the first instance type', async () => {
    for (const type of [
      'a1.large',
      't4g.small',
      'm6gd.metal',
      'c7gn.16xlarge',
      'g5g.xlarge',
      'im4gn.large',
    ]) {
      expect(await image({ InstanceTypes: type }), type).to.contain('kernel-default-arm64}}');
    }
    for (const type of ['is4gen.medium', 'x2gd.large', 'hpc7g.4xlarge', 'r8gb.large', 'm10g.large']) {
      expect(await image({ InstanceTypes: type }), type).to.contain('kernel-default-arm64}}');
    }
    for (const type of [
      't3.large',
      'm7i-flex.large',
      'g4dn.xlarge',
      'g5.large',
      'gr6.4xlarge',
      'p5.48xlarge',
    ]) {
      expect(await image({ InstanceTypes: type }), type).to.contain('kernel-default-x86_64}}');
    }
  });

  it('is the one given, or the one that a parameter names', async () => {
    expect(await image({ ImageId: 'ami-0123456789abcdef0' })).to.equal('ami-0123456789abcdef0');
    expect(await image({ ImageIdParameter: '/images/ci' })).to.equal('{{resolve:ssm:/images/ci}}');
    await refused({ ImageId: 'ami-0123456789abcdef0', ImageIdParameter: '/images/ci' }, 'ImageId and');
  });
});

describe('the distribution', () => {
  it('decides about the image and the name of its root volume', async () => {
    const ubuntu = launchOf(await stack({ LinuxDistribution: 'ubuntu2404', InstanceTypes: 'm7g.large' }));
    expect(ubuntu.ImageId).to.contain('/canonical/ubuntu/server/24.04/stable/current/arm64/');
    expect(ubuntu.BlockDeviceMappings[0].DeviceName).to.equal('/dev/sda1');
    expect(launchOf(await stack()).BlockDeviceMappings[0].DeviceName).to.equal('/dev/xvda');
    const own = { LinuxDistribution: 'ubuntu2404', RootVolumeName: '/dev/sdb' };
    expect(launchOf(await stack(own)).BlockDeviceMappings[0].DeviceName).to.equal('/dev/sdb');
  });
});

describe('the schedule', () => {
  it('sets the fewest instances, where it is asked for', async () => {
    expect(has(await stack(), 'ScaleUpAction')).to.equal(false);
    const scheduled = await stack({
      EnableScheduledScaling: 'true',
      ScheduleTimezone: 'Europe/Berlin',
      ScaleUpMinSize: '4',
    });
    expect(propertiesOf(scheduled, 'ScaleUpAction')).to.deep.equal({
      AutoScalingGroupName: '<AgentAutoScaleGroup>',
      Recurrence: '0 8 * * MON-FRI',
      TimeZone: 'Europe/Berlin',
      MinSize: '4',
    });
    expect(propertiesOf(scheduled, 'ScaleDownAction').MinSize).to.equal('0');
    await refused({ ScaleUpSchedule: 'every morning' }, 'ScaleUpSchedule');
  });
});

describe('the warm pool', () => {
  it('is as large as is asked for, whatever the size of the group, and comes after the hooks', async () => {
    expect(has(await stack(), 'WarmPool')).to.equal(false);
    const warm = await stack({ WarmPoolSize: '2' });
    expect(propertiesOf(warm, 'WarmPool')).to.deep.equal({
      AutoScalingGroupName: '<AgentAutoScaleGroup>',
      MinSize: '2',
      MaxGroupPreparedCapacity: '2',
      PoolState: 'Stopped',
    });
    expect(dependenciesOf('WarmPool')).to.eql(['LaunchingHook', 'TerminatingHook']);
  });

  it('is refused beside spot instances, as AWS refuses it', async () => {
    await refused(
      { WarmPoolSize: '1', OnDemandPercentage: '50' },
      'WarmPoolSize needs OnDemandPercentage 100',
    );
    await refused({ WarmPoolSize: '-1' }, 'WarmPoolSize');
    expect(has(await stack({ OnDemandPercentage: '0' }), 'WarmPool')).to.equal(false);
  });
});

describe('the terminating hook', () => {
  it('lets a job have all of the 48 hours for which Auto Scaling holds an instance', async () => {
    const { HeartbeatTimeout } = propertiesOf(await stack(), 'TerminatingHook');
    expect(Number(HeartbeatTimeout) * 100).to.be.at.least(48 * 3600);
  });
});

describe('the instances', () => {
  it('run virtual machines of their own only where they are asked to', async () => {
    expect(launchOf(await stack()).CpuOptions).to.equal(undefined);
    const nesting = await stack({ NestedVirtualizationEnabled: 'true' });
    expect(launchOf(nesting).CpuOptions).to.deep.equal({ NestedVirtualization: 'enabled' });
  });

  it('are of 1 to 25 types, in the order given', async () => {
    for (const count of [1, 2, 24, 25]) {
      const types = Array.from({ length: count }, (_, index) => `m${index + 1}.large`);
      const { LaunchTemplate } = groupOf(await stack({ InstanceTypes: types.join() })).MixedInstancesPolicy;
      expect(LaunchTemplate.Overrides).to.deep.equal(types.map((type) => ({ InstanceType: type })));
    }
    await refused({ InstanceTypes: Array.from({ length: 26 }, () => 'm5.large').join() }, 'InstanceTypes');
  });

  it('take a credit specification only where EC2 does', async () => {
    const credits = async (InstanceTypes: string, CpuCredits: string) =>
      launchOf(await stack({ InstanceTypes, CpuCredits })).CreditSpecification;
    expect(await credits('t2.micro', 'unlimited')).to.deep.equal({ CpuCredits: 'unlimited' });
    expect(await credits('t3.micro', 'standard')).to.deep.equal({ CpuCredits: 'standard' });
    expect(await credits('t4g.micro', 'standard')).to.deep.equal({ CpuCredits: 'standard' });
    expect(await credits('t3.micro', 'unlimited')).to.equal(undefined);
    expect(await credits('m5.large', 'standard')).to.equal(undefined);
    expect(await credits('trn1.2xlarge', 'standard')).to.equal(undefined);
  });

  it('are safe as they come', async () => {
    const launch = launchOf(await stack());
    expect(launch.MetadataOptions).to.deep.equal({
      HttpEndpoint: 'enabled',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 2,
    });
    expect(launch.BlockDeviceMappings[0].Ebs).to.include({ VolumeType: 'gp3', Encrypted: 'true' });
    expect(launch).to.not.have.property('KeyName');
    const evaluation = await stack();
    expect(propertiesOf(evaluation, 'SecurityGroup')).to.not.have.property('SecurityGroupIngress');
    expect(has(evaluation, 'SSHIngress')).to.equal(false);
  });

  it('give a volume only what its type takes', async () => {
    const volume = async (RootVolumeType: string) =>
      launchOf(await stack({ RootVolumeType })).BlockDeviceMappings[0].Ebs;
    expect(await volume('gp3')).to.include({ Iops: '3000', Throughput: '125' });
    expect(await volume('io2'))
      .to.include({ Iops: '3000' })
      .and.not.have.property('Throughput');
    expect(await volume('gp2')).to.not.have.any.keys('Iops', 'Throughput');
  });

  it('may be spot instances, with a highest price', async () => {
    const spot = groupOf(
      await stack({ OnDemandPercentage: '20', OnDemandBaseCapacity: '1', SpotMaxPrice: '0.12' }),
    );
    expect(spot.CapacityRebalance).to.equal(true);
    expect(spot.MixedInstancesPolicy.InstancesDistribution).to.deep.equal({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandBaseCapacity: '1',
      OnDemandPercentageAboveBaseCapacity: '20',
      SpotAllocationStrategy: 'capacity-optimized',
      SpotMaxPrice: '0.12',
    });
    // Another one with the parameter, so that turning that off sets the distribution anew.
    const falling = groupOf(await stack({ OnDemandPercentage: '20', SpotFallbackMinutes: '10' }));
    expect(falling.MixedInstancesPolicy.InstancesDistribution).to.not.have.property(
      'OnDemandAllocationStrategy',
    );
    const onDemand = groupOf(await stack());
    expect(onDemand.CapacityRebalance).to.equal(false);
    // Empty takes a former one away, and none would keep it.
    expect(onDemand.MixedInstancesPolicy.InstancesDistribution).to.have.property('SpotMaxPrice', '');
  });
});

describe('the user data', () => {
  it('is a script of a size that EC2 takes', async () => {
    const script = userDataOf(await stack());
    expect(script.length).to.be.lessThan(8 * 1024);
    const parsed = await runProcess('bash', ['-n'], { input: script });
    expect(parsed).to.deep.equal({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('checks the program by the hash in its name before it runs it', async () => {
    const HostProgram = `host/${'a'.repeat(64)}.mjs`;
    const script = userDataOf(await stack({ HostProgram, AssetsBucket: 'assets' }));
    expect(script).to.contain(`s3://assets/${HostProgram}`);
    expect(script.indexOf('sha256sum --check')).to.be.within(1, script.indexOf('host.mjs bootstrap'));
    await refused({ HostProgram: '' }, 'bk-stack create puts them');
  });

  it('writes an environment that a shell reads back as it was given', async () => {
    const tags = "os=linux, team=it's ours;rm -rf & (x) *,path=~/a#b";
    const script = userDataOf(await stack({ BuildkiteAgentTags: tags, AgentsPerInstance: '3' }));
    const environment = /'END_OF_STACK_ENV'\n(.*)^END_OF_STACK_ENV$/ms.exec(script)?.[1];
    const shown = await runProcess('bash', ['-eu'], {
      input: `${String(environment)}\nprintf '%s|' "$BUILDKITE_AGENT_TAGS" "$BUILDKITE_AGENTS_PER_INSTANCE" "$BK_STACK_REGION"`,
    });
    expect(shown.stdout).to.equal(`${tags}|3|eu-west-1|`);
    for (const trick of ['a=$(id)', 'a=`id`', 'a="', 'a=\\', 'a=b\nc=d', 'queue=x', 'os=linux, queue=x']) {
      await refused({ BuildkiteAgentTags: trick }, 'BuildkiteAgentTags');
    }
  });
});

describe('scale-in protection', () => {
  it('is off unless it is asked for, and instances may give it up themselves', async () => {
    expect(groupOf(await stack()).NewInstancesProtectedFromScaleIn).to.equal('false');
    const asked = await stack({ InstanceScaleInProtection: 'true' });
    expect(groupOf(asked).NewInstancesProtectedFromScaleIn).to.equal('true');
    expect(statementsOf(asked)['EndInstances']?.['Action']).to.include('autoscaling:SetInstanceProtection');
  });
});
