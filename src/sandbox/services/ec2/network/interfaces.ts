import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import type { Instant } from '../../../kernel/time.ts';
import { byIds, page, selected, type Filters } from '../common/describing.ts';
import type { Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { addressNumber } from '../common/cidr.ts';

/** A network interface as far as others ask: where it is, and what it belongs to. */
export interface InterfaceRecord {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly privateIp: string;
  readonly publicIp?: string;
  readonly groupIds: readonly string[];
  readonly type: 'interface' | 'nat_gateway' | 'vpc_endpoint';
  readonly description: string;
  /** The instance it is attached to. */
  readonly instanceId?: string;
}

/** Every network interface there is. They are not kept: instances, NAT gateways and endpoints say what they are. */
export function interfacesOf(state: Ec2State, now: Instant): InterfaceRecord[] {
  return [...instanceInterfaces(state), ...natInterfaces(state, now), ...endpointInterfaces(state)];
}

function instanceInterfaces(state: Ec2State): InterfaceRecord[] {
  return Object.values(state.instances)
    .filter(({ state: name }) => name !== 'terminated')
    .map((instance) => ({
      id: instance.interfaceId,
      subnetId: instance.subnetId,
      vpcId: instance.vpcId,
      privateIp: instance.privateIp,
      ...(instance.publicIp !== undefined && { publicIp: instance.publicIp }),
      groupIds: instance.securityGroupIds,
      type: 'interface',
      description: '',
      instanceId: instance.instanceId,
    }));
}

function natInterfaces(state: Ec2State, now: Instant): InterfaceRecord[] {
  return Object.values(state.natGateways)
    .filter((gateway) => !(gateway.State === 'deleting' && gateway.settlesAt <= now))
    .flatMap((gateway) =>
      gateway.NatGatewayAddresses.map((address) => ({
        id: address.NetworkInterfaceId ?? '',
        subnetId: gateway.SubnetId,
        vpcId: gateway.VpcId,
        privateIp: address.PrivateIp ?? '',
        ...(address.PublicIp !== undefined && { publicIp: address.PublicIp }),
        groupIds: [],
        type: 'nat_gateway' as const,
        description: `Interface for NAT Gateway ${gateway.NatGatewayId}`,
      })),
    );
}

function endpointInterfaces(state: Ec2State): InterfaceRecord[] {
  return Object.values(state.endpoints).flatMap((endpoint) =>
    (endpoint.NetworkInterfaceIds ?? []).map((id, index) => ({
      id,
      subnetId: endpoint.SubnetIds[index] ?? '',
      vpcId: endpoint.VpcId,
      privateIp: endpoint.privateIps[index] ?? '',
      groupIds: endpoint.Groups.map(({ GroupId = '' }) => GroupId),
      type: 'vpc_endpoint' as const,
      description: `VPC Endpoint Interface ${endpoint.VpcEndpointId}`,
    })),
  );
}

/** The addresses of a subnet that something holds, as numbers. */
export function usedAddresses(state: Ec2State, subnetId: string, now: Instant): Set<number> {
  const used = new Set<number>();
  for (const { subnetId: where, privateIp } of interfacesOf(state, now)) {
    if (where === subnetId) used.add(addressNumber(privateIp));
  }
  return used;
}

const filters: Filters<InterfaceRecord> = {
  'network-interface-id': ({ id }) => id,
  'subnet-id': ({ subnetId }) => subnetId,
  'vpc-id': ({ vpcId }) => vpcId,
  'group-id': ({ groupIds }) => groupIds,
  'private-ip-address': ({ privateIp }) => privateIp,
  'interface-type': ({ type }) => type,
  'attachment.instance-id': ({ instanceId }) => instanceId,
  description: ({ description }) => description,
  status: () => 'in-use',
};

function describeNetworkInterfaces(
  input: DescribeNetworkInterfacesRequest,
  scope: Scope,
): DescribeNetworkInterfacesResult {
  const state = ec2State(scope);
  const all = interfacesOf(state, scope.world.now());
  const table = Object.fromEntries(all.map((record) => [record.id, record]));
  const missing = (ids: readonly string[]) =>
    new AwsError(
      'InvalidNetworkInterfaceID.NotFound',
      `The networkInterface ID '${ids.join(', ')}' does not exist`,
    );
  const found = selected(
    byIds(table, input.NetworkInterfaceIds, missing),
    input.Filters,
    filters,
    () => ({}),
  );
  const { items, nextToken } = page(found, input);
  return { NetworkInterfaces: items.map((record) => described(state, record, scope)), NextToken: nextToken };
}

function described(state: Ec2State, record: InterfaceRecord, scope: Scope): NetworkInterface {
  const { instanceId, publicIp } = record;
  return {
    NetworkInterfaceId: record.id,
    SubnetId: record.subnetId,
    VpcId: record.vpcId,
    AvailabilityZone: state.subnets[record.subnetId]?.AvailabilityZone,
    OwnerId: scope.accountId,
    Description: record.description,
    // EC2 says "nat_gateway", where the SDK's own enumeration has "natGateway".
    InterfaceType: record.type as 'interface',
    RequesterManaged: instanceId === undefined,
    Status: 'in-use',
    PrivateIpAddress: record.privateIp,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: record.privateIp }],
    Groups: record.groupIds.map((GroupId) => ({
      GroupId,
      GroupName: state.securityGroups[GroupId]?.GroupName,
    })),
    SourceDestCheck: record.type !== 'nat_gateway',
    TagSet: [],
    ...(publicIp !== undefined && { Association: { PublicIp: publicIp, IpOwnerId: 'amazon' } }),
    Attachment: {
      Status: 'attached',
      DeviceIndex: 0,
      DeleteOnTermination: true,
      ...(instanceId !== undefined && { InstanceId: instanceId, InstanceOwnerId: scope.accountId }),
    },
  };
}

export const interfaceOperations = { DescribeNetworkInterfaces: describeNetworkInterfaces };
