import { expect } from 'chai';
import { Fleet, refusal } from '../../../support/fleet.ts';

describe('EC2 networks', () => {
  let fleet: Fleet;
  beforeEach(() => {
    fleet = new Fleet();
  });
  const vpc = async (CidrBlock = '10.0.0.0/16') =>
    (await fleet.ec2('CreateVpc', { CidrBlock })).Vpc.VpcId as string;
  const subnet = async (VpcId: string, CidrBlock: string, AvailabilityZone = 'us-east-1a') =>
    (await fleet.ec2('CreateSubnet', { VpcId, CidrBlock, AvailabilityZone })).Subnet.SubnetId as string;

  it('gives each region a default VPC with a public subnet in each zone', async () => {
    const { Vpcs } = await fleet.ec2('DescribeVpcs');
    expect(Vpcs).to.have.length(1);
    expect(Vpcs[0]).to.include({ IsDefault: true, CidrBlock: '172.31.0.0/16' });
    const { Subnets } = await fleet.ec2('DescribeSubnets');
    expect(Subnets).to.have.length(6);
    expect(Subnets[0]).to.include({ MapPublicIpOnLaunch: true, AvailableIpAddressCount: 4091 });
  });

  it('gives a region the same default VPC in every world', async () => {
    const other = new Fleet();
    other.world.ids.suffix();
    expect(await other.ec2('DescribeVpcs')).to.deep.equal(await fleet.ec2('DescribeVpcs'));
  });

  it('makes a VPC with a main route table and a default security group', async () => {
    const VpcId = await vpc();
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
    const { RouteTables } = await fleet.ec2('DescribeRouteTables', { Filters });
    expect(RouteTables[0].Associations[0].Main).to.equal(true);
    expect(RouteTables[0].Routes).to.deep.equal([
      {
        DestinationCidrBlock: '10.0.0.0/16',
        GatewayId: 'local',
        Origin: 'CreateRouteTable',
        State: 'active',
      },
    ]);
    const { SecurityGroups } = await fleet.ec2('DescribeSecurityGroups', { Filters });
    expect(SecurityGroups.map(({ GroupName }: { GroupName: string }) => GroupName)).to.deep.equal([
      'default',
    ]);
  });

  it('refuses the sixth VPC of a region', async () => {
    for (let count = 1; count < 5; count++) await vpc();
    expect(await refusal(vpc())).to.equal('VpcLimitExceeded: The maximum number of VPCs has been reached.');
  });

  it('refuses blocks that are no VPC', async () => {
    expect(await refusal(vpc('10.0.0.0/8'))).to.equal("InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.");
    expect(await refusal(vpc('10.0.0/16'))).to.equal(
      'InvalidParameterValue: Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
    );
  });

  it('refuses subnets outside the VPC, over another one, and in zones that are not there', async () => {
    const id = await vpc();
    await subnet(id, '10.0.0.0/20');
    expect(await refusal(subnet(id, '10.1.0.0/24'))).to.equal(
      "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.",
    );
    expect(await refusal(subnet(id, '10.0.8.0/24'))).to.equal(
      "InvalidSubnet.Conflict: The CIDR '10.0.8.0/24' conflicts with another subnet",
    );
    expect(await refusal(subnet(id, '10.0.16.0/20', 'us-east-1z'))).to.match(
      /^InvalidParameterValue: Value \(us-east-1z\) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-east-1a, us-east-1b,/,
    );
  });

  it('counts the addresses that are left', async () => {
    const id = await subnet(await vpc(), '10.0.0.0/28');
    const free = async () =>
      (await fleet.ec2('DescribeSubnets', { SubnetIds: [id] })).Subnets[0].AvailableIpAddressCount;
    expect(await free()).to.equal(11);
    const LaunchTemplate = { LaunchTemplateId: await fleet.template() };
    await fleet.ec2('RunInstances', { LaunchTemplate, MinCount: 11, MaxCount: 11, SubnetId: id });
    expect(await free()).to.equal(0);
    expect(await refusal(fleet.ec2('RunInstances', { LaunchTemplate, MinCount: 1, SubnetId: id }))).to.match(
      /^InsufficientFreeAddressesInSubnet: There are not enough free addresses in subnet 'subnet-\w+'/,
    );
  });

  it('takes a network down only from the leaves', async () => {
    const VpcId = await vpc();
    const SubnetId = await subnet(VpcId, '10.0.0.0/20');
    const { InternetGateway } = await fleet.ec2('CreateInternetGateway');
    const { InternetGatewayId } = InternetGateway;
    await fleet.ec2('AttachInternetGateway', { VpcId, InternetGatewayId });

    expect(await refusal(fleet.ec2('DeleteVpc', { VpcId }))).to.equal(
      `DependencyViolation: The vpc '${VpcId}' has dependencies and cannot be deleted.`,
    );
    expect(await refusal(fleet.ec2('DeleteInternetGateway', { InternetGatewayId }))).to.match(
      /^DependencyViolation: The internetGateway 'igw-\w+' has dependencies and cannot be deleted.$/,
    );
    await fleet.ec2('DetachInternetGateway', { VpcId, InternetGatewayId });
    await fleet.ec2('DeleteInternetGateway', { InternetGatewayId });
    await fleet.ec2('DeleteSubnet', { SubnetId });
    await fleet.ec2('DeleteVpc', { VpcId });
    expect(await refusal(fleet.ec2('DescribeVpcs', { VpcIds: [VpcId] }))).to.equal(
      `InvalidVpcID.NotFound: The vpc ID '${VpcId}' does not exist`,
    );
  });

  it('keeps a subnet while an instance is in it', async () => {
    const SubnetId = await subnet(await vpc(), '10.0.0.0/20');
    const run = { LaunchTemplate: { LaunchTemplateId: await fleet.template() }, MinCount: 1, SubnetId };
    const { Instances } = await fleet.ec2('RunInstances', run);
    await fleet.ec2('TerminateInstances', { InstanceIds: [Instances[0].InstanceId] });
    expect(await refusal(fleet.ec2('DeleteSubnet', { SubnetId }))).to.match(/^DependencyViolation/);
    await fleet.pass(60);
    await fleet.ec2('DeleteSubnet', { SubnetId });
  });

  it('refuses a route to a gateway that is not attached to the VPC', async () => {
    const { RouteTable } = await fleet.ec2('CreateRouteTable', { VpcId: await vpc() });
    const { InternetGateway } = await fleet.ec2('CreateInternetGateway');
    const route = {
      RouteTableId: RouteTable.RouteTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: InternetGateway.InternetGatewayId,
    };
    expect(await refusal(fleet.ec2('CreateRoute', route))).to.match(
      /^InvalidParameterValue: route table rtb-\w+ and network gateway igw-\w+ belong to different networks$/,
    );
    await fleet.ec2('AttachInternetGateway', {
      VpcId: RouteTable.VpcId,
      InternetGatewayId: InternetGateway.InternetGatewayId,
    });
    await fleet.ec2('CreateRoute', route);
    expect(await refusal(fleet.ec2('CreateRoute', route))).to.equal(
      'RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.',
    );
  });

  it('sets up a NAT gateway in a minute and a half', async () => {
    const { Subnets } = await fleet.ec2('DescribeSubnets');
    const { AllocationId } = await fleet.ec2('AllocateAddress');
    const made = await fleet.ec2('CreateNatGateway', { SubnetId: Subnets[0].SubnetId, AllocationId });
    const state = async () => (await fleet.ec2('DescribeNatGateways')).NatGateways[0].State;
    expect(made.NatGateway.State).to.equal('pending');
    await fleet.pass(90);
    expect(await state()).to.equal('available');
    expect(await refusal(fleet.ec2('ReleaseAddress', { AllocationId }))).to.match(/^InvalidIPAddress.InUse/);
    await fleet.ec2('DeleteNatGateway', { NatGatewayId: made.NatGateway.NatGatewayId });
    await fleet.pass(60);
    expect(await state()).to.equal('deleted');
    await fleet.ec2('ReleaseAddress', { AllocationId });
  });

  it('makes gateway endpoints for S3, and refuses services that are not there', async () => {
    const VpcId = await vpc();
    const endpoint = (ServiceName: string) => fleet.ec2('CreateVpcEndpoint', { VpcId, ServiceName });
    expect((await endpoint('com.amazonaws.us-east-1.s3')).VpcEndpoint).to.include({
      VpcEndpointType: 'Gateway',
      State: 'available',
    });
    expect(await refusal(endpoint('com.amazonaws.eu-west-1.s3'))).to.equal(
      "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.eu-west-1.s3' does not exist",
    );
  });

  it('filters with wildcards and tags, and refuses filters that it has not', async () => {
    const VpcId = await vpc();
    await fleet.ec2('CreateTags', { Resources: [VpcId], Tags: [{ Key: 'Name', Value: 'agents-1' }] });
    const found = async (Name: string, ...Values: string[]) =>
      (await fleet.ec2('DescribeVpcs', { Filters: [{ Name, Values }] })).Vpcs.map(
        (one: { VpcId: string }) => one.VpcId,
      );
    expect(await found('tag:Name', 'agents-?')).to.deep.equal([VpcId]);
    expect(await found('tag-key', 'Name')).to.deep.equal([VpcId]);
    expect(await found('cidr', '10.*', '192.168.*')).to.deep.equal([VpcId]);
    expect(await found('is-default', 'false')).to.deep.equal([VpcId]);
    expect(await refusal(found('colour', 'red'))).to.equal(
      "InvalidParameterValue: The filter 'colour' is invalid",
    );
  });

  it('gives long lists in pages', async () => {
    const first = await fleet.ec2('DescribeSubnets', { MaxResults: 5 });
    expect(first.Subnets).to.have.length(5);
    const second = await fleet.ec2('DescribeSubnets', { MaxResults: 5, NextToken: first.NextToken });
    expect(second.Subnets).to.have.length(1);
    expect(second.NextToken).to.equal(undefined);
    expect(await refusal(fleet.ec2('DescribeSubnets', { NextToken: 'nonsense' }))).to.match(
      /pagination token/,
    );
  });

  it('refuses tags of the kind that only AWS gives', async () => {
    const Tags = [{ Key: 'aws:mine', Value: '1' }];
    expect(await refusal(fleet.ec2('CreateTags', { Resources: [await vpc()], Tags }))).to.match(
      /^InvalidParameterValue: .*Tag keys starting with 'aws:' are reserved for internal use$/,
    );
  });
});

describe('EC2 security groups', () => {
  let fleet: Fleet;
  let GroupId: string;
  beforeEach(async () => {
    fleet = new Fleet();
    GroupId = (await fleet.ec2('CreateSecurityGroup', { GroupName: 'web', Description: 'Web servers' }))
      .GroupId;
  });
  const ssh = (...cidrs: string[]) => [
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) },
  ];
  const allow = (IpPermissions: object) =>
    fleet.ec2('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
  const described = async () =>
    (await fleet.ec2('DescribeSecurityGroups', { GroupIds: [GroupId] })).SecurityGroups[0];

  it('lets everything out and nothing in at first', async () => {
    const { IpPermissions, IpPermissionsEgress } = await described();
    expect(IpPermissions).to.deep.equal([]);
    expect(IpPermissionsEgress[0].IpProtocol).to.equal('-1');
    expect(IpPermissionsEgress[0].IpRanges[0].CidrIp).to.equal('0.0.0.0/0');
  });

  it('shows peers of the same ports as one permission, and each as a rule', async () => {
    await allow(ssh('10.0.0.0/8', '192.168.0.0/16'));
    const { IpPermissions } = await described();
    expect(IpPermissions).to.have.length(1);
    expect(IpPermissions[0].IpRanges).to.have.length(2);
    const { SecurityGroupRules } = await fleet.ec2('DescribeSecurityGroupRules', {
      Filters: [{ Name: 'group-id', Values: [GroupId] }],
    });
    expect(SecurityGroupRules).to.have.length(3);
  });

  it('refuses a rule that is there, and the removal of one that is not', async () => {
    await allow(ssh('10.0.0.0/8'));
    expect(await refusal(allow(ssh('10.0.0.0/8')))).to.equal(
      'InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW" already exists',
    );
    const other = { GroupId, IpPermissions: ssh('0.0.0.0/0') };
    expect(await refusal(fleet.ec2('RevokeSecurityGroupIngress', other))).to.equal(
      'InvalidPermission.NotFound: The specified rule does not exist in this security group.',
    );
    await fleet.ec2('RevokeSecurityGroupIngress', { GroupId, IpPermissions: ssh('10.0.0.0/8') });
    expect((await described()).IpPermissions).to.deep.equal([]);
  });

  it('keeps names apart within a VPC', async () => {
    expect(
      await refusal(fleet.ec2('CreateSecurityGroup', { GroupName: 'web', Description: 'again' })),
    ).to.match(/^InvalidGroup.Duplicate: The security group 'web' already exists for VPC 'vpc-\w+'$/);
  });

  it('keeps a group that another one refers to, and a default group', async () => {
    const { GroupId: other } = await fleet.ec2('CreateSecurityGroup', { GroupName: 'db', Description: 'db' });
    await fleet.ec2('AuthorizeSecurityGroupIngress', {
      GroupId: other,
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
    });
    expect(await refusal(fleet.ec2('DeleteSecurityGroup', { GroupId }))).to.equal(
      `DependencyViolation: resource ${GroupId} has a dependent object`,
    );
    expect(await refusal(fleet.ec2('DeleteSecurityGroup', { GroupName: 'default' }))).to.match(
      /^CannotDelete: the specified group: "sg-\w+" name: "default" cannot be deleted by a user$/,
    );
    await fleet.ec2('DeleteSecurityGroup', { GroupId: other });
    await fleet.ec2('DeleteSecurityGroup', { GroupId });
  });
});
