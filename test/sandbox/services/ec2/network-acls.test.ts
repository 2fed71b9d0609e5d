import { expect } from 'chai';
import { ec2 } from '../../../../src/sandbox/services/ec2/index.ts';
import { Fleet, refusal, type Answer } from '../../../support/fleet.ts';
import { REGION, StackWorld } from '../../cloudformation/support/sandbox.ts';

const HTTPS = {
  RuleNumber: 90,
  Protocol: '6',
  RuleAction: 'deny',
  Egress: true,
  CidrBlock: '10.1.2.3/8',
  PortRange: { From: 443, To: 443 },
};

describe('EC2 network ACLs', () => {
  let fleet: Fleet;
  let VpcId: string;
  let SubnetId: string;
  beforeEach(async () => {
    fleet = new Fleet();
    VpcId = (await fleet.ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId;
    const { Subnet } = await fleet.ec2('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' });
    SubnetId = Subnet.SubnetId;
  });
  const aclOf = async (subnet: string): Promise<Answer> => {
    const Filters = [{ Name: 'association.subnet-id', Values: [subnet] }];
    const { NetworkAcls } = await fleet.ec2('DescribeNetworkAcls', { Filters });
    expect(NetworkAcls).to.have.length(1);
    return NetworkAcls[0];
  };
  const move = async (NetworkAclId: string) => {
    const { Associations } = await aclOf(SubnetId);
    const held = Associations.find((one: Answer) => one.SubnetId === SubnetId);
    return fleet.ec2('ReplaceNetworkAclAssociation', {
      AssociationId: held.NetworkAclAssociationId,
      NetworkAclId,
    });
  };

  it('gives a VPC one that allows everything, and its subnets with it', async () => {
    const acl = await aclOf(SubnetId);
    expect(acl).to.include({ IsDefault: true, VpcId });
    expect(
      acl.Entries.map((each: Answer) => [each.Egress, each.RuleNumber, each.RuleAction, each.Protocol]),
    ).to.eql([
      [true, 100, 'allow', '-1'],
      [true, 32_767, 'deny', '-1'],
      [false, 100, 'allow', '-1'],
      [false, 32_767, 'deny', '-1'],
    ]);
    const { Subnets } = await fleet.ec2('DescribeSubnets', {
      Filters: [{ Name: 'default-for-az', Values: ['true'] }],
    });
    expect(await aclOf(Subnets[0].SubnetId)).to.include({ IsDefault: true, VpcId: Subnets[0].VpcId });
  });

  it('adds, replaces and removes rules', async () => {
    const { NetworkAclId } = await aclOf(SubnetId);
    const rule = async () =>
      (await aclOf(SubnetId)).Entries.find(({ RuleNumber }: Answer) => RuleNumber === 90);
    await fleet.ec2('CreateNetworkAclEntry', { NetworkAclId, ...HTTPS });
    expect(await rule()).to.eql({ ...HTTPS, CidrBlock: '10.0.0.0/8' });
    expect(await refusal(fleet.ec2('CreateNetworkAclEntry', { NetworkAclId, ...HTTPS }))).to.equal(
      'NetworkAclEntryAlreadyExists: The network acl entry identified by 90 already exists.',
    );
    await fleet.ec2('ReplaceNetworkAclEntry', { NetworkAclId, ...HTTPS, RuleAction: 'allow' });
    expect((await rule()).RuleAction).to.equal('allow');
    const other = { NetworkAclId, RuleNumber: 90, Egress: false };
    expect(await refusal(fleet.ec2('DeleteNetworkAclEntry', other))).to.match(
      /^InvalidNetworkAclEntry\.NotFound: no ingress entry with number 90/,
    );
    await fleet.ec2('DeleteNetworkAclEntry', { ...other, Egress: true });
    expect(await rule()).to.equal(undefined);
  });

  it('refuses rules that are none, and leaves the last one alone', async () => {
    const { NetworkAclId } = await aclOf(SubnetId);
    const refused = (change: object) =>
      refusal(fleet.ec2('CreateNetworkAclEntry', { NetworkAclId, ...HTTPS, ...change }));
    expect(await refused({ RuleNumber: 32_767 })).to.match(/^InvalidParameterValue: .*ruleNumber/);
    expect(await refused({ Protocol: 'tcp' })).to.match(/^InvalidParameterValue: .*protocol/);
    expect(await refused({ PortRange: undefined })).to.match(/^MissingParameter: .*portRange/);
    expect(await refused({ CidrBlock: '10.0.0.0' })).to.match(/^InvalidParameterValue: .*CIDR block/);
    const last = { NetworkAclId, RuleNumber: 32_767, Egress: true };
    expect(await refusal(fleet.ec2('DeleteNetworkAclEntry', last))).to.match(/^InvalidParameterValue/);
  });

  it('moves a subnet to another, which allows nothing at first and cannot go while it has subnets', async () => {
    const standard = (await aclOf(SubnetId)).NetworkAclId;
    const { NetworkAclId } = (await fleet.ec2('CreateNetworkAcl', { VpcId })).NetworkAcl;
    await move(NetworkAclId);
    const own = await aclOf(SubnetId);
    expect(own).to.include({ NetworkAclId, IsDefault: false });
    expect(own.Entries.map(({ RuleAction }: Answer) => RuleAction)).to.eql(['deny', 'deny']);
    expect(await refusal(fleet.ec2('DeleteNetworkAcl', { NetworkAclId }))).to.match(/^DependencyViolation/);
    await move(standard);
    expect(await refusal(fleet.ec2('DeleteNetworkAcl', { NetworkAclId: standard }))).to.equal(
      `InvalidParameterValue: cannot delete default network ACL ${standard}`,
    );
    await fleet.ec2('DeleteSubnet', { SubnetId });
    expect(await refusal(fleet.ec2('DeleteVpc', { VpcId }))).to.match(/^DependencyViolation/);
    await fleet.ec2('DeleteNetworkAcl', { NetworkAclId });
    await fleet.ec2('DeleteVpc', { VpcId });
    const { NetworkAcls } = await fleet.ec2('DescribeNetworkAcls', {
      Filters: [{ Name: 'vpc-id', Values: [VpcId] }],
    });
    expect(NetworkAcls).to.eql([]);
  });
});

describe('network ACLs of a template', () => {
  const template = (PortRange: object) => ({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      Subnet: {
        Type: 'AWS::EC2::Subnet',
        Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' },
      },
      Acl: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: { Ref: 'Vpc' } } },
      Out: {
        Type: 'AWS::EC2::NetworkAclEntry',
        Properties: {
          NetworkAclId: { Ref: 'Acl' },
          RuleNumber: 100,
          Protocol: 6,
          RuleAction: 'allow',
          Egress: true,
          CidrBlock: '0.0.0.0/0',
          PortRange,
        },
      },
      Joined: {
        Type: 'AWS::EC2::SubnetNetworkAclAssociation',
        Properties: { SubnetId: { Ref: 'Subnet' }, NetworkAclId: { Ref: 'Acl' } },
      },
    },
  });

  it('are made, changed and removed with their stack', async () => {
    const world = new StackWorld([ec2]);
    const acls = async () => {
      const { NetworkAcls } = await world.call<Answer>(world.scope(REGION), 'ec2', 'DescribeNetworkAcls', {
        Filters: [{ Name: 'default', Values: ['false'] }],
      });
      return NetworkAcls as Answer[];
    };
    const made = await world.created('net', template({ From: 443, To: 443 }));
    expect(made.StackStatus, made.StackStatusReason).to.equal('CREATE_COMPLETE');
    const [acl] = await acls();
    expect(acl.Associations).to.have.length(1);
    expect(acl.Entries[2]).to.include({ RuleNumber: 100, Protocol: '6', Egress: true });
    await world.update('net', template({ From: 80, To: 443 }));
    await world.pass(600);
    expect((await acls())[0].Entries[2].PortRange).to.eql({ From: 80, To: 443 });
    await world.ask('DeleteStack', { StackName: 'net' });
    await world.pass(600);
    expect(await acls()).to.eql([]);
  });
});
