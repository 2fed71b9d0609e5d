import { arn } from '../../../kernel/location.ts';
import type { Scope } from '../../../kernel/world.ts';
import type { Ec2State } from './records.ts';

/** Gives a VPC its default security group: everything out, and in from the group's own members. */
export function makeDefaultGroup(
  state: Ec2State,
  scope: Scope,
  vpcId: string,
  groupId: string,
  [ingressId, egressId]: readonly [string, string],
): void {
  const { accountId } = scope;
  state.securityGroups[groupId] = {
    GroupId: groupId,
    GroupName: 'default',
    Description: 'default VPC security group',
    VpcId: vpcId,
    OwnerId: accountId,
    SecurityGroupArn: arn(scope, 'ec2', `security-group/${groupId}`),
  };
  state.securityGroupRules[ingressId] = {
    SecurityGroupRuleId: ingressId,
    GroupId: groupId,
    GroupOwnerId: accountId,
    IsEgress: false,
    IpProtocol: '-1',
    FromPort: -1,
    ToPort: -1,
    ReferencedGroupInfo: { GroupId: groupId, UserId: accountId },
  };
  state.securityGroupRules[egressId] = everywhere(groupId, egressId, scope);
}

/** The rule that a new security group has: all traffic out. */
export function everywhere(groupId: string, ruleId: string, scope: Scope) {
  return {
    SecurityGroupRuleId: ruleId,
    GroupId: groupId,
    GroupOwnerId: scope.accountId,
    IsEgress: true,
    IpProtocol: '-1',
    FromPort: -1,
    ToPort: -1,
    CidrIpv4: '0.0.0.0/0',
  };
}
