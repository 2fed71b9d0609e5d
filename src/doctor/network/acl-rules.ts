import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { type Range, rangeOf } from './cidr.ts';

/** TCP through a network ACL, between its subnets and the internet. */
export interface Traffic {
  /** Whether it leaves the subnet. */
  readonly egress: boolean;
  /** Those that it is sent to. */
  readonly ports: Range;
}

/** What becomes of the traffic to some of its ports, which all fare alike. */
export interface Passage {
  readonly ports: Range;
  /** Of the internet's IPv4 addresses, the share with which it is allowed: from 0 to 1. */
  readonly share: number;
  /** The number of the rule that denies it with the most of the others; undefined where it is allowed with all. */
  readonly deniedBy: number | undefined;
}

/** The rule without a number, `*`, which denies what none before it has matched. */
export const LAST_RULE = 32_767;

/** What is not the internet's: https://www.iana.org/assignments/iana-ipv4-special-registry */
const NOT_PUBLIC = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3'],
].flatMap((cidr) => rangeOf(cidr) ?? []);

const ALL_ADDRESSES: Range = { first: 0, last: 2 ** 32 - 1 };
const ALL_PORTS: Range = { first: 0, last: 65_535 };

interface Rule {
  readonly number: number;
  readonly allows: boolean;
  readonly addresses: Range;
  readonly ports: Range;
}

/**
 * What a network ACL lets through. "Rules are evaluated starting with the lowest numbered rule. As soon as a rule matches
 * traffic, it's applied regardless of any higher-numbered rule that might contradict it."
 * https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function passagesOf(entries: readonly NetworkAclEntry[], { egress, ports }: Traffic): Passage[] {
  const rules = entries
    .filter(({ Egress }) => Egress === egress)
    .flatMap((entry) => tcpRule(entry) ?? [])
    .sort((a, b) => a.number - b.number);
  return cut(
    ports,
    rules.map((rule) => rule.ports),
  ).map((stretch) => ({
    ports: stretch,
    ...fate(rules.filter((rule) => holds(rule.ports, stretch))),
  }));
}

/** Undefined for a rule of another protocol, or of IPv6. */
function tcpRule(entry: NetworkAclEntry): Rule | undefined {
  const { CidrBlock = '', PortRange, Protocol, RuleAction, RuleNumber = LAST_RULE } = entry;
  const addresses = rangeOf(CidrBlock);
  if (addresses === undefined || (Protocol !== '-1' && Protocol !== '6')) return undefined;
  // With "-1" a rule is of all ports, whatever ports it names:
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
  const { From = ALL_PORTS.first, To = ALL_PORTS.last } = (Protocol === '6' && PortRange) || {};
  return {
    number: RuleNumber,
    allows: RuleAction === 'allow',
    addresses,
    ports: { first: From, last: To },
  };
}

/** With how much of the internet rules allow traffic that has a port of each of them. */
function fate(rules: readonly Rule[]): Pick<Passage, 'share' | 'deniedBy'> {
  let all = 0;
  let allowed = 0;
  const denied = new Map<number, number>();
  for (const stretch of cut(ALL_ADDRESSES, [...rules.map(({ addresses }) => addresses), ...NOT_PUBLIC])) {
    if (NOT_PUBLIC.some((range) => holds(range, stretch))) continue;
    const size = stretch.last - stretch.first + 1;
    const decisive = rules.find(({ addresses }) => holds(addresses, stretch));
    all += size;
    if (decisive?.allows === true) allowed += size;
    else {
      const number = decisive?.number ?? LAST_RULE;
      denied.set(number, (denied.get(number) ?? 0) + size);
    }
  }
  const [most] = [...denied].sort(([, a], [, b]) => b - a);
  return { share: allowed / all, deniedBy: most?.[0] };
}

/** The parts of a range between the ends of others: each of them has all of a part, or nothing of it. */
function cut({ first, last }: Range, others: readonly Range[]): Range[] {
  const starts = [first, ...others.flatMap((other) => [other.first, other.last + 1])]
    .filter((at) => at >= first && at <= last)
    .sort((a, b) => a - b);
  const once = [...new Set(starts)];
  return once.map((start, index) => ({ first: start, last: (once[index + 1] ?? last + 1) - 1 }));
}

function holds(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
