import { defaultVpcId } from '../state/default-vpc.ts';
import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byId, byIds, page, selected, type Filters } from '../common/describing.ts';
import { dependencyViolation, invalidValue, missingParameter, required } from '../common/errors.ts';
import { interfacesOf } from '../network/interfaces.ts';
import { vpcOf } from '../network/vpcs.ts';
import type { Ec2State, SecurityGroupRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { everywhere } from '../state/default-group.ts';
import { permissionsOf } from './permissions.ts';

export const groupMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidGroup.NotFound',
    ids.length === 1
      ? `The security group '${ids[0] ?? ''}' does not exist`
      : `The security groups '${ids.join(', ')}' do not exist`,
  );

/** The group of an id. @throws AwsError InvalidGroupId.Malformed, InvalidGroup.NotFound */
export function groupOf(state: Ec2State, id: string): SecurityGroupRecord {
  if (!id.startsWith('sg-'))
    throw new AwsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
  return byId(state.securityGroups, id, groupMissing);
}

/** @throws AwsError InvalidGroup.Duplicate, InvalidParameterValue, ... */
export function createSecurityGroup(
  input: CreateSecurityGroupRequest,
  scope: Scope,
): CreateSecurityGroupResult & { GroupId: string } {
  const state = ec2State(scope);
  const name = required(input.GroupName, 'groupName');
  const description = required(input.Description, 'groupDescription');
  const tags = requestedTags(input.TagSpecifications, 'security-group');
  const vpcId = input.VpcId ?? defaultVpcId(state);
  if (vpcId === undefined) {
    throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  }
  vpcOf(state, vpcId);
  if (name.startsWith('sg-')) {
    throw invalidValue(name, 'groupName', 'Group names may not be in the format sg-*.');
  }
  if (
    name.length > 255 ||
    !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/.test(description) ||
    description.length > 255
  ) {
    throw invalidValue(description, 'GroupDescription', 'Character sets beyond ASCII are not supported.');
  }
  if (
    Object.values(state.securityGroups).some((group) => group.VpcId === vpcId && group.GroupName === name)
  ) {
    throw new AwsError(
      'InvalidGroup.Duplicate',
      `The security group '${name}' already exists for VPC '${vpcId}'`,
    );
  }
  const id = scope.world.ids.hex('sg-');
  const ruleId = scope.world.ids.hex('sgr-');
  state.securityGroups[id] = {
    GroupId: id,
    GroupName: name,
    Description: description,
    VpcId: vpcId,
    OwnerId: scope.accountId,
    SecurityGroupArn: arn(scope, 'ec2', `security-group/${id}`),
  };
  state.securityGroupRules[ruleId] = everywhere(id, ruleId, scope);
  setTags(state, id, tags);
  return {
    GroupId: id,
    SecurityGroupArn: arn(scope, 'ec2', `security-group/${id}`),
    Tags: tagList(state, id),
  };
}

/** @throws AwsError CannotDelete for a VPC's default group; DependencyViolation while an interface or a rule names it */
export function deleteSecurityGroup(
  input: DeleteSecurityGroupRequest,
  scope: Scope,
): DeleteSecurityGroupResult {
  const state = ec2State(scope);
  const { GroupId, GroupName } = requestedGroup(state, input);
  if (GroupName === 'default') {
    throw new AwsError(
      'CannotDelete',
      `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
    );
  }
  const referred = Object.values(state.securityGroupRules).some(
    (rule) => rule.GroupId !== GroupId && rule.ReferencedGroupInfo?.GroupId === GroupId,
  );
  const used = interfacesOf(state, scope.world.now()).some(({ groupIds }) => groupIds.includes(GroupId));
  if (referred || used) throw dependencyViolation(`resource ${GroupId} has a dependent object`);
  for (const rule of Object.values(state.securityGroupRules)) {
    if (rule.GroupId === GroupId) Reflect.deleteProperty(state.securityGroupRules, rule.SecurityGroupRuleId);
  }
  Reflect.deleteProperty(state.securityGroups, GroupId);
  Reflect.deleteProperty(state.tags, GroupId);
  return { Return: true, GroupId };
}

/** The group that a request names by id or, in the default VPC, by name. */
export function requestedGroup(
  state: Ec2State,
  { GroupId, GroupName }: { GroupId?: string | undefined; GroupName?: string | undefined },
): SecurityGroupRecord {
  if (GroupId !== undefined) return groupOf(state, GroupId);
  if (GroupName === undefined) throw missingParameter('groupName or groupId');
  const vpcId = defaultVpcId(state);
  const found = Object.values(state.securityGroups).find(
    (group) => group.VpcId === vpcId && group.GroupName === GroupName,
  );
  if (found !== undefined) return found;
  throw new AwsError(
    'InvalidGroup.NotFound',
    `The security group '${GroupName}' does not exist in default VPC '${vpcId ?? ''}'`,
  );
}

const filters = (state: Ec2State): Filters<SecurityGroupRecord> => {
  const rules = (group: SecurityGroupRecord, egress: boolean) =>
    Object.values(state.securityGroupRules).filter(
      (rule) => rule.GroupId === group.GroupId && rule.IsEgress === egress,
    );
  return {
    'group-id': (group) => group.GroupId,
    'group-name': (group) => group.GroupName,
    'vpc-id': (group) => group.VpcId,
    'owner-id': (group) => group.OwnerId,
    description: (group) => group.Description,
    'ip-permission.cidr': (group) => rules(group, false).map(({ CidrIpv4 }) => CidrIpv4),
    'ip-permission.protocol': (group) => rules(group, false).map(({ IpProtocol }) => IpProtocol),
    'ip-permission.from-port': (group) => rules(group, false).map(({ FromPort }) => String(FromPort)),
    'ip-permission.to-port': (group) => rules(group, false).map(({ ToPort }) => String(ToPort)),
    'ip-permission.group-id': (group) => rules(group, false).map((rule) => rule.ReferencedGroupInfo?.GroupId),
    'egress.ip-permission.cidr': (group) => rules(group, true).map(({ CidrIpv4 }) => CidrIpv4),
    'egress.ip-permission.protocol': (group) => rules(group, true).map(({ IpProtocol }) => IpProtocol),
  };
};

function described(state: Ec2State, group: SecurityGroupRecord): SecurityGroup {
  return {
    ...group,
    IpPermissions: permissionsOf(state, group.GroupId, false),
    IpPermissionsEgress: permissionsOf(state, group.GroupId, true),
    Tags: tagList(state, group.GroupId),
  };
}

function describeSecurityGroups(
  input: DescribeSecurityGroupsRequest,
  scope: Scope,
): DescribeSecurityGroupsResult {
  const state = ec2State(scope);
  const named = (input.GroupNames ?? []).map((GroupName) => requestedGroup(state, { GroupName }).GroupId);
  const ids = [...(input.GroupIds ?? []).map((id) => groupOf(state, id).GroupId), ...named];
  const found = selected(
    byIds(state.securityGroups, ids, groupMissing),
    input.Filters,
    filters(state),
    (group) => state.tags[group.GroupId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return { SecurityGroups: items.map((group) => described(state, group)), NextToken: nextToken };
}

export const groupOperations = {
  CreateSecurityGroup: createSecurityGroup,
  DeleteSecurityGroup: deleteSecurityGroup,
  DescribeSecurityGroups: describeSecurityGroups,
};
