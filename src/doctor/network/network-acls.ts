import type { NetworkAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { Finding } from '../findings/finding.ts';
import { LAST_RULE, type Passage, passagesOf } from './acl-rules.ts';
import type { Range } from './cidr.ts';
import type { NetworkFacts } from './facts.ts';
import { routeOut } from './ways-out.ts';

export type AclFacts = Pick<NetworkFacts, 'subnets' | 'routeTables' | 'nats' | 'networkAcls'>;

const HTTPS: Range = { first: 443, last: 443 };

/** From which Linux calls out, and so where answers come in: net.ipv4.ip_local_port_range, https://docs.kernel.org/networking/ip-sysctl.html */
const OF_INSTANCES: Range = { first: 32_768, last: 60_999 };
/** "A NAT gateway uses ports 1024 - 65535": https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html */
const OF_NATS: Range = { first: 1024, last: 65_535 };

/** An ACL that is passed on the way out, and the ports to which the answers come there. */
interface PassedAcl {
  readonly acl: NetworkAcl;
  readonly subnets: readonly string[];
  readonly answers: Range;
}

/**
 * Judges what the network ACLs let through, of the instances' subnets and of those in which their NAT gateways are. They are
 * stateless, so that the answers must be let in too. Resolving names by the VPC's own resolver is none of theirs:
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 */
export function judgeNetworkAcls(facts: AclFacts, region: string): Finding[] {
  return passedAcls(facts).flatMap((passed) => [
    ...judgeEgress(passed, region),
    ...judgeAnswers(passed, region),
  ]);
}

function passedAcls({ subnets, routeTables, nats, networkAcls }: AclFacts): PassedAcl[] {
  const passed = new Map<NetworkAcl, PassedAcl>();
  const pass = (subnetId: string, answers: Range) => {
    const acl =
      networkAcls.find(({ Associations }) => Associations?.some(({ SubnetId }) => SubnetId === subnetId)) ??
      networkAcls.find(({ IsDefault }) => IsDefault);
    if (acl === undefined) return;
    const known = passed.get(acl) ?? { acl, subnets: [], answers };
    passed.set(acl, {
      acl,
      subnets: [...new Set([...known.subnets, subnetId])],
      answers: {
        first: Math.min(known.answers.first, answers.first),
        last: Math.max(known.answers.last, answers.last),
      },
    });
  };
  for (const { SubnetId = '' } of subnets) pass(SubnetId, OF_INSTANCES);
  for (const subnet of subnets) {
    const gateway = routeOut(subnet, routeTables).route?.NatGatewayId;
    const nat = nats.find(({ NatGatewayId }) => gateway !== undefined && NatGatewayId === gateway);
    if (nat?.SubnetId !== undefined) pass(nat.SubnetId, OF_NATS);
  }
  return [...passed.values()];
}

/** Whoever lets out to less than this of the internet has named whom; to more, whom not. */
const MOST = 0.5;

function judgeEgress({ acl, subnets }: PassedAcl, region: string): Finding[] {
  const [passage] = passagesOf(acl.Entries ?? [], { egress: true, ports: HTTPS });
  if (passage === undefined || passage.share >= MOST) return [];
  const id = acl.NetworkAclId ?? '';
  const nothing = passage.share === 0;
  return [
    {
      code: 'acl-egress-closed',
      severity: nothing ? 'error' : 'warning',
      message: `The network ACL ${id} of ${subnets.join(', ')} lets ${nothing ? 'nothing' : 'little'} out to port 443 on the internet (${why(passage)})`,
      meaning: nothing
        ? 'Instances there cannot reach Buildkite or AWS: their boot fails, or their agents are gone.'
        : 'Instances there reach Buildkite, AWS and what jobs need only if all of it is among the few addresses.',
      fix: allowing(acl, { egress: true, ports: HTTPS, before: passage.deniedBy, region }),
    },
  ];
}

/** With fewer ports shut than one in so many, hardly any connection is lost: RDP's alone often is. */
const ONE_IN = 100;

function judgeAnswers({ acl, subnets, answers }: PassedAcl, region: string): Finding[] {
  const hindered = passagesOf(acl.Entries ?? [], { egress: false, ports: answers }).filter(
    ({ share }) => share < MOST,
  );
  const shut = hindered.filter(({ share }) => share === 0);
  const needed = size(answers) / ONE_IN;
  const total = (passages: readonly Passage[]) => passages.reduce((sum, { ports }) => sum + size(ports), 0);
  if (total(hindered) < needed) return [];
  const error = total(shut) >= needed;
  const told = error ? shut : hindered;
  const id = acl.NetworkAclId ?? '';
  return [
    {
      code: 'acl-ingress-closed',
      severity: error ? 'error' : 'warning',
      message: `The network ACL ${id} of ${subnets.join(', ')} lets ${error ? 'no' : 'few'} answers from the internet in to the TCP ports ${portsOf(told)} (${[...new Set(told.map(why))].join(', ')})`,
      meaning:
        'Network ACLs do not know what is an answer: whatever instances call from one of these ports hangs, and so do their boot and their agents.',
      fix: allowing(acl, {
        egress: false,
        ports: answers,
        before: Math.min(...told.map(({ deniedBy = LAST_RULE }) => deniedBy)),
        region,
      }),
    },
  ];
}

function why({ deniedBy }: Passage): string {
  return deniedBy === undefined || deniedBy === LAST_RULE
    ? 'no rule allows it'
    : `rule ${deniedBy} denies it`;
}

/** `1024 to 1433, 5433 to 65535` */
function portsOf(passages: readonly Passage[]): string {
  const runs: Range[] = [];
  for (const { ports } of passages) {
    const last = runs.at(-1);
    if (last !== undefined && last.last + 1 === ports.first) {
      runs[runs.length - 1] = { first: last.first, last: ports.last };
    } else runs.push(ports);
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first} to ${last}`)).join(', ');
}

function size({ first, last }: Range): number {
  return last - first + 1;
}

/** The command for a rule that allows it, as late as it can be: what is denied before then, somebody wanted to be. */
function allowing(
  { NetworkAclId = '', Entries = [] }: NetworkAcl,
  {
    egress,
    ports,
    before = LAST_RULE,
    region,
  }: {
    readonly egress: boolean;
    readonly ports: Range;
    readonly before: number | undefined;
    readonly region: string;
  },
): string {
  const direction = egress ? '--egress' : '--ingress';
  const number = freeNumber(Entries, egress, before);
  return number === undefined
    ? `aws ec2 delete-network-acl-entry --network-acl-id ${NetworkAclId} ${direction} --rule-number ${before} --region ${region}`
    : `aws ec2 create-network-acl-entry --network-acl-id ${NetworkAclId} ${direction} --rule-number ${number} --protocol tcp --port-range From=${ports.first},To=${ports.last} --cidr-block 0.0.0.0/0 --rule-action allow --region ${region}`;
}

function freeNumber(
  entries: readonly NetworkAclEntry[],
  egress: boolean,
  before: number,
): number | undefined {
  const taken = new Set(
    entries.filter(({ Egress }) => Egress === egress).map(({ RuleNumber }) => RuleNumber),
  );
  for (let number = before - 1; number > 0; number--) if (!taken.has(number)) return number;
  return undefined;
}
