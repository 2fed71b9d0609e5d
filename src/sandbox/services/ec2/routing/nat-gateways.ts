import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  NatGateway,
  NatGatewayAddress,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import type { Instant } from '../../../kernel/time.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { missingParameter, required } from '../common/errors.ts';
import { addressText } from '../common/cidr.ts';
import { subnetOf, takeAddresses } from '../network/subnets.ts';
import type { Ec2State, NatGatewayRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { addressOf } from './addresses.ts';
import { gatewayOfVpc } from './internet-gateways.ts';

/** How long AWS takes, about, to set one up or to take it down. */
const SETTLING_MS = 90_000;
/** How long a deleted one is still listed: about an hour. */
const LISTED_MS = 3_600_000;

export const natMissing = (ids: readonly string[]): AwsError =>
  new AwsError('NatGatewayNotFound', `The Nat Gateway ${ids.join(', ')} was not found`);

/** @throws AwsError Resource.AlreadyAssociated, Gateway.NotAttached, ... */
export function createNatGateway(
  input: CreateNatGatewayRequest,
  scope: Scope,
): CreateNatGatewayResult & { NatGateway: NatGateway & { NatGatewayId: string } } {
  const state = ec2State(scope);
  const { world } = scope;
  const now = world.now();
  const subnet = subnetOf(state, required(input.SubnetId, 'subnetId'));
  const type = input.ConnectivityType ?? 'public';
  if (type === 'public' && input.AllocationId === undefined) throw missingParameter('AllocationId');
  const tags = requestedTags(input.TagSpecifications, 'natgateway');
  if (type === 'public' && gatewayOfVpc(state, subnet.VpcId) === undefined) {
    throw new AwsError('Gateway.NotAttached', `Network ${subnet.VpcId} has no Internet gateway attached`);
  }
  const [privateIp = 0] = takeAddresses(state, subnet, 1, now);
  const id = world.ids.hex('nat-');
  const own: NatGatewayAddress = {
    NetworkInterfaceId: world.ids.hex('eni-'),
    PrivateIp: addressText(privateIp),
    IsPrimary: true,
    Status: 'succeeded',
  };
  if (input.AllocationId !== undefined) {
    const address = addressOf(state, input.AllocationId);
    if (address.AssociationId !== undefined) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `Elastic IP address [${address.AllocationId}] is already associated`,
      );
    }
    address.AssociationId = world.ids.hex('eipassoc-');
    address.NetworkInterfaceId = own.NetworkInterfaceId;
    address.PrivateIpAddress = own.PrivateIp;
    Object.assign(own, {
      AllocationId: address.AllocationId,
      AssociationId: address.AssociationId,
      PublicIp: address.PublicIp,
    });
  }
  const gateway: NatGatewayRecord = {
    NatGatewayId: id,
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    State: 'pending',
    ConnectivityType: type,
    NatGatewayAddresses: [own],
    createdAt: now,
    settlesAt: now + SETTLING_MS,
  };
  state.natGateways[id] = gateway;
  setTags(state, id, tags);
  return { NatGateway: described(state, gateway, now) };
}

export function deleteNatGateway(input: DeleteNatGatewayRequest, scope: Scope): DeleteNatGatewayResult {
  const state = ec2State(scope);
  const now = scope.world.now();
  const gateway = byId(state.natGateways, required(input.NatGatewayId, 'natGatewayId'), natMissing);
  if (gateway.State !== 'deleting') {
    gateway.State = 'deleting';
    gateway.settlesAt = now + SETTLING_MS / 2;
    for (const { AllocationId } of gateway.NatGatewayAddresses) {
      const address = AllocationId === undefined ? undefined : state.addresses[AllocationId];
      if (address === undefined) continue;
      for (const member of ['AssociationId', 'NetworkInterfaceId', 'PrivateIpAddress'] as const) {
        Reflect.deleteProperty(address, member);
      }
    }
  }
  return { NatGatewayId: gateway.NatGatewayId };
}

/** `pending` becomes `available` and `deleting` becomes `deleted` as time passes. */
export function natState(gateway: NatGatewayRecord, now: Instant): NonNullable<NatGateway['State']> {
  if (now < gateway.settlesAt) return gateway.State;
  return gateway.State === 'deleting' ? 'deleted' : 'available';
}

const filters = (now: Instant): Filters<NatGatewayRecord> => ({
  'nat-gateway-id': (gateway) => gateway.NatGatewayId,
  'subnet-id': (gateway) => gateway.SubnetId,
  'vpc-id': (gateway) => gateway.VpcId,
  state: (gateway) => natState(gateway, now),
});

function described(state: Ec2State, gateway: NatGatewayRecord, now: Instant) {
  const { createdAt, settlesAt: _settlesAt, ...shown } = gateway;
  return {
    ...shown,
    State: natState(gateway, now),
    CreateTime: new Date(createdAt),
    Tags: tagList(state, gateway.NatGatewayId),
  };
}

function describeNatGateways(input: DescribeNatGatewaysRequest, scope: Scope): DescribeNatGatewaysResult {
  const state = ec2State(scope);
  const now = scope.world.now();
  const found = selected(
    byIds(state.natGateways, input.NatGatewayIds, natMissing).filter(
      (gateway) => gateway.State !== 'deleting' || now < gateway.settlesAt + LISTED_MS,
    ),
    input.Filter,
    filters(now),
    (gateway) => state.tags[gateway.NatGatewayId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return { NatGateways: items.map((gateway) => described(state, gateway, now)), NextToken: nextToken };
}

export const natGatewayOperations = {
  CreateNatGateway: createNatGateway,
  DeleteNatGateway: deleteNatGateway,
  DescribeNatGateways: describeNatGateways,
};
