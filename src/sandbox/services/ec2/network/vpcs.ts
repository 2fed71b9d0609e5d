import type { Known } from '../../common/known.ts';
import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
  ModifyVpcAttributeRequest,
  Vpc,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { dependencyViolation, invalidValue, required } from '../common/errors.ts';
import { makeDefaultGroup } from '../state/default-group.ts';
import type { Ec2State, VpcRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { cidrText, contains, overlap, parseCidr, type Cidr } from '../common/cidr.ts';
import { defaultAclId, makeDefaultAcl } from '../state/default-acl.ts';
import { newRouteTable } from './new-route-table.ts';

/** The quota "VPCs per Region" (L-F678F1CE), its default. */
export const VPCS_PER_REGION = 5;

export const vpcMissing = (ids: readonly string[]): AwsError =>
  ids.length === 1
    ? new AwsError('InvalidVpcID.NotFound', `The vpc ID '${ids[0] ?? ''}' does not exist`)
    : new AwsError('InvalidVpcID.NotFound', `The vpc IDs '${ids.join(', ')}' do not exist`);

export function vpcOf(state: Ec2State, id: string): VpcRecord {
  return byId(state.vpcs, id, vpcMissing);
}

/** The IPv4 blocks of a VPC, its first one first. */
export function blocksOf(vpc: VpcRecord): Cidr[] {
  return (vpc.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock = '' }) => parseCidr(CidrBlock) ?? []);
}

/** @throws AwsError VpcLimitExceeded, InvalidVpc.Range, InvalidParameterValue */
export function createVpc(input: CreateVpcRequest, scope: Scope): Known<CreateVpcResult, 'Vpc'> {
  const state = ec2State(scope);
  const { world, accountId } = scope;
  const block = vpcBlock(required(input.CidrBlock, 'cidrBlock'));
  const tags = requestedTags(input.TagSpecifications, 'vpc');
  if (Object.keys(state.vpcs).length >= VPCS_PER_REGION) {
    throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  }
  const vpcId = world.ids.hex('vpc-');
  const vpc: VpcRecord = {
    VpcId: vpcId,
    OwnerId: accountId,
    CidrBlock: cidrText(block),
    CidrBlockAssociationSet: [association(scope, block)],
    Ipv6CidrBlockAssociationSet: [],
    DhcpOptionsId: Object.keys(state.dhcpOptions)[0] ?? 'default',
    InstanceTenancy: input.InstanceTenancy ?? 'default',
    IsDefault: false,
    State: 'available',
    enableDnsSupport: true,
    enableDnsHostnames: false,
  };
  if (input.AmazonProvidedIpv6CidrBlock) vpc.Ipv6CidrBlockAssociationSet = [ipv6Association(scope)];
  state.vpcs[vpcId] = vpc;
  newRouteTable(state, scope, vpc, true);
  makeDefaultAcl(state, scope, vpcId);
  makeDefaultGroup(state, scope, vpcId, world.ids.hex('sg-'), [world.ids.hex('sgr-'), world.ids.hex('sgr-')]);
  setTags(state, vpcId, tags);
  return { Vpc: { ...described(state, vpc), State: 'pending' } };
}

function vpcBlock(text: string): Cidr {
  const block = parseCidr(text);
  if (block === undefined) throw invalidValue(text, 'cidrBlock', 'This is not a valid CIDR block.');
  if (block.prefix < 16 || block.prefix > 28) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`);
  }
  return block;
}

function association(scope: Scope, block: Cidr) {
  return {
    AssociationId: scope.world.ids.hex('vpc-cidr-assoc-'),
    CidrBlock: cidrText(block),
    CidrBlockState: { State: 'associated' as const },
  };
}

function ipv6Association(scope: Scope) {
  const digits = scope.world.ids.hex('', 6);
  return {
    AssociationId: scope.world.ids.hex('vpc-cidr-assoc-'),
    Ipv6CidrBlock: `2600:1f18:${digits.slice(0, 4)}:${digits.slice(4)}00::/56`,
    Ipv6CidrBlockState: { State: 'associated' as const },
    NetworkBorderGroup: scope.region,
    Ipv6Pool: 'Amazon',
  };
}

/**
 * Removes a VPC with its main route table, its default network ACL and its default security group.
 * @throws AwsError DependencyViolation while anything else is in it
 */
export function deleteVpc(input: DeleteVpcRequest, scope: Scope): object {
  const state = ec2State(scope);
  const { VpcId } = vpcOf(state, required(input.VpcId, 'vpcId'));
  const groups = Object.values(state.securityGroups).filter((group) => group.VpcId === VpcId);
  const tables = Object.values(state.routeTables).filter((table) => table.VpcId === VpcId);
  const holds = (records: Readonly<Record<string, { VpcId?: string | undefined }>>) =>
    Object.values(records).some((record) => record.VpcId === VpcId);
  if (
    holds(state.subnets) ||
    holds(state.endpoints) ||
    groups.some(({ GroupName }) => GroupName !== 'default') ||
    tables.some(({ Associations }) => !Associations.some(({ Main }) => Main)) ||
    Object.values(state.networkAcls).some((acl) => acl.VpcId === VpcId && !acl.IsDefault) ||
    Object.values(state.internetGateways).some(({ Attachments }) =>
      Attachments.some((one) => one.VpcId === VpcId),
    )
  ) {
    throw dependencyViolation(`The vpc '${VpcId}' has dependencies and cannot be deleted.`);
  }
  for (const { GroupId } of groups) {
    Reflect.deleteProperty(state.securityGroups, GroupId);
    for (const rule of Object.values(state.securityGroupRules)) {
      if (rule.GroupId === GroupId)
        Reflect.deleteProperty(state.securityGroupRules, rule.SecurityGroupRuleId);
    }
  }
  for (const { RouteTableId } of tables) Reflect.deleteProperty(state.routeTables, RouteTableId);
  Reflect.deleteProperty(state.networkAcls, defaultAclId(VpcId));
  Reflect.deleteProperty(state.vpcs, VpcId);
  Reflect.deleteProperty(state.tags, VpcId);
  return {};
}

export function modifyVpcAttribute(input: ModifyVpcAttributeRequest, scope: Scope): object {
  const vpc = vpcOf(ec2State(scope), required(input.VpcId, 'vpcId'));
  const { EnableDnsHostnames, EnableDnsSupport } = input;
  if (EnableDnsHostnames && EnableDnsSupport) {
    throw new AwsError('InvalidParameterCombination', 'Fields for multiple attribute types specified');
  }
  if (EnableDnsSupport) vpc.enableDnsSupport = EnableDnsSupport.Value ?? false;
  if (EnableDnsHostnames) vpc.enableDnsHostnames = EnableDnsHostnames.Value ?? false;
  return {};
}

function describeVpcAttribute(input: DescribeVpcAttributeRequest, scope: Scope): DescribeVpcAttributeResult {
  const { VpcId, ...vpc } = vpcOf(ec2State(scope), required(input.VpcId, 'vpcId'));
  const attribute: string | undefined = input.Attribute;
  switch (attribute) {
    case 'enableDnsSupport':
      return { VpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } };
    case 'enableDnsHostnames':
      return { VpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } };
    case 'enableNetworkAddressUsageMetrics':
      return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
    default:
      throw invalidValue(attribute ?? '', 'attribute', 'Unknown attribute.');
  }
}

/** @throws AwsError InvalidVpc.Range for a block that is in the VPC already */
export function associateVpcCidrBlock(
  input: AssociateVpcCidrBlockRequest,
  scope: Scope,
): AssociateVpcCidrBlockResult {
  const vpc = vpcOf(ec2State(scope), required(input.VpcId, 'vpcId'));
  if (input.AmazonProvidedIpv6CidrBlock) {
    const added = ipv6Association(scope);
    vpc.Ipv6CidrBlockAssociationSet = [...(vpc.Ipv6CidrBlockAssociationSet ?? []), added];
    return { VpcId: vpc.VpcId, Ipv6CidrBlockAssociation: added };
  }
  const text = required(input.CidrBlock, 'cidrBlock');
  const block = vpcBlock(text);
  if (blocksOf(vpc).some((held) => overlap(held, block))) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${text}' conflicts with a CIDR of the VPC.`);
  }
  if (blocksOf(vpc).length >= 5) {
    throw new AwsError(
      'CidrLimitExceeded',
      `This network '${vpc.VpcId}' has met its maximum number of allowed CIDRs: 5`,
    );
  }
  const added = association(scope, block);
  vpc.CidrBlockAssociationSet = [...(vpc.CidrBlockAssociationSet ?? []), added];
  return { VpcId: vpc.VpcId, CidrBlockAssociation: added };
}

/** @throws AwsError OperationNotPermitted for the VPC's first block, DependencyViolation for one with a subnet in it */
export function disassociateVpcCidrBlock(
  input: DisassociateVpcCidrBlockRequest,
  scope: Scope,
): DisassociateVpcCidrBlockResult {
  const state = ec2State(scope);
  const id = required(input.AssociationId, 'associationId');
  const all = (vpc: VpcRecord) => [
    ...(vpc.CidrBlockAssociationSet ?? []),
    ...(vpc.Ipv6CidrBlockAssociationSet ?? []),
  ];
  const vpc = Object.values(state.vpcs).find((each) =>
    all(each).some(({ AssociationId }) => AssociationId === id),
  );
  if (vpc === undefined) {
    throw new AwsError(
      'InvalidVpcCidrBlockAssociationID.NotFound',
      `The vpc CIDR block association ID '${id}' does not exist`,
    );
  }
  const ipv4 = vpc.CidrBlockAssociationSet?.find(({ AssociationId }) => AssociationId === id);
  if (ipv4 !== undefined && ipv4.CidrBlock === vpc.CidrBlock) {
    throw new AwsError(
      'OperationNotPermitted',
      `The vpc CIDR block with association ID ${id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
    );
  }
  const block = parseCidr(ipv4?.CidrBlock ?? '');
  const inUse = Object.values(state.subnets).some((subnet) => {
    const own = parseCidr(subnet.CidrBlock);
    return subnet.VpcId === vpc.VpcId && block !== undefined && own !== undefined && contains(block, own);
  });
  if (inUse)
    throw dependencyViolation(
      `The vpc CIDR block with association ID ${id} has dependencies and cannot be disassociated.`,
    );
  const others = <Each extends { AssociationId?: string | undefined }>(set: Each[] | undefined) =>
    set?.filter(({ AssociationId }) => AssociationId !== id);
  vpc.CidrBlockAssociationSet = others(vpc.CidrBlockAssociationSet);
  vpc.Ipv6CidrBlockAssociationSet = others(vpc.Ipv6CidrBlockAssociationSet);
  return { VpcId: vpc.VpcId };
}

const filters: Filters<VpcRecord> = {
  'vpc-id': (vpc) => vpc.VpcId,
  cidr: (vpc) => vpc.CidrBlock,
  'cidr-block-association.cidr-block': (vpc) =>
    vpc.CidrBlockAssociationSet?.map(({ CidrBlock }) => CidrBlock),
  'dhcp-options-id': (vpc) => vpc.DhcpOptionsId,
  'is-default': (vpc) => String(vpc.IsDefault),
  isDefault: (vpc) => String(vpc.IsDefault),
  'owner-id': (vpc) => vpc.OwnerId,
  state: (vpc) => vpc.State,
};

function described(state: Ec2State, vpc: VpcRecord): Vpc {
  const { enableDnsSupport: _support, enableDnsHostnames: _hostnames, ...shown } = vpc;
  return { ...shown, Tags: tagList(state, vpc.VpcId) };
}

function describeVpcs(input: DescribeVpcsRequest, scope: Scope): DescribeVpcsResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.vpcs, input.VpcIds, vpcMissing),
    input.Filters,
    filters,
    (vpc) => state.tags[vpc.VpcId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return { Vpcs: items.map((vpc) => described(state, vpc)), NextToken: nextToken };
}

export const vpcOperations = {
  CreateVpc: createVpc,
  DeleteVpc: deleteVpc,
  DescribeVpcs: describeVpcs,
  ModifyVpcAttribute: modifyVpcAttribute,
  DescribeVpcAttribute: describeVpcAttribute,
  AssociateVpcCidrBlock: associateVpcCidrBlock,
  DisassociateVpcCidrBlock: disassociateVpcCidrBlock,
};
