import { expect } from 'chai';
import { dependencies } from '../../src/sandbox/cloudformation/template/index.ts';
import { OWN_VPC, groupOf, has, propertiesOf, refused, stack } from '../support/bk-stack-template.ts';

describe('the network', () => {
  const subnetsOf = async (given: Record<string, string>) => groupOf(await stack(given)).VPCZoneIdentifier;

  it('is new, in the first two zones of any region', async () => {
    const evaluation = await stack();
    expect(groupOf(evaluation).VPCZoneIdentifier).to.deep.equal(['<Subnet0>', '<Subnet1>']);
    expect(propertiesOf(evaluation, 'Subnet1')).to.include({
      AvailabilityZone: 'eu-west-1b',
      CidrBlock: '10.0.16.0/20',
    });
  });

  it('spans as many zones as are named', async () => {
    const zones = (count: number) =>
      'abcdef'
        .slice(0, count)
        .split('')
        .map((zone) => `us-east-1${zone}`)
        .join();
    for (const count of [1, 2, 3, 6]) {
      const expected = Array.from({ length: count }, (_, index) => `<Subnet${index}>`);
      expect(await subnetsOf({ AvailabilityZones: zones(count) })).to.deep.equal(expected);
    }
    const six = await stack({ AvailabilityZones: zones(6) });
    expect(propertiesOf(six, 'Subnet5')).to.include({
      AvailabilityZone: 'us-east-1f',
      CidrBlock: '10.0.80.0/20',
    });
  });

  it('may be one of your own, and nothing of it is made then', async () => {
    const evaluation = await stack(OWN_VPC);
    expect(groupOf(evaluation).VPCZoneIdentifier).to.deep.equal(OWN_VPC.Subnets.split(','));
    for (const logicalId of ['Vpc', 'InternetGateway', 'RouteTable', 'S3Endpoint', 'Subnet0', 'Subnet1']) {
      expect(has(evaluation, logicalId), logicalId).to.equal(false);
    }
    expect(propertiesOf(evaluation, 'SecurityGroup').VpcId).to.equal(OWN_VPC.VpcId);
  });

  it('is there before the instances and stays until they are gone', async () => {
    const before = dependencies(await stack()).get('AgentAutoScaleGroup');
    expect([...(before ?? [])]).to.include.members([
      ...['DefaultRoute', 'Subnet0Routes', 'Subnet1Routes', 'AgentLogGroup', 'LifecycleLogGroup'],
    ]);
    const own = dependencies(await stack(OWN_VPC)).get('AgentAutoScaleGroup');
    expect([...(own ?? [])]).to.not.include.members(['DefaultRoute']);
  });

  it('opens SSH only to whom it is told', async () => {
    const evaluation = await stack({ KeyName: 'ops', SSHAllowedCidr: '203.0.113.7/32' });
    expect(propertiesOf(evaluation, 'SSHIngress')).to.include({
      CidrIp: '203.0.113.7/32',
      FromPort: 22,
      ToPort: 22,
    });
    expect(has(await stack({ KeyName: 'ops' }), 'SSHIngress')).to.equal(false);
  });

  it('has endpoints of AWS where it is asked for them, that only its instances reach', async () => {
    const ENDPOINTS = ['AutoScaling', 'CloudFormation', 'Logs', 'Ssm', 'SsmMessages'];
    const none = await stack();
    for (const name of ENDPOINTS) expect(has(none, `${name}Endpoint`)).to.equal(false);
    const some = await stack({
      EnableVpcEndpoints: 'true',
      AvailabilityZones: 'eu-west-1a,eu-west-1b,eu-west-1c',
    });
    for (const name of ENDPOINTS) {
      expect(propertiesOf(some, `${name}Endpoint`)).to.deep.include({
        VpcEndpointType: 'Interface',
        PrivateDnsEnabled: true,
        SubnetIds: ['<Subnet0>', '<Subnet1>', '<Subnet2>'],
        SecurityGroupIds: ['<EndpointSecurityGroup>'],
      });
    }
    expect(propertiesOf(some, 'EndpointSecurityGroup').SecurityGroupIngress).to.have.length(1);
    expect(has(some, 'EcrApiEndpoint')).to.equal(false);
    const ecr = await stack({ EnableVpcEndpoints: 'true', ECRAccessPolicy: 'readonly' });
    expect(propertiesOf(ecr, 'EcrDockerEndpoint').ServiceName).to.equal('com.amazonaws.eu-west-1.ecr.dkr');
    const elsewhere = async (partition: string, region: string) => {
      const there = await stack(
        { EnableVpcEndpoints: 'true', ECRAccessPolicy: 'readonly' },
        { partition, region },
      );
      return ['AutoScaling', 'CloudFormation', 'EcrApi', 'EcrDocker', 'Logs', 'Ssm', 'SsmMessages'].map(
        (name) => (propertiesOf(there, `${name}Endpoint`) as { ServiceName: string }).ServiceName,
      );
    };
    expect(await elsewhere('aws-cn', 'cn-north-1')).to.eql([
      'cn.com.amazonaws.cn-north-1.autoscaling',
      'cn.com.amazonaws.cn-north-1.cloudformation',
      'cn.com.amazonaws.cn-north-1.ecr.api',
      'cn.com.amazonaws.cn-north-1.ecr.dkr',
      'com.amazonaws.cn-north-1.logs',
      'com.amazonaws.cn-north-1.ssm',
      'com.amazonaws.cn-north-1.ssmmessages',
    ]);
    expect((await elsewhere('aws-eusc', 'eusc-de-east-1'))[3]).to.equal(
      'eu.amazonaws.eusc-de-east-1.ecr.dkr',
    );
    await refused({ ...OWN_VPC, EnableVpcEndpoints: 'true' }, 'may have endpoints already');
  });

  it('refuses parts that do not fit together', async () => {
    await refused({ VpcId: OWN_VPC.VpcId }, 'needs Subnets');
    await refused({ Subnets: OWN_VPC.Subnets }, 'Subnets need VpcId');
    await refused(
      { ...OWN_VPC, AvailabilityZones: 'us-east-1a' },
      'AvailabilityZones are those of a new VPC',
    );
    await refused({ SecurityGroupIds: 'sg-0123456789abcdef0' }, 'SecurityGroupIds need VpcId');
    await refused({ AssociatePublicIpAddress: 'false' }, 'no way out');
    await refused({ SSHAllowedCidr: '203.0.113.7/32' }, 'with a KeyName or an AuthorizedUsersUrl only');
  });
});
