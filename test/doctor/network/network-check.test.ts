import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { expect } from 'chai';
import { judgeDockerPools, judgeRoom, judgeVpc, networkCheck } from '../../../src/doctor/network/network.ts';
import { judgeSecurityGroups } from '../../../src/doctor/network/security-groups.ts';
import { GROUPED, plainFacts } from '../../support/plain-facts.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

const HOST = Buffer.from('exec node /opt/bk-stack/host.mjs bootstrap').toString('base64');
const GROUP = {
  ...{ AutoScalingGroupName: 'ci-Group', MaxSize: 3, VPCZoneIdentifier: 's-1,s-2', Instances: [{}] },
  LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' },
};
const subnet = (SubnetId: string, AvailableIpAddressCount = 100) => ({
  ...{
    SubnetId,
    VpcId: 'vpc-1',
    CidrBlock: '10.0.0.0/24',
    MapPublicIpOnLaunch: true,
    AvailableIpAddressCount,
  },
});
const ANY = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const WELL = {
  DescribeSubnets: { Subnets: [subnet('s-1'), subnet('s-2')] },
  DescribeRouteTables: {
    RouteTables: [
      {
        RouteTableId: 'rtb-1',
        Routes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }],
        Associations: [{ Main: true }],
      },
    ],
  },
  DescribeSecurityGroups: {
    SecurityGroups: [{ GroupId: 'sg-1', IpPermissionsEgress: [ANY], IpPermissions: [] }],
  },
};

interface Given {
  readonly group?: object | undefined;
  readonly template?: object | undefined;
  readonly answers?: object;
  readonly parameters?: Readonly<Record<string, string>>;
}

async function look(given: Given = {}) {
  const {
    group,
    template,
    answers,
    parameters = {},
  } = {
    ...{ group: GROUP as object | undefined, template: { SecurityGroupIds: ['sg-1'] } as object | undefined },
    ...given,
  };
  const { aws, sent } = recordedAws({ ...WELL, ...answers });
  const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ...{ ParameterKey, ParameterValue },
  }));
  const { facts } = plainFacts(
    { ...GROUPED, Parameters },
    {
      group: () => Promise.resolve(group as AutoScalingGroup | undefined),
      launchTemplates: () =>
        Promise.resolve(
          template === undefined
            ? []
            : [{ VersionNumber: 1, LaunchTemplateData: { UserData: HOST, ...template } }],
        ),
    },
  );
  Object.assign(facts.aws, { clients: aws.clients });
  const check = networkCheck(facts);
  expect(check.title).to.equal('Network');
  const { fact, findings } = await check.run();
  const asked = (operation: string) => sent.find(([name]) => name === operation)?.[1] as unknown;
  return { fact, findings, codes: findings.map(({ code }) => code), sent, asked };
}

describe('the check of the network', () => {
  const open = { ...ANY, IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  const letsIn = {
    DescribeSecurityGroups: {
      SecurityGroups: [{ GroupId: 'sg-1', IpPermissionsEgress: [ANY], IpPermissions: [open] }],
    },
  };
  const room = (free: number) => ({ DescribeSubnets: { Subnets: [subnet('s-1', free), subnet('s-2', 1)] } });
  const byInterface = (parts: object) => ({ NetworkInterfaces: [{ Groups: ['sg-1'], ...parts }] });
  for (const [what, given, fact, codes] of [
    ['is well', {}, '2 subnets with a way out, of vpc-1', []],
    ['is not known without a group', { group: undefined }, 'not known', []],
    ['is not known without a launch template', { template: undefined }, 'not known', []],
    ['has none of its subnets', { answers: { DescribeSubnets: {} } }, '', ['subnet-missing']],
    [
      'has one of its subnets',
      { answers: { DescribeSubnets: { Subnets: [subnet('s-1')] } } },
      '1 subnet with a way out, of vpc-1',
      ['subnet-missing'],
    ],
    [
      'has room for what may still be launched',
      { answers: room(1) },
      '2 subnets with a way out, of vpc-1',
      [],
    ],
    [
      'has no room for what may still be launched',
      { answers: room(1), group: { ...GROUP, Instances: [] } },
      '2 subnets with a way out, of vpc-1',
      ['subnet-full'],
    ],
    [
      'needs no room for a group that is larger than it may be',
      { answers: room(1), group: { ...GROUP, MaxSize: 0 } },
      '2 subnets with a way out, of vpc-1',
      [],
    ],
    [
      'has no instances yet',
      { answers: room(2), group: { ...GROUP, Instances: undefined } },
      '2 subnets with a way out, of vpc-1',
      [],
    ],
    [
      'takes the public address from the network interface',
      { template: byInterface({ AssociatePublicIpAddress: false }) },
      '2 subnets with a way out, of vpc-1',
      ['no-public-address'],
    ],
    [
      'has no DNS',
      { answers: { DescribeVpcAttribute: { EnableDnsSupport: { Value: false } } } },
      '2 subnets with a way out, of vpc-1',
      ['dns-off'],
    ],
    ['lets anybody in', { answers: letsIn }, '2 subnets with a way out, of vpc-1', ['ingress-open']],
    [
      'lets anybody in, as asked for',
      { answers: letsIn, parameters: { SSHAllowedCidr: '0.0.0.0/0' } },
      '2 subnets with a way out, of vpc-1',
      [],
    ],
    [
      'collides with Docker',
      { parameters: { DockerIPv4AddressPool1: '10.0.0.0/16' } },
      '2 subnets with a way out, of vpc-1',
      ['docker-network-collides'],
    ],
  ] as const) {
    it(what, async () => {
      const { fact: said, codes: found } = await look(given);
      expect([said, found]).to.eql([fact, codes]);
    });
  }

  for (const [what, template, wanted] of [
    ['of the template', { SecurityGroupIds: ['sg-1', 'sg-2'] }, ['sg-1', 'sg-2']],
    ['of the first network interface', byInterface({}), ['sg-1']],
    [
      'of both, each once',
      { SecurityGroupIds: ['sg-1'], ...byInterface({ Groups: ['sg-1', 'sg-3'] }) },
      ['sg-1', 'sg-3'],
    ],
    ['of neither', { NetworkInterfaces: [] }, undefined],
    ['of an interface without any', { NetworkInterfaces: [{}] }, undefined],
  ] as const) {
    it(`asks for the security groups ${what}`, async () => {
      const { asked } = await look({ template });
      expect(asked('DescribeSecurityGroups')).to.eql(
        wanted && { Filters: [{ Name: 'group-id', Values: wanted }] },
      );
    });
  }

  it('asks for the subnets that the group names, and for none without', async () => {
    const subnets = async (group: object) => (await look({ group })).asked('DescribeSubnets');
    const Filters = (Values: string[]) => ({ Filters: [{ Name: 'subnet-id', Values }] });
    expect(await subnets(GROUP)).to.eql(Filters(['s-1', 's-2']));
    expect(await subnets({ ...GROUP, VPCZoneIdentifier: undefined })).to.eql(Filters([]));
    expect(await subnets({ ...GROUP, VPCZoneIdentifier: 's-1,' })).to.eql(Filters(['s-1']));
  });
});

describe('what is said of a network', () => {
  const say = (assignment: string) => `change ${assignment}`;
  it('is which subnets are full, or too small together', () => {
    const found = judgeRoom([subnet('s-1', 0), subnet('s-2', 0), subnet('s-3')], 1, 'us-east-1');
    expect(found).to.eql([
      {
        code: 'subnet-full',
        severity: 'error',
        message: 'No address is free in s-1, s-2',
        meaning: 'Instances cannot be launched there.',
        fix: 'Give the group larger subnets (--param Subnets=...), or see who has the addresses: aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=s-1,s-2 --region us-east-1',
      },
    ]);
    expect(judgeRoom([subnet('s-1', 2)], 3, 'us-east-1')[0]).to.include({
      message: '2 addresses free in the subnets, fewer than the 3 instances that MaxSize still allows',
      meaning: 'The group cannot become as large as it may.',
    });
  });

  it('is which endpoint is down', () => {
    const endpoints = [{ VpcEndpointId: 'vpce-1', ServiceName: 's3', State: 'Failed' as never }];
    expect(judgeVpc({ subnets: [], dnsSupport: true, endpoints }, 'us-east-1')).to.eql([
      {
        code: 'endpoint-down',
        severity: 'error',
        message: 'The endpoint vpce-1 for s3 is Failed',
        meaning: 'Instances cannot reach that service of AWS, as its name leads to the endpoint.',
        fix: 'aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-1 --region us-east-1. One that was rejected or has failed has to be made anew.',
      },
    ]);
    const one = (State: string) =>
      judgeVpc({ subnets: [], dnsSupport: true, endpoints: [{ State: State as never }] }, 'r').length;
    expect(['unavailable', 'pendingAcceptance', 'available'].map(one)).to.eql([1, 1, 0]);
    expect(judgeVpc({ subnets: [], dnsSupport: false, endpoints: [] }, 'r')[0]?.message).to.equal(
      'DNS is switched off in ',
    );
  });

  it('is with which subnets the addresses of containers collide', () => {
    const [found] = judgeDockerPools(
      [subnet('s-1'), { ...subnet('s-2'), CidrBlock: '10.0.1.0/24' }, { CidrBlock: '10.0.2.0/24' }],
      { parameter: (name) => (name === 'DockerIPv4AddressPool1' ? '10.0.0.0/16' : undefined) },
      say,
    );
    expect(found).to.include({
      message:
        'DockerIPv4AddressPool1 (10.0.0.0/16) has addresses of s-1 (10.0.0.0/24), s-2 (10.0.1.0/24),  (10.0.2.0/24)',
      meaning: 'Containers cannot reach hosts there, such as endpoints or other instances.',
    });
  });

  const securityGroup = (GroupId: string, egress: object[], ingress: object[] = []) => ({
    ...{ GroupId, IpPermissionsEgress: egress, IpPermissions: ingress },
  });
  const judge = (...securityGroups: ReturnType<typeof securityGroup>[]) =>
    judgeSecurityGroups(
      { wantedGroups: securityGroups.map(({ GroupId }) => GroupId), securityGroups },
      { region: 'us-east-1', asked: undefined },
    );
  it('is which security groups let nothing out, where none of them does', () => {
    expect(judge(securityGroup('sg-1', []), securityGroup('sg-2', [ANY]))).to.eql([]);
    expect(
      judge(
        securityGroup('sg-1', [{ ...ANY, IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '0.0.0.0/0' }] }]),
      ),
    ).to.eql([]);
    expect(
      judge(securityGroup('sg-1', [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }])),
    ).to.eql([]);
    const [found] = judge(securityGroup('sg-1', []), securityGroup('sg-2', []));
    expect(found).to.deep.include({
      code: 'egress-closed',
      severity: 'error',
      message: 'sg-1, sg-2 lets nothing out to port 443',
      meaning: 'Instances cannot reach Buildkite or AWS: their boot fails, or their agents are gone.',
    });
    expect(found?.fix).to.match(
      /^aws ec2 authorize-security-group-egress --group-id sg-1 --protocol tcp --port 443 /,
    );
  });

  it('is the rule to revoke that lets anybody in', () => {
    const revoked = (permission: object) => {
      const [found] = judge(securityGroup('sg-1', [ANY], [permission]));
      return JSON.parse(/'(\[.*\])'/.exec(found?.fix ?? '')?.[1] ?? 'null') as unknown;
    };
    const IpRanges = [{ CidrIp: '0.0.0.0/0' }];
    const Ipv6Ranges = [{ CidrIpv6: '::/0' }];
    expect(revoked({ IpProtocol: 'tcp', FromPort: 22, ToPort: 80, IpRanges })).to.eql([
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 80, IpRanges },
    ]);
    expect(revoked({ IpProtocol: '-1', Ipv6Ranges })).to.eql([{ IpProtocol: '-1', Ipv6Ranges }]);
    expect(judge(securityGroup('sg-1', [ANY], [{ IpProtocol: '-1', IpRanges }]))[0]?.meaning).to.equal(
      'Agents call out and are never called: nobody has to reach the instances.',
    );
  });
});
