import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
  Subnet,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { zonesOf } from '../catalogue/regions.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { dependencyViolation, invalidValue, required } from '../common/errors.ts';
import type { Ec2State, SubnetRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { cidrText, contains, overlap, parseCidr, type Cidr } from '../common/cidr.ts';
import { joinDefaultAcl } from '../state/default-acl.ts';
import { usedAddresses } from './interfaces.ts';
import { blocksOf, vpcOf } from './vpcs.ts';

/** Addresses of each subnet that AWS keeps: the network, the router, DNS, one for later, and broadcast. */
const RESERVED = 5;

export const subnetMissing = (ids: readonly string[]): AwsError =>
  ids.length === 1
    ? new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${ids[0] ?? ''}' does not exist`)
    : new AwsError('InvalidSubnetID.NotFound', `The subnet IDs '${ids.join(', ')}' do not exist`);

export function subnetOf(state: Ec2State, id: string): SubnetRecord {
  return byId(state.subnets, id, subnetMissing);
}

/** @throws AwsError InvalidSubnet.Range, InvalidSubnet.Conflict, InvalidParameterValue */
export function createSubnet(input: CreateSubnetRequest, scope: Scope): Required<CreateSubnetResult> {
  const state = ec2State(scope);
  const vpc = vpcOf(state, required(input.VpcId, 'vpcId'));
  const text = required(input.CidrBlock, 'cidrBlock');
  const block = parseCidr(text);
  if (block === undefined) throw invalidValue(text, 'cidrBlock', 'This is not a valid CIDR block.');
  if (block.prefix < 16 || block.prefix > 28 || !blocksOf(vpc).some((held) => contains(held, block))) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  }
  if (siblings(state, vpc.VpcId).some((held) => overlap(held, block))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
  }
  const zone = zoneFor(input, scope);
  const tags = requestedTags(input.TagSpecifications, 'subnet');
  const subnetId = scope.world.ids.hex('subnet-');
  const subnet: SubnetRecord = {
    SubnetId: subnetId,
    SubnetArn: arn(scope, 'ec2', `subnet/${subnetId}`),
    VpcId: vpc.VpcId,
    OwnerId: scope.accountId,
    CidrBlock: cidrText(block),
    AvailabilityZone: zone.name,
    AvailabilityZoneId: zone.id,
    State: 'available',
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    MapCustomerOwnedIpOnLaunch: false,
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Ipv6CidrBlockAssociationSet:
      input.Ipv6CidrBlock === undefined
        ? []
        : [
            {
              AssociationId: scope.world.ids.hex('subnet-cidr-assoc-'),
              Ipv6CidrBlock: input.Ipv6CidrBlock,
              Ipv6CidrBlockState: { State: 'associated' },
            },
          ],
  };
  state.subnets[subnetId] = subnet;
  joinDefaultAcl(state, subnet);
  setTags(state, subnetId, tags);
  return { Subnet: described(state, subnet) };
}

function siblings(state: Ec2State, vpcId: string): Cidr[] {
  return Object.values(state.subnets)
    .filter((subnet) => subnet.VpcId === vpcId)
    .flatMap((subnet) => parseCidr(subnet.CidrBlock) ?? []);
}

function zoneFor({ AvailabilityZone, AvailabilityZoneId }: CreateSubnetRequest, scope: Scope) {
  const zones = zonesOf(scope.region);
  const allowed = (ids: string[]) =>
    `Subnets can currently only be created in the following availability zones: ${ids.join(', ')}.`;
  const zone =
    AvailabilityZoneId === undefined
      ? zones.find(({ name }) => AvailabilityZone === undefined || name === AvailabilityZone)
      : zones.find(({ id }) => id === AvailabilityZoneId);
  if (zone !== undefined) return zone;
  throw AvailabilityZoneId === undefined
    ? invalidValue(AvailabilityZone ?? '', 'availabilityZone', allowed(zones.map(({ name }) => name)))
    : invalidValue(AvailabilityZoneId, 'availabilityZoneId', allowed(zones.map(({ id }) => id)));
}

/** @throws AwsError DependencyViolation while a network interface is in it */
export function deleteSubnet(input: DeleteSubnetRequest, scope: Scope): object {
  const state = ec2State(scope);
  const { SubnetId } = subnetOf(state, required(input.SubnetId, 'subnetId'));
  if (usedAddresses(state, SubnetId, scope.world.now()).size > 0) {
    throw dependencyViolation(`The subnet '${SubnetId}' has dependencies and cannot be deleted.`);
  }
  for (const table of Object.values(state.routeTables)) {
    table.Associations = table.Associations.filter((association) => association.SubnetId !== SubnetId);
  }
  for (const acl of Object.values(state.networkAcls)) {
    acl.Associations = acl.Associations.filter((association) => association.SubnetId !== SubnetId);
  }
  Reflect.deleteProperty(state.subnets, SubnetId);
  Reflect.deleteProperty(state.tags, SubnetId);
  return {};
}

export function modifySubnetAttribute(input: ModifySubnetAttributeRequest, scope: Scope): object {
  const subnet = subnetOf(ec2State(scope), required(input.SubnetId, 'subnetId'));
  if (input.MapPublicIpOnLaunch) subnet.MapPublicIpOnLaunch = input.MapPublicIpOnLaunch.Value ?? false;
  if (input.AssignIpv6AddressOnCreation) {
    subnet.AssignIpv6AddressOnCreation = input.AssignIpv6AddressOnCreation.Value ?? false;
  }
  return {};
}

/** How many addresses of a subnet are still to be had. */
export function freeAddresses(state: Ec2State, subnet: SubnetRecord, now: number): number {
  const size = parseCidr(subnet.CidrBlock)?.size ?? 0;
  return size - RESERVED - usedAddresses(state, subnet.SubnetId, now).size;
}

/**
 * The next free addresses of a subnet, as numbers.
 * @throws AwsError InsufficientFreeAddressesInSubnet
 */
export function takeAddresses(state: Ec2State, subnet: SubnetRecord, count: number, now: number): number[] {
  const used = usedAddresses(state, subnet.SubnetId, now);
  const { first, size } = parseCidr(subnet.CidrBlock) ?? { first: 0, size: 0 };
  const taken: number[] = [];
  for (let address = first + RESERVED - 1; taken.length < count && address < first + size - 1; address++) {
    if (!used.has(address)) taken.push(address);
  }
  if (taken.length === count) return taken;
  throw new AwsError(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnet.SubnetId}' to satisfy the requested number of instances.`,
  );
}

const filters: Filters<SubnetRecord> = {
  'subnet-id': (subnet) => subnet.SubnetId,
  'subnet-arn': (subnet) => subnet.SubnetArn,
  'vpc-id': (subnet) => subnet.VpcId,
  'availability-zone': (subnet) => subnet.AvailabilityZone,
  availabilityZone: (subnet) => subnet.AvailabilityZone,
  'availability-zone-id': (subnet) => subnet.AvailabilityZoneId,
  availabilityZoneId: (subnet) => subnet.AvailabilityZoneId,
  cidr: (subnet) => subnet.CidrBlock,
  'cidr-block': (subnet) => subnet.CidrBlock,
  cidrBlock: (subnet) => subnet.CidrBlock,
  'default-for-az': (subnet) => String(subnet.DefaultForAz),
  defaultForAz: (subnet) => String(subnet.DefaultForAz),
  'map-public-ip-on-launch': (subnet) => String(subnet.MapPublicIpOnLaunch),
  'owner-id': (subnet) => subnet.OwnerId,
  state: (subnet) => subnet.State,
};

function described(state: Ec2State, subnet: SubnetRecord, free?: number): Subnet {
  const size = parseCidr(subnet.CidrBlock)?.size ?? 0;
  return {
    ...subnet,
    AvailableIpAddressCount: free ?? size - RESERVED,
    Tags: tagList(state, subnet.SubnetId),
  };
}

function describeSubnets(input: DescribeSubnetsRequest, scope: Scope): DescribeSubnetsResult {
  const state = ec2State(scope);
  const now = scope.world.now();
  const found = selected(
    byIds(state.subnets, input.SubnetIds, subnetMissing),
    input.Filters,
    filters,
    (subnet) => state.tags[subnet.SubnetId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return {
    Subnets: items.map((subnet) => described(state, subnet, freeAddresses(state, subnet, now))),
    NextToken: nextToken,
  };
}

export const subnetOperations = {
  CreateSubnet: createSubnet,
  DeleteSubnet: deleteSubnet,
  DescribeSubnets: describeSubnets,
  ModifySubnetAttribute: modifySubnetAttribute,
};
