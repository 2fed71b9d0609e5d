import type {
  Address,
  AllocateAddressRequest,
  AllocateAddressResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, selected, type Filters } from '../common/describing.ts';
import { required } from '../common/errors.ts';
import { addressText } from '../common/cidr.ts';
import type { AddressRecord, Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';

/** The quota "EC2-VPC Elastic IPs" (L-0263D0A3), its default. */
const ADDRESSES_PER_REGION = 5;

const addressMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidAllocationID.NotFound',
    ids.length === 1
      ? `The allocation ID '${ids[0] ?? ''}' does not exist`
      : `The allocation IDs '${ids.join(', ')}' do not exist`,
  );

export function addressOf(state: Ec2State, allocationId: string): AddressRecord {
  return byId(state.addresses, allocationId, addressMissing);
}

/** A public address of Amazon's, in 3.80.0.0/12. */
export function publicAddress(scope: Scope): string {
  return addressText(3 * 2 ** 24 + 80 * 2 ** 16 + Math.floor(scope.world.random() * 2 ** 20));
}

/** The public DNS name of an address. */
export function publicDnsName(address: string, region: string): string {
  const domain = region === 'us-east-1' ? 'compute-1' : `${region}.compute`;
  return `ec2-${address.replaceAll('.', '-')}.${domain}.amazonaws.com`;
}

/** @throws AwsError AddressLimitExceeded */
export function allocateAddress(
  input: AllocateAddressRequest,
  scope: Scope,
): Required<Pick<AllocateAddressResult, 'AllocationId' | 'PublicIp'>> & AllocateAddressResult {
  const state = ec2State(scope);
  const tags = requestedTags(input.TagSpecifications, 'elastic-ip');
  if (Object.keys(state.addresses).length >= ADDRESSES_PER_REGION) {
    throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
  }
  const address: AddressRecord = {
    AllocationId: scope.world.ids.hex('eipalloc-'),
    PublicIp: publicAddress(scope),
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: scope.region,
  };
  state.addresses[address.AllocationId] = address;
  setTags(state, address.AllocationId, tags);
  return { ...address };
}

/** @throws AwsError InvalidIPAddress.InUse while something uses it */
export function releaseAddress(input: ReleaseAddressRequest, scope: Scope): object {
  const state = ec2State(scope);
  const address = addressOf(state, required(input.AllocationId, 'allocationId'));
  if (address.AssociationId !== undefined) {
    throw new AwsError(
      'InvalidIPAddress.InUse',
      `Address with allocation id [${address.AllocationId}] cannot be released because it is in use.`,
    );
  }
  Reflect.deleteProperty(state.addresses, address.AllocationId);
  Reflect.deleteProperty(state.tags, address.AllocationId);
  return {};
}

const filters: Filters<AddressRecord> = {
  'allocation-id': (address) => address.AllocationId,
  'association-id': (address) => address.AssociationId,
  'public-ip': (address) => address.PublicIp,
  'private-ip-address': (address) => address.PrivateIpAddress,
  'network-interface-id': (address) => address.NetworkInterfaceId,
  'instance-id': (address) => address.InstanceId,
  domain: (address) => address.Domain,
};

function describeAddresses(input: DescribeAddressesRequest, scope: Scope): DescribeAddressesResult {
  const state = ec2State(scope);
  const byIp = (address: AddressRecord) =>
    !input.PublicIps?.length || input.PublicIps.includes(address.PublicIp);
  const found = selected(
    byIds(state.addresses, input.AllocationIds, addressMissing).filter(byIp),
    input.Filters,
    filters,
    (address) => state.tags[address.AllocationId] ?? {},
  );
  return {
    Addresses: found.map((address): Address => ({ ...address, Tags: tagList(state, address.AllocationId) })),
  };
}

export const addressOperations = {
  AllocateAddress: allocateAddress,
  ReleaseAddress: releaseAddress,
  DescribeAddresses: describeAddresses,
};
