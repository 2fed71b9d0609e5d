import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  InternetGateway,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { dependencyViolation, required } from '../common/errors.ts';
import { interfacesOf } from '../network/interfaces.ts';
import { vpcOf } from '../network/vpcs.ts';
import type { Ec2State, InternetGatewayRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';

export const gatewayMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidInternetGatewayID.NotFound',
    ids.length === 1
      ? `The internetGateway ID '${ids[0] ?? ''}' does not exist`
      : `The internetGateway IDs '${ids.join(', ')}' do not exist`,
  );

function gatewayOf(state: Ec2State, id: string): InternetGatewayRecord {
  return byId(state.internetGateways, id, gatewayMissing);
}

export function createInternetGateway(
  input: CreateInternetGatewayRequest,
  scope: Scope,
): Required<CreateInternetGatewayResult> {
  const state = ec2State(scope);
  const tags = requestedTags(input.TagSpecifications, 'internet-gateway');
  const id = scope.world.ids.hex('igw-');
  const gateway: InternetGatewayRecord = { InternetGatewayId: id, OwnerId: scope.accountId, Attachments: [] };
  state.internetGateways[id] = gateway;
  setTags(state, id, tags);
  return { InternetGateway: described(state, gateway) };
}

/** @throws AwsError DependencyViolation while it is attached */
export function deleteInternetGateway(input: DeleteInternetGatewayRequest, scope: Scope): object {
  const state = ec2State(scope);
  const gateway = gatewayOf(state, required(input.InternetGatewayId, 'internetGatewayId'));
  if (gateway.Attachments.length > 0) {
    throw dependencyViolation(
      `The internetGateway '${gateway.InternetGatewayId}' has dependencies and cannot be deleted.`,
    );
  }
  Reflect.deleteProperty(state.internetGateways, gateway.InternetGatewayId);
  Reflect.deleteProperty(state.tags, gateway.InternetGatewayId);
  return {};
}

/** @throws AwsError Resource.AlreadyAssociated, InvalidParameterValue for a VPC that has one */
export function attachInternetGateway(input: AttachInternetGatewayRequest, scope: Scope): object {
  const state = ec2State(scope);
  const gateway = gatewayOf(state, required(input.InternetGatewayId, 'internetGatewayId'));
  const { VpcId } = vpcOf(state, required(input.VpcId, 'vpcId'));
  if (gateway.Attachments.length > 0) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${gateway.InternetGatewayId} is already attached to network ${gateway.Attachments[0]?.VpcId ?? ''}`,
    );
  }
  if (gatewayOfVpc(state, VpcId) !== undefined) {
    throw new AwsError('InvalidParameterValue', `Network ${VpcId} already has an internet gateway attached`);
  }
  // EC2 says "available" here, a word that the SDK's own enumeration of attachment states does not have.
  gateway.Attachments = [{ VpcId, State: 'available' as 'attached' }];
  return {};
}

/** The internet gateway that a VPC is attached to. */
export function gatewayOfVpc(state: Ec2State, vpcId: string): InternetGatewayRecord | undefined {
  return Object.values(state.internetGateways).find(({ Attachments }) =>
    Attachments.some((attachment) => attachment.VpcId === vpcId),
  );
}

/** @throws AwsError Gateway.NotAttached; DependencyViolation while something in the VPC has a public address */
export function detachInternetGateway(input: DetachInternetGatewayRequest, scope: Scope): object {
  const state = ec2State(scope);
  const gateway = gatewayOf(state, required(input.InternetGatewayId, 'internetGatewayId'));
  const vpcId = required(input.VpcId, 'vpcId');
  if (!gateway.Attachments.some((attachment) => attachment.VpcId === vpcId)) {
    throw new AwsError(
      'Gateway.NotAttached',
      `resource ${gateway.InternetGatewayId} is not attached to network ${vpcId}`,
    );
  }
  if (
    interfacesOf(state, scope.world.now()).some((one) => one.vpcId === vpcId && one.publicIp !== undefined)
  ) {
    throw dependencyViolation(
      `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  }
  gateway.Attachments = [];
  return {};
}

const filters: Filters<InternetGatewayRecord> = {
  'internet-gateway-id': (gateway) => gateway.InternetGatewayId,
  'owner-id': (gateway) => gateway.OwnerId,
  'attachment.vpc-id': (gateway) => gateway.Attachments.map(({ VpcId }) => VpcId),
  'attachment.state': (gateway) => gateway.Attachments.map(({ State }) => State),
};

function described(state: Ec2State, gateway: InternetGatewayRecord): InternetGateway {
  return { ...gateway, Tags: tagList(state, gateway.InternetGatewayId) };
}

function describeInternetGateways(
  input: DescribeInternetGatewaysRequest,
  scope: Scope,
): DescribeInternetGatewaysResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.internetGateways, input.InternetGatewayIds, gatewayMissing),
    input.Filters,
    filters,
    (gateway) => state.tags[gateway.InternetGatewayId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return { InternetGateways: items.map((gateway) => described(state, gateway)), NextToken: nextToken };
}

export const internetGatewayOperations = {
  CreateInternetGateway: createInternetGateway,
  DeleteInternetGateway: deleteInternetGateway,
  AttachInternetGateway: attachInternetGateway,
  DetachInternetGateway: detachInternetGateway,
  DescribeInternetGateways: describeInternetGateways,
};
