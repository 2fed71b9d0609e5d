import type {
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { dependencyViolation, required } from '../common/errors.ts';
import type { AclRecord, Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { lastRules } from '../state/default-acl.ts';
import { vpcOf } from './vpcs.ts';

const aclMissing = (ids: readonly string[]): AwsError =>
  new AwsError('InvalidNetworkAclID.NotFound', `The networkAcl ID '${ids.join(', ')}' does not exist`);

export function aclOf(state: Ec2State, id: string): AclRecord {
  return byId(state.networkAcls, id, aclMissing);
}

/** What ties a subnet to its network ACL, by its own id or by the subnet. @throws AwsError InvalidAssociationID.NotFound */
export function associationOf(
  state: Ec2State,
  by: { readonly NetworkAclAssociationId: string } | { readonly SubnetId: string },
): AclRecord['Associations'][number] {
  const found = Object.values(state.networkAcls)
    .flatMap(({ Associations }) => Associations)
    .find((one) =>
      'SubnetId' in by
        ? one.SubnetId === by.SubnetId
        : one.NetworkAclAssociationId === by.NetworkAclAssociationId,
    );
  if (found !== undefined) return found;
  const id = Object.values(by).join('');
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
}

/** Makes a network ACL that allows nothing. */
export function createNetworkAcl(
  input: CreateNetworkAclRequest,
  scope: Scope,
): CreateNetworkAclResult & { NetworkAcl: NetworkAcl & { NetworkAclId: string } } {
  const state = ec2State(scope);
  const { VpcId } = vpcOf(state, required(input.VpcId, 'vpcId'));
  const tags = requestedTags(input.TagSpecifications, 'network-acl');
  const NetworkAclId = scope.world.ids.hex('acl-');
  const acl: AclRecord = {
    NetworkAclId,
    VpcId,
    OwnerId: scope.accountId,
    IsDefault: false,
    Entries: lastRules(),
    Associations: [],
  };
  state.networkAcls[NetworkAclId] = acl;
  setTags(state, NetworkAclId, tags);
  return { NetworkAcl: { ...described(state, acl), NetworkAclId } };
}

/** @throws AwsError DependencyViolation for one with subnets, InvalidParameterValue for a VPC's default one */
export function deleteNetworkAcl(input: DeleteNetworkAclRequest, scope: Scope): object {
  const state = ec2State(scope);
  const { NetworkAclId, IsDefault, Associations } = aclOf(
    state,
    required(input.NetworkAclId, 'networkAclId'),
  );
  if (IsDefault) {
    throw new AwsError('InvalidParameterValue', `cannot delete default network ACL ${NetworkAclId}`);
  }
  if (Associations.length > 0) {
    throw dependencyViolation(`The networkAcl '${NetworkAclId}' has dependencies and cannot be deleted.`);
  }
  Reflect.deleteProperty(state.networkAcls, NetworkAclId);
  Reflect.deleteProperty(state.tags, NetworkAclId);
  return {};
}

/** Moves a subnet to another network ACL: it has one at all times. */
export function replaceNetworkAclAssociation(
  input: ReplaceNetworkAclAssociationRequest,
  scope: Scope,
): Required<Pick<ReplaceNetworkAclAssociationResult, 'NewAssociationId'>> {
  const state = ec2State(scope);
  const held = associationOf(state, {
    NetworkAclAssociationId: required(input.AssociationId, 'associationId'),
  });
  const source = aclOf(state, held.NetworkAclId);
  const target = aclOf(state, required(input.NetworkAclId, 'networkAclId'));
  if (source.VpcId !== target.VpcId) {
    throw new AwsError(
      'InvalidParameterValue',
      `Network ACL ${target.NetworkAclId} and subnet ${held.SubnetId} belong to different networks`,
    );
  }
  const NewAssociationId = scope.world.ids.hex('aclassoc-');
  source.Associations = source.Associations.filter((one) => one !== held);
  target.Associations.push({
    NetworkAclAssociationId: NewAssociationId,
    NetworkAclId: target.NetworkAclId,
    SubnetId: held.SubnetId,
  });
  return { NewAssociationId };
}

const filters: Filters<AclRecord> = {
  'network-acl-id': ({ NetworkAclId }) => NetworkAclId,
  'vpc-id': ({ VpcId }) => VpcId,
  'owner-id': ({ OwnerId }) => OwnerId,
  default: ({ IsDefault }) => String(IsDefault),
  'association.subnet-id': ({ Associations }) => Associations.map(({ SubnetId }) => SubnetId),
  'association.association-id': ({ Associations }) =>
    Associations.map(({ NetworkAclAssociationId }) => NetworkAclAssociationId),
};

function described(state: Ec2State, acl: AclRecord): NetworkAcl {
  return { ...acl, Tags: tagList(state, acl.NetworkAclId) };
}

function describeNetworkAcls(input: DescribeNetworkAclsRequest, scope: Scope): DescribeNetworkAclsResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.networkAcls, input.NetworkAclIds, aclMissing),
    input.Filters,
    filters,
    ({ NetworkAclId }) => state.tags[NetworkAclId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return { NetworkAcls: items.map((acl) => described(state, acl)), NextToken: nextToken };
}

export const aclOperations = {
  CreateNetworkAcl: createNetworkAcl,
  DeleteNetworkAcl: deleteNetworkAcl,
  DescribeNetworkAcls: describeNetworkAcls,
  ReplaceNetworkAclAssociation: replaceNetworkAclAssociation,
};
