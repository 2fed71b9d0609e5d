import type { DescribeNetworkAclsRequest, DescribeNetworkAclsResult, NetworkAcl } from '@aws-sdk/client-ec2';
import { AwsError, type Scope } from '../../../kernel/service.ts';
import { byIds, page, selected, type Filters } from '../describing.ts';
import { ec2State, type Ec2State, type VpcRecord } from '../state.ts';

/** The id of the network ACL that a VPC has from the start. The sandbox has no others. */
export function defaultAclId(vpcId: string): string {
  return `acl-${vpcId.slice('vpc-'.length)}`;
}

function described(state: Ec2State, vpc: VpcRecord): NetworkAcl {
  const NetworkAclId = defaultAclId(vpc.VpcId);
  const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny') => ({
    Egress,
    RuleNumber,
    RuleAction,
    Protocol: '-1',
    CidrBlock: '0.0.0.0/0',
  });
  return {
    NetworkAclId,
    VpcId: vpc.VpcId,
    OwnerId: vpc.OwnerId,
    IsDefault: true,
    Entries: [
      entry(true, 100, 'allow'),
      entry(true, 32_767, 'deny'),
      entry(false, 100, 'allow'),
      entry(false, 32_767, 'deny'),
    ],
    Associations: Object.values(state.subnets)
      .filter(({ VpcId }) => VpcId === vpc.VpcId)
      .map(({ SubnetId }) => ({
        NetworkAclAssociationId: `aclassoc-${SubnetId.slice('subnet-'.length)}`,
        NetworkAclId,
        SubnetId,
      })),
    Tags: [],
  };
}

const filters: Filters<NetworkAcl> = {
  'network-acl-id': ({ NetworkAclId }) => NetworkAclId,
  'vpc-id': ({ VpcId }) => VpcId,
  default: ({ IsDefault }) => String(IsDefault),
  'association.subnet-id': ({ Associations }) => Associations?.map(({ SubnetId }) => SubnetId),
};

function describeNetworkAcls(input: DescribeNetworkAclsRequest, scope: Scope): DescribeNetworkAclsResult {
  const state = ec2State(scope);
  const acls = Object.values(state.vpcs).map((vpc) => described(state, vpc));
  const table = Object.fromEntries(acls.map((acl) => [acl.NetworkAclId ?? '', acl]));
  const missing = (ids: readonly string[]) =>
    new AwsError('InvalidNetworkAclID.NotFound', `The networkAcl ID '${ids.join(', ')}' does not exist`);
  const found = selected(byIds(table, input.NetworkAclIds, missing), input.Filters, filters, () => ({}));
  const { items, nextToken } = page(found, input);
  return { NetworkAcls: items, NextToken: nextToken };
}

export const aclOperations = { DescribeNetworkAcls: describeNetworkAcls };
