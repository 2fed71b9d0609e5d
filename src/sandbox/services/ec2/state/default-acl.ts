import type { Scope } from '../../../kernel/world.ts';
import type { AclRecord, Ec2State } from './records.ts';

/** The id of the network ACL that a VPC has from the start. */
export function defaultAclId(vpcId: string): string {
  return `acl-${vpcId.slice('vpc-'.length)}`;
}

/** The rule that ends each direction of every network ACL, and cannot be removed: what none before it has matched is denied. */
const LAST_RULE = 32_767;

/** What a network ACL is made with: nothing is allowed. */
export function lastRules(): AclRecord['Entries'] {
  return [lastRule(true), lastRule(false)];
}

/**
 * Gives a VPC its default network ACL, which allows everything.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
export function makeDefaultAcl(state: Ec2State, scope: Scope, VpcId: string): void {
  const NetworkAclId = defaultAclId(VpcId);
  state.networkAcls[NetworkAclId] = {
    NetworkAclId,
    VpcId,
    OwnerId: scope.accountId,
    IsDefault: true,
    Entries: [
      everything(true, 100, 'allow'),
      lastRule(true),
      everything(false, 100, 'allow'),
      lastRule(false),
    ],
    Associations: [],
  };
}

function lastRule(egress: boolean) {
  return everything(egress, LAST_RULE, 'deny');
}

function everything(Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny') {
  return { Egress, RuleNumber, RuleAction, Protocol: '-1', CidrBlock: '0.0.0.0/0' };
}

/** A new subnet has its VPC's default network ACL. */
export function joinDefaultAcl(
  state: Ec2State,
  { SubnetId, VpcId }: { readonly SubnetId: string; readonly VpcId: string },
): void {
  const NetworkAclId = defaultAclId(VpcId);
  state.networkAcls[NetworkAclId]?.Associations.push({
    NetworkAclAssociationId: `aclassoc-${SubnetId.slice('subnet-'.length)}`,
    NetworkAclId,
    SubnetId,
  });
}
