import type {
  CreateNetworkAclEntryRequest,
  DeleteNetworkAclEntryRequest,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { invalidValue, missingParameter, required } from '../common/errors.ts';
import type { AclEntryRecord, AclRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { aclOf } from './acls.ts';
import { cidrText, parseCidr } from '../common/cidr.ts';

const TCP_OR_UDP = ['6', '17'];

/** A rule as EC2 keeps it: its block in canonical form, its ports only where its protocol has any. */
function entryOf(input: CreateNetworkAclEntryRequest): AclEntryRecord {
  const Protocol = required(input.Protocol, 'protocol');
  const { CidrBlock, Ipv6CidrBlock, PortRange, IcmpTypeCode } = input;
  if (!/^(-1|\d{1,3})$/.test(Protocol) || Number(Protocol) > 255) throw invalidValue(Protocol, 'protocol');
  if (TCP_OR_UDP.includes(Protocol) && PortRange === undefined) throw missingParameter('portRange');
  if (CidrBlock === undefined && Ipv6CidrBlock === undefined) throw missingParameter('cidrBlock');
  const block = CidrBlock === undefined ? undefined : parseCidr(CidrBlock);
  if (CidrBlock !== undefined && block === undefined) {
    throw invalidValue(CidrBlock, 'cidrBlock', 'This is not a valid CIDR block.');
  }
  return {
    Egress: required(input.Egress, 'egress'),
    RuleNumber: ruleNumber(input.RuleNumber),
    RuleAction: required(input.RuleAction, 'ruleAction'),
    Protocol,
    ...(block !== undefined && { CidrBlock: cidrText(block) }),
    ...(Ipv6CidrBlock !== undefined && { Ipv6CidrBlock }),
    ...(PortRange !== undefined && TCP_OR_UDP.includes(Protocol) && { PortRange }),
    ...(IcmpTypeCode !== undefined && { IcmpTypeCode }),
  };
}

/** "Positive integer from 1 to 32766": https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
function ruleNumber(given: number | undefined): number {
  const number = required(given, 'ruleNumber');
  if (number < 1 || number > 32_766) throw invalidValue(String(number), 'ruleNumber');
  return number;
}

type Place = Pick<AclEntryRecord, 'Egress' | 'RuleNumber'>;

const isAt =
  ({ Egress, RuleNumber }: Place) =>
  (entry: AclEntryRecord) =>
    entry.Egress === Egress && entry.RuleNumber === RuleNumber;

/** @throws AwsError InvalidNetworkAclEntry.NotFound */
function requireEntry({ NetworkAclId, Entries }: AclRecord, place: Place): void {
  if (Entries.some(isAt(place))) return;
  throw new AwsError(
    'InvalidNetworkAclEntry.NotFound',
    `no ${place.Egress ? 'egress' : 'ingress'} entry with number ${place.RuleNumber} in network ACL ${NetworkAclId}`,
  );
}

/** @throws AwsError NetworkAclEntryAlreadyExists, InvalidParameterValue, MissingParameter */
export function createNetworkAclEntry(input: CreateNetworkAclEntryRequest, scope: Scope): object {
  const acl = aclOf(ec2State(scope), required(input.NetworkAclId, 'networkAclId'));
  const entry = entryOf(input);
  if (acl.Entries.some(isAt(entry))) {
    throw new AwsError(
      'NetworkAclEntryAlreadyExists',
      `The network acl entry identified by ${entry.RuleNumber} already exists.`,
    );
  }
  acl.Entries.push(entry);
  return {};
}

export function replaceNetworkAclEntry(input: ReplaceNetworkAclEntryRequest, scope: Scope): object {
  const acl = aclOf(ec2State(scope), required(input.NetworkAclId, 'networkAclId'));
  const entry = entryOf(input);
  requireEntry(acl, entry);
  acl.Entries = acl.Entries.map((held) => (isAt(entry)(held) ? entry : held));
  return {};
}

export function deleteNetworkAclEntry(input: DeleteNetworkAclEntryRequest, scope: Scope): object {
  const acl = aclOf(ec2State(scope), required(input.NetworkAclId, 'networkAclId'));
  const place = { Egress: required(input.Egress, 'egress'), RuleNumber: ruleNumber(input.RuleNumber) };
  requireEntry(acl, place);
  acl.Entries = acl.Entries.filter((held) => !isAt(place)(held));
  return {};
}

export const aclEntryOperations = {
  CreateNetworkAclEntry: createNetworkAclEntry,
  ReplaceNetworkAclEntry: replaceNetworkAclEntry,
  DeleteNetworkAclEntry: deleteNetworkAclEntry,
};
