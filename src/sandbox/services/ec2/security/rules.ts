import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byIds, page, selected, type Filters } from '../common/describing.ts';
import { missingParameter } from '../common/errors.ts';
import type { Ec2State, RuleRecord, SecurityGroupRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';
import { groupOf, requestedGroup } from './groups.ts';
import { duplicateRule, flatPermission, rulesOf, sameRule, type RuleShape } from './permissions.ts';

/** The quota "Inbound or outbound rules per security group" (L-0EA8095F), its default, for each direction. */
const RULES_PER_GROUP = 60;

const ruleMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidSecurityGroupRuleId.NotFound',
    ids.length === 1
      ? `The security group rule ID '${ids[0] ?? ''}' does not exist`
      : `The security group rule IDs '${ids.join(', ')}' do not exist`,
  );

/**
 * Adds rules to a group, all or none.
 * @throws AwsError InvalidPermission.Duplicate, RulesPerSecurityGroupLimitExceeded, InvalidGroup.NotFound
 */
export function addRules(
  state: Ec2State,
  scope: Scope,
  group: SecurityGroupRecord,
  egress: boolean,
  rules: readonly RuleShape[],
): RuleRecord[] {
  const held = directed(state, group.GroupId, egress);
  for (const rule of rules) {
    if (held.some((one) => sameRule(one, rule))) throw duplicateRule(rule);
    const peer = rule.ReferencedGroupInfo?.GroupId;
    if (peer !== undefined) groupOf(state, peer);
  }
  if (held.length + rules.length > RULES_PER_GROUP) {
    throw new AwsError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  }
  return rules.map((rule) => {
    const id = scope.world.ids.hex('sgr-');
    const record: RuleRecord = {
      SecurityGroupRuleId: id,
      GroupId: group.GroupId,
      GroupOwnerId: scope.accountId,
      IsEgress: egress,
      ...rule,
    };
    state.securityGroupRules[id] = record;
    return record;
  });
}

/** A group's rules of one direction. */
export function directed(state: Ec2State, groupId: string, egress: boolean): RuleRecord[] {
  return Object.values(state.securityGroupRules).filter(
    (rule) => rule.GroupId === groupId && rule.IsEgress === egress,
  );
}

export function removeRule(state: Ec2State, id: string): void {
  Reflect.deleteProperty(state.securityGroupRules, id);
  Reflect.deleteProperty(state.tags, id);
}

function authorize(
  input: AuthorizeSecurityGroupIngressRequest | AuthorizeSecurityGroupEgressRequest,
  scope: Scope,
  egress: boolean,
): AuthorizeSecurityGroupIngressResult {
  const state = ec2State(scope);
  const group = requestedGroup(state, input);
  const tags = requestedTags(input.TagSpecifications, 'security-group-rule');
  const permissions = [...(input.IpPermissions ?? []), ...flatPermission(input)];
  if (permissions.length === 0) throw missingParameter('ipPermissions');
  const added = addRules(state, scope, group, egress, rulesOf(permissions, scope.accountId));
  for (const { SecurityGroupRuleId } of added) setTags(state, SecurityGroupRuleId, tags);
  return { Return: true, SecurityGroupRules: added.map((rule) => described(state, rule)) };
}

/** @throws AwsError InvalidPermission.NotFound */
function revoke(
  input: RevokeSecurityGroupIngressRequest | RevokeSecurityGroupEgressRequest,
  scope: Scope,
  egress: boolean,
): RevokeSecurityGroupIngressResult {
  const state = ec2State(scope);
  const group = requestedGroup(state, input);
  const held = directed(state, group.GroupId, egress);
  const ids = input.SecurityGroupRuleIds ?? [];
  const byRuleId = ids.length === 0 ? [] : byIds(state.securityGroupRules, ids, ruleMissing);
  const permissions = [...(input.IpPermissions ?? []), ...flatPermission(input)];
  const named = rulesOf(permissions, scope.accountId).map((rule) => {
    const found = held.find((one) => sameRule(one, rule));
    if (found !== undefined) return found;
    throw new AwsError(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  });
  const toRevoke = [...byRuleId, ...named];
  if (toRevoke.length === 0) throw missingParameter('ipPermissions');
  for (const { SecurityGroupRuleId } of toRevoke) removeRule(state, SecurityGroupRuleId);
  return { Return: true };
}

const filters: Filters<RuleRecord> = {
  'group-id': (rule) => rule.GroupId,
  'security-group-rule-id': (rule) => rule.SecurityGroupRuleId,
};

function described(state: Ec2State, rule: RuleRecord): SecurityGroupRule {
  return { ...rule, Tags: tagList(state, rule.SecurityGroupRuleId) };
}

function describeSecurityGroupRules(
  input: DescribeSecurityGroupRulesRequest,
  scope: Scope,
): DescribeSecurityGroupRulesResult {
  const state = ec2State(scope);
  const found = selected(
    byIds(state.securityGroupRules, input.SecurityGroupRuleIds, ruleMissing),
    input.Filters,
    filters,
    (rule) => state.tags[rule.SecurityGroupRuleId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  return { SecurityGroupRules: items.map((rule) => described(state, rule)), NextToken: nextToken };
}

export const ruleOperations = {
  AuthorizeSecurityGroupIngress: (input: AuthorizeSecurityGroupIngressRequest, scope: Scope) =>
    authorize(input, scope, false),
  AuthorizeSecurityGroupEgress: (
    input: AuthorizeSecurityGroupEgressRequest,
    scope: Scope,
  ): AuthorizeSecurityGroupEgressResult => authorize(input, scope, true),
  RevokeSecurityGroupIngress: (input: RevokeSecurityGroupIngressRequest, scope: Scope) =>
    revoke(input, scope, false),
  RevokeSecurityGroupEgress: (input: RevokeSecurityGroupEgressRequest, scope: Scope) =>
    revoke(input, scope, true),
  DescribeSecurityGroupRules: describeSecurityGroupRules,
};
