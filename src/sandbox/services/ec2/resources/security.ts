import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Properties, ResourceContext, ResourceProvider } from '../../../providers/provider.ts';
import { completeCreation } from '../../../providers/complete-creation.ts';
import { generatedName } from '../../../providers/generated-name.ts';
import { AwsError } from '../../../kernel/errors.ts';
import { integer, members, text } from '../../../providers/properties.ts';
import { createSecurityGroup, deleteSecurityGroup, groupOf } from '../security/groups.ts';
import { rulesOf, sameRule, type RuleShape } from '../security/permissions.ts';
import { addRules, directed, removeRule } from '../security/rules.ts';
import { ec2State } from '../state/state.ts';
import { deleting } from './deleting.ts';
import { retag } from './retag.ts';

/** A rule as a template writes it, which names its peer in one of several members. */
function ruleOf(properties: Properties, context: ResourceContext): RuleShape {
  const Description = text(properties, 'Description');
  const CidrIp = text(properties, 'CidrIp');
  const CidrIpv6 = text(properties, 'CidrIpv6');
  const PrefixListId = text(properties, 'SourcePrefixListId') ?? text(properties, 'DestinationPrefixListId');
  const GroupId = text(properties, 'SourceSecurityGroupId') ?? text(properties, 'DestinationSecurityGroupId');
  const UserId = text(properties, 'SourceSecurityGroupOwnerId');
  const permission: IpPermission = {
    IpProtocol: text(properties, 'IpProtocol'),
    FromPort: integer(properties, 'FromPort'),
    ToPort: integer(properties, 'ToPort'),
    ...(CidrIp !== undefined && { IpRanges: [{ CidrIp, Description }] }),
    ...(CidrIpv6 !== undefined && { Ipv6Ranges: [{ CidrIpv6, Description }] }),
    ...(PrefixListId !== undefined && { PrefixListIds: [{ PrefixListId, Description }] }),
    ...(GroupId !== undefined && { UserIdGroupPairs: [{ GroupId, UserId, Description }] }),
  };
  const [rule] = rulesOf([permission], context.accountId);
  if (rule === undefined) throw new AwsError('MissingParameter', 'A rule needs a peer');
  return rule;
}

function inlineRules(properties: Properties, name: string, context: ResourceContext): RuleShape[] {
  return members(properties, name).map((rule) => ruleOf(rule, context));
}

/** Makes the rules that stand in the group's own properties what they now are; others are left alone. */
function replaceInline(
  groupId: string,
  name: 'SecurityGroupIngress' | 'SecurityGroupEgress',
  next: Properties,
  previous: readonly RuleShape[],
  context: ResourceContext,
): void {
  const state = ec2State(context);
  const egress = name === 'SecurityGroupEgress';
  const wanted = inlineRules(next, name, context);
  for (const held of directed(state, groupId, egress)) {
    const stale =
      previous.some((rule) => sameRule(rule, held)) && !wanted.some((rule) => sameRule(rule, held));
    if (stale) removeRule(state, held.SecurityGroupRuleId);
  }
  const kept = directed(state, groupId, egress);
  const added = wanted.filter((rule) => !kept.some((held) => sameRule(rule, held)));
  addRules(state, context, groupOf(state, groupId), egress, added);
}

const ALL_OUT: RuleShape = { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0' };

const group: ResourceProvider = {
  type: 'AWS::EC2::SecurityGroup',
  seconds: { create: 5, update: 3, delete: 2 },
  create(properties, context) {
    const { GroupId } = createSecurityGroup(
      {
        GroupName: text(properties, 'GroupName') ?? generatedName(context, 255),
        Description: text(properties, 'GroupDescription'),
        VpcId: text(properties, 'VpcId'),
      },
      context,
    );
    completeCreation(
      () => {
        replaceInline(GroupId, 'SecurityGroupIngress', properties, [], context);
        // Egress rules of one's own stand in for the rule that lets everything out.
        if (members(properties, 'SecurityGroupEgress').length > 0) {
          replaceInline(GroupId, 'SecurityGroupEgress', properties, [ALL_OUT], context);
        }
      },
      () => {
        deleteSecurityGroup({ GroupId }, context);
      },
    );
    retag(GroupId, properties, context);
    return GroupId;
  },
  update(id, next, previous, context) {
    for (const name of ['SecurityGroupIngress', 'SecurityGroupEgress'] as const) {
      const before = inlineRules(previous, name, context);
      const first = name === 'SecurityGroupEgress' && before.length === 0 && members(next, name).length > 0;
      replaceInline(id, name, next, first ? [ALL_OUT] : before, context);
    }
    retag(id, next, context);
  },
  delete: (GroupId, _properties, context) => {
    deleting(() => deleteSecurityGroup({ GroupId }, context));
  },
  attributes(id, _properties, context) {
    return { Id: id, GroupId: id, VpcId: groupOf(ec2State(context), id).VpcId };
  },
};

const ruleResource = (type: string, egress: boolean): ResourceProvider => ({
  type,
  seconds: { create: 2, update: 2, delete: 2 },
  create(properties, context) {
    const state = ec2State(context);
    const owner = groupOf(state, text(properties, 'GroupId') ?? '');
    const [rule] = addRules(state, context, owner, egress, [ruleOf(properties, context)]);
    return rule?.SecurityGroupRuleId ?? '';
  },
  update(id, next, _previous, context) {
    const rule = ec2State(context).securityGroupRules[id];
    if (rule !== undefined) rule.Description = text(next, 'Description');
  },
  delete: (id, _properties, context) => {
    removeRule(ec2State(context), id);
  },
  attributes: (id) => ({ Id: id }),
});

export const securityResources = [
  group,
  ruleResource('AWS::EC2::SecurityGroupIngress', false),
  ruleResource('AWS::EC2::SecurityGroupEgress', true),
];
