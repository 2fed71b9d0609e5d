import { expect } from 'chai';
import {
  judgeDockerPools,
  judgeRoom,
  judgeVpc,
  missingSubnets,
} from '../../../src/doctor/network/network.ts';
import { judgeSecurityGroups } from '../../../src/doctor/network/security-groups.ts';
import { judgeWaysOut, type WayFacts } from '../../../src/doctor/network/ways-out.ts';

const change = (assignment: string) => `change ${assignment}`;
const codesOf = (found: readonly { code: string; severity: string }[]) =>
  found.map(({ code, severity }) => `${code} ${severity}`);

describe('the room in subnets', () => {
  const judge = (free: readonly number[], needed: number) =>
    judgeRoom(
      free.map((AvailableIpAddressCount, at) => ({ SubnetId: `s-${at}`, AvailableIpAddressCount })),
      needed,
      'us-east-1',
    );
  for (const [free, needed, codes] of [
    [[10, 10], 20, []],
    [[10, 10], 21, ['subnet-full warning']],
    [[10, 0], 1, ['subnet-full error']],
    [[1], 1, []],
    [[1], 2, ['subnet-full warning']],
    [[], 0, []],
  ] as const) {
    it(`of ${free.join('+')} for ${needed} has ${codes.length === 0 ? 'no findings' : codes.join()}`, () => {
      expect(codesOf(judge(free, needed))).to.eql(codes);
    });
  }
  it('is told with the subnets that are full, else all', () => {
    expect(judge([10, 0], 1)[0]?.fix).to.contain('Values=s-1 ');
    expect(judge([1, 1], 3)[0]?.fix).to.contain('Values=s-0,s-1 ');
    expect(judge([1, 1], 3)[0]?.message).to.equal(
      '2 addresses free in the subnets, fewer than the 3 instances that MaxSize still allows',
    );
  });
});

describe('the subnets of a group', () => {
  it('are there, or an error', () => {
    expect(missingSubnets(['a', 'b'], [{ SubnetId: 'b' }, { SubnetId: 'a' }], 'us-east-1', change)).to.eql(
      [],
    );
    const [found] = missingSubnets(['a', 'b', 'c'], [{ SubnetId: 'b' }], 'us-east-1', change);
    expect(found).to.include({ code: 'subnet-missing', severity: 'error' });
    expect(found?.message).to.contain('no subnet a, c,');
    expect(found?.fix).to.contain('change Subnets=');
  });
});

describe('the VPC', () => {
  const judge = (dnsSupport: boolean, ...states: string[]) =>
    judgeVpc(
      {
        subnets: [{ VpcId: 'vpc-1' }],
        dnsSupport,
        endpoints: states.map((State) => ({ VpcEndpointId: 'e', State: State as never })),
      },
      'us-east-1',
    );
  it('has DNS, and endpoints that are up', () => {
    expect(judge(true, 'available', 'Available', 'pending')).to.eql([]);
    expect(codesOf(judge(false))).to.eql(['dns-off error']);
    expect(judge(false)[0]?.fix).to.contain('--vpc-id vpc-1');
    expect(codesOf(judge(true, 'failed', 'rejected', 'pendingAcceptance'))).to.eql([
      ...['endpoint-down error', 'endpoint-down error', 'endpoint-down error'],
    ]);
  });
});

describe('the pools of Docker', () => {
  const judge = (pools: Record<string, string>) =>
    judgeDockerPools(
      [{ SubnetId: 's', CidrBlock: '10.0.0.0/24' }],
      { parameter: (key) => pools[key] },
      change,
    );
  it('collide with subnets, or do not', () => {
    expect(judge({})).to.eql([]);
    expect(judge({ DockerIPv4AddressPool1: '172.17.0.0/12', DockerIPv4AddressPool2: '10.0.1.0/24' })).to.eql(
      [],
    );
    for (const key of ['DockerIPv4AddressPool1', 'DockerIPv4AddressPool2']) {
      const [found] = judge({ [key]: '10.0.0.128/25' });
      expect(found).to.include({ code: 'docker-network-collides', severity: 'warning' });
      expect(found?.fix).to.contain(`change ${key}=`);
    }
  });
});

describe('the security groups', () => {
  const OUT = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  const group = (egress: object[], ingress: object[] = []) => ({
    GroupId: 'sg-1',
    IpPermissionsEgress: egress,
    IpPermissions: ingress,
  });
  const judge = (egress: object[], ingress: object[] = [], wantedGroups = ['sg-1'], asked?: string) =>
    judgeSecurityGroups(
      { wantedGroups, securityGroups: [group(egress, ingress)] },
      { region: 'us-east-1', asked },
    );
  for (const [what, egress, open] of [
    ['all', { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }, true],
    ['HTTPS', OUT, true],
    ['HTTPS by its number', { ...OUT, IpProtocol: '6' }, true],
    ['HTTPS to a prefix list', { ...OUT, IpRanges: [], PrefixListIds: [{ PrefixListId: 'pl-1' }] }, true],
    ['ports up to it', { ...OUT, FromPort: 1 }, true],
    ['ports from it', { ...OUT, ToPort: 65535 }, true],
    ['ports below it', { ...OUT, FromPort: 1, ToPort: 442 }, false],
    ['ports above it', { ...OUT, FromPort: 444, ToPort: 500 }, false],
    ['UDP', { ...OUT, IpProtocol: 'udp' }, false],
    ['HTTPS to a few', { ...OUT, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }, false],
    ['no ports', { IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }, false],
    ['no end of its ports', { ...OUT, ToPort: undefined }, false],
  ] as const) {
    it(`that let out ${what} are ${open ? 'open' : 'closed'}`, () => {
      expect(codesOf(judge([egress]))).to.eql(open ? [] : ['egress-closed error']);
    });
  }
  it('are missing, or none, or let in anybody', () => {
    expect(codesOf(judge([OUT], [], ['sg-1', 'sg-2']))).to.eql(['security-group-missing error']);
    expect(codesOf(judge([], [], ['sg-1', 'sg-2']))).to.eql(['security-group-missing error']);
    expect(
      judgeSecurityGroups({ wantedGroups: [], securityGroups: [] }, { region: 'r', asked: undefined }),
    ).to.eql([]);
    const ssh = (CidrIp: string) => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] });
    expect(codesOf(judge([OUT], [ssh('0.0.0.0/0')]))).to.eql(['ingress-open warning']);
    expect(judge([OUT], [ssh('0.0.0.0/0')], ['sg-1'], '0.0.0.0/0')).to.eql([]);
    expect(judge([OUT], [ssh('10.0.0.0/8')])).to.eql([]);
    const [six] = judge([OUT], [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }]);
    expect(six?.message).to.equal('sg-1 lets anybody (::/0) in on every port');
    expect(six?.fix).to.contain('[{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"::/0"}]}]');
    const message = (FromPort?: number, ToPort?: number) =>
      judge([OUT], [{ ...ssh('0.0.0.0/0'), FromPort, ToPort }])[0]?.message;
    expect(message(22, 22)).to.match(/in on tcp port 22$/);
    expect(message(22, 80)).to.match(/in on tcp ports 22 to 80$/);
  });
});

describe('the way out of a subnet', () => {
  const table = (routes: object[], association: object = { SubnetId: 's-1' }) => ({
    RouteTableId: 'rtb-1',
    Routes: routes,
    Associations: [association],
  });
  const to = (target: object) => ({ DestinationCidrBlock: '0.0.0.0/0', ...target });
  const judge = (routes: object[], parts: Partial<WayFacts> = {}, association?: object) =>
    judgeWaysOut(
      {
        subnets: [{ SubnetId: 's-1', MapPublicIpOnLaunch: true }],
        routeTables: [table(routes, association)],
        nats: [],
        publicAddress: undefined,
        ...parts,
      },
      'us-east-1',
    );
  const igw = to({ GatewayId: 'igw-1' });
  const nat = (State: string) => ({
    nats: [{ NatGatewayId: 'nat-1', State: State as never, FailureMessage: 'no address' }],
  });
  for (const [what, routes, parts, codes] of [
    ['an internet gateway', [igw], {}, []],
    ['an internet gateway, of the main table', [igw], {}, []],
    ['no route', [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }], {}, ['no-way-out error']],
    ['a route to nowhere', [{ ...igw, State: 'blackhole' }], {}, ['route-blackhole error']],
    ['a NAT gateway', [to({ NatGatewayId: 'nat-1' })], nat('available'), []],
    ['a NAT gateway that is down', [to({ NatGatewayId: 'nat-1' })], nat('failed'), ['nat-down error']],
    ['a NAT gateway of another VPC', [to({ NatGatewayId: 'nat-2' })], nat('failed'), []],
    ['no public address', [igw], { publicAddress: false }, ['no-public-address error']],
    [
      'no public address by the subnet',
      [igw],
      { subnets: [{ SubnetId: 's-1' }] },
      ['no-public-address error'],
    ],
    [
      'a public address by the launch template',
      [igw],
      { subnets: [{ SubnetId: 's-1' }], publicAddress: true },
      [],
    ],
    [
      'a transit gateway, and no public address',
      [to({ TransitGatewayId: 'tgw-1' })],
      { publicAddress: false },
      [],
    ],
  ] as const) {
    it(`by ${what} has ${codes.length === 0 ? 'no findings' : codes.join()}`, () => {
      expect(codesOf(judge([...routes], parts))).to.eql(codes);
    });
  }
  it('is that of its own table, else of the main one', () => {
    const own = table([igw]);
    const main = { ...table([], { Main: true }), RouteTableId: 'rtb-2' };
    expect(judge([], { routeTables: [main, own] })).to.eql([]);
    expect(judge([], { routeTables: [main] })[0]?.message).to.contain('rtb-2 has none');
    expect(judge([igw], {}, { Main: true })).to.eql([]);
    expect(judge([igw], {}, { SubnetId: 's-9' })[0]?.code).to.equal('no-way-out');
  });
  it('is one finding for all subnets with the same fault', () => {
    const subnets = ['s-1', 's-2'].map((SubnetId) => ({ SubnetId }));
    const found = judge([], { subnets, routeTables: [table([], { Main: true })] });
    expect(found.map(({ message }) => message)).to.eql([
      's-1, s-2: no route to the internet (rtb-1 has none for 0.0.0.0/0)',
    ]);
    expect(judge([to({ NatGatewayId: 'nat-1' })], nat('failed'))[0]?.message).to.equal(
      's-1: the NAT gateway nat-1 is failed (no address)',
    );
  });
});
