import type { IpPermission } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import { invalidValue, missingParameter } from '../common/errors.ts';
import { parseCidr } from '../common/cidr.ts';
import type { Ec2State, RuleRecord } from '../state/records.ts';

/** One peer of one permission: what EC2 keeps as a rule. */
export type RuleShape = Pick<
  RuleRecord,
  | 'IpProtocol'
  | 'FromPort'
  | 'ToPort'
  | 'CidrIpv4'
  | 'CidrIpv6'
  | 'PrefixListId'
  | 'ReferencedGroupInfo'
  | 'Description'
>;

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
  all: '-1',
};

/**
 * The rules that permissions stand for, one for each peer.
 * @throws AwsError InvalidParameterValue, MissingParameter
 */
export function rulesOf(permissions: readonly IpPermission[], accountId: string): RuleShape[] {
  return permissions.flatMap((permission) => {
    const given = (permission.IpProtocol ?? '').toLowerCase();
    if (given === '') throw missingParameter('ipProtocol');
    const IpProtocol = PROTOCOL_NAMES[given] ?? given;
    const ports = portsOf(IpProtocol, permission);
    const rule = (peer: Partial<RuleShape>): RuleShape => ({ IpProtocol, ...ports, ...peer });
    const peers = [
      ...(permission.IpRanges ?? []).map(({ CidrIp = '', Description }) =>
        rule({ CidrIpv4: ipv4Range(CidrIp), Description }),
      ),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => rule({ CidrIpv6, Description })),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) =>
        rule({ PrefixListId, Description }),
      ),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, UserId = accountId, Description }) =>
        rule({ ReferencedGroupInfo: { GroupId, UserId }, Description }),
      ),
    ];
    if (peers.length === 0) {
      throw new AwsError(
        'MissingParameter',
        'Either one of cidrIp, cidrIpv6, prefixListId or sourceSecurityGroup must be specified',
      );
    }
    return peers;
  });
}

function portsOf(protocol: string, { FromPort, ToPort }: IpPermission) {
  if (protocol === '-1') return { FromPort: -1, ToPort: -1 };
  if ((protocol === 'tcp' || protocol === 'udp') && (FromPort === undefined || ToPort === undefined)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`,
    );
  }
  const from = FromPort ?? -1;
  const to = ToPort ?? from;
  if ((protocol === 'tcp' || protocol === 'udp') && (from < 0 || to > 65_535 || from > to)) {
    throw new AwsError('InvalidParameterValue', `Invalid TCP/UDP port range (${from}:${to})`);
  }
  return { FromPort: from, ToPort: to };
}

function ipv4Range(text: string): string {
  if (parseCidr(text) === undefined) {
    throw new AwsError('InvalidParameterValue', `CIDR block ${text} is malformed`);
  }
  return text;
}

/** Whether two rules let the same traffic through; descriptions do not count. */
export function sameRule(one: RuleShape, other: RuleShape): boolean {
  return identity(one) === identity(other);
}

function identity(rule: RuleShape): string {
  return JSON.stringify([rule.IpProtocol, rule.FromPort, rule.ToPort, peerOf(rule)]);
}

function peerOf(rule: RuleShape): string | undefined {
  return rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId;
}

/** For a rule that the group has already. */
export function duplicateRule(rule: RuleShape): AwsError {
  const protocol = rule.IpProtocol === '-1' ? 'ALL' : rule.IpProtocol.toUpperCase();
  const ports =
    rule.IpProtocol === '-1' ? '' : `, from port: ${rule.FromPort ?? -1}, to port: ${rule.ToPort ?? -1}`;
  return new AwsError(
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${peerOf(rule) ?? ''}, ${protocol}${ports}, ALLOW" already exists`,
  );
}

/** A group's rules of one direction as DescribeSecurityGroups shows them: peers of the same ports together. */
export function permissionsOf(state: Ec2State, groupId: string, egress: boolean): IpPermission[] {
  const permissions = new Map<string, Required<Omit<IpPermission, 'FromPort' | 'ToPort'>> & IpPermission>();
  for (const rule of Object.values(state.securityGroupRules)) {
    if (rule.GroupId !== groupId || rule.IsEgress !== egress) continue;
    const { IpProtocol, FromPort, ToPort, Description } = rule;
    const key = `${IpProtocol} ${FromPort ?? ''} ${ToPort ?? ''}`;
    const permission = permissions.get(key) ?? {
      IpProtocol,
      ...(IpProtocol !== '-1' && { FromPort, ToPort }),
      UserIdGroupPairs: [],
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
    };
    permissions.set(key, permission);
    if (rule.CidrIpv4 !== undefined) permission.IpRanges.push({ CidrIp: rule.CidrIpv4, Description });
    if (rule.CidrIpv6 !== undefined) permission.Ipv6Ranges.push({ CidrIpv6: rule.CidrIpv6, Description });
    if (rule.PrefixListId !== undefined)
      permission.PrefixListIds.push({ PrefixListId: rule.PrefixListId, Description });
    if (rule.ReferencedGroupInfo !== undefined) {
      const { GroupId, UserId } = rule.ReferencedGroupInfo;
      permission.UserIdGroupPairs.push({ GroupId, UserId, Description });
    }
  }
  return [...permissions.values()];
}

/** The permission that the older, flat members of a request stand for (`--protocol tcp --port 22 --cidr 0.0.0.0/0`). */
export function flatPermission(input: {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
}): IpPermission[] {
  const { IpProtocol, FromPort, ToPort, CidrIp } = input;
  if (IpProtocol === undefined && CidrIp === undefined) return [];
  if (CidrIp === undefined) throw invalidValue('', 'cidrIp');
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
}
