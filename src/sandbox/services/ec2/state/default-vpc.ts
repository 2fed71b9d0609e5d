import { createHash } from 'node:crypto';
import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { zonesOf } from '../catalogue/regions.ts';
import { makeDefaultGroup } from './default-group.ts';
import type { Ec2State } from './records.ts';
import { joinDefaultAcl, makeDefaultAcl } from './default-acl.ts';

/**
 * The network each region of an account has from the start: a VPC of 172.31.0.0/16 with a public /20 subnet in each zone.
 * Its ids come from the region's name, so that looking at a region does not change the ids of what is made later.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export function makeDefaultVpc(state: Ec2State, scope: Scope): void {
  const id = (prefix: string, part: string = prefix) =>
    `${prefix}-0${createHash('sha256').update(`${scope.region}/${part}`).digest('hex').slice(0, 16)}`;
  const vpcId = id('vpc');
  const gatewayId = id('igw');
  const tableId = id('rtb');
  const dhcpId = id('dopt');
  const OwnerId = scope.accountId;

  state.dhcpOptions[dhcpId] = {
    DhcpOptionsId: dhcpId,
    OwnerId,
    DhcpConfigurations: [
      {
        Key: 'domain-name',
        Values: [
          { Value: scope.region === 'us-east-1' ? 'ec2.internal' : `${scope.region}.compute.internal` },
        ],
      },
      { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
    ],
  };
  state.vpcs[vpcId] = {
    VpcId: vpcId,
    OwnerId,
    CidrBlock: '172.31.0.0/16',
    CidrBlockAssociationSet: [
      {
        AssociationId: id('vpc-cidr-assoc'),
        CidrBlock: '172.31.0.0/16',
        CidrBlockState: { State: 'associated' },
      },
    ],
    DhcpOptionsId: dhcpId,
    InstanceTenancy: 'default',
    IsDefault: true,
    State: 'available',
    enableDnsSupport: true,
    enableDnsHostnames: true,
  };
  state.internetGateways[gatewayId] = {
    InternetGatewayId: gatewayId,
    OwnerId,
    Attachments: [{ VpcId: vpcId, State: 'available' as never }],
  };
  state.routeTables[tableId] = {
    RouteTableId: tableId,
    VpcId: vpcId,
    OwnerId,
    PropagatingVgws: [],
    Routes: [
      {
        DestinationCidrBlock: '172.31.0.0/16',
        GatewayId: 'local',
        Origin: 'CreateRouteTable',
        State: 'active',
      },
      { DestinationCidrBlock: '0.0.0.0/0', GatewayId: gatewayId, Origin: 'CreateRoute', State: 'active' },
    ],
    Associations: [
      {
        Main: true,
        RouteTableAssociationId: id('rtbassoc'),
        RouteTableId: tableId,
        AssociationState: { State: 'associated' },
      },
    ],
  };
  makeDefaultGroup(state, scope, vpcId, id('sg'), [id('sgr', 'in'), id('sgr', 'out')]);
  makeDefaultAcl(state, scope, vpcId);
  for (const [index, zone] of zonesOf(scope.region).entries()) {
    const subnetId = id('subnet', zone.name);
    state.subnets[subnetId] = {
      SubnetId: subnetId,
      SubnetArn: arn(scope, 'ec2', `subnet/${subnetId}`),
      VpcId: vpcId,
      OwnerId,
      CidrBlock: `172.31.${index * 16}.0/20`,
      AvailabilityZone: zone.name,
      AvailabilityZoneId: zone.id,
      State: 'available',
      DefaultForAz: true,
      MapPublicIpOnLaunch: true,
      AssignIpv6AddressOnCreation: false,
      Ipv6CidrBlockAssociationSet: [],
    };
    joinDefaultAcl(state, { SubnetId: subnetId, VpcId: vpcId });
  }
}

/** The VPC that is used where a request names none; undefined after it was deleted. */
export function defaultVpcId(state: Ec2State): string | undefined {
  return Object.values(state.vpcs).find(({ IsDefault }) => IsDefault)?.VpcId;
}
