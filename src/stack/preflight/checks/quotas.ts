import { counted } from '../../../terminal/text.ts';
import { isDenied } from '../../../aws/errors.ts';
import { type Finding, type Verdict, verdict } from './check.ts';
import type { InstanceTypeFacts } from './instance-types.ts';
import { EXECUTIONS, type Purchase, type QuotaName, vcpuQuota, VPCS } from './quota-codes.ts';

/** How large the group may become, and how much of it is on-demand. */
export interface Sizes {
  readonly minSize: number;
  readonly maxSize: number;
  readonly onDemandBase: number;
  /** Of what is above the base. */
  readonly onDemandPercentage: number;
  /** Whether all of it may be, for a while. */
  readonly fallsBack?: boolean;
}

/** What looking at quotas needs of AWS. */
export interface QuotaCalls {
  /** The account's own value, or AWS's default where it has none. */
  quota(name: QuotaName): Promise<number>;
  vpcCount(): Promise<number>;
}

export interface QuotaSubject {
  readonly newVpc: boolean;
  /** Executions of functions that the template reserves. */
  readonly reservedExecutions: number;
  readonly sizes: Sizes;
  readonly types: readonly InstanceTypeFacts[];
  readonly region: string;
}

/**
 * Judges whether the account may have what the stack needs. Too little for MinSize or for the VPC is a problem, as the
 * creation would fail; too little for MaxSize is a warning. What runs already is not counted.
 */
export async function checkQuotas(calls: QuotaCalls, subject: QuotaSubject): Promise<Verdict> {
  const parts = await Promise.all([
    ...(subject.newVpc ? [checkVpcs(calls, subject.region)] : []),
    ...(subject.reservedExecutions > 0 ? [checkExecutions(calls, subject)] : []),
    ...(['on-demand', 'spot'] as const).map((purchase) => checkVcpus(calls, subject, purchase)),
  ]);
  const facts = parts.flatMap(({ fact }) => (fact === '' ? [] : [fact]));
  const problems = parts.flatMap(({ problems }) => problems);
  const warnings = parts.flatMap(({ warnings }) => warnings);
  const quiet = problems.length + warnings.length === 0 ? 'nothing to count' : '';
  return verdict(facts.join(', ') || quiet, { problems, warnings });
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const DEFAULT_VPCS = 5;

/** Whether another VPC may be made. */
export async function checkVpcs(calls: QuotaCalls, region: string): Promise<Verdict> {
  const [count, limit] = await Promise.all([calls.vpcCount(), valueOf(calls, VPCS)]);
  if (typeof limit !== 'number') {
    const message = `${limit.message}. ${region} has ${counted(count, 'VPC')}; AWS's default is ${DEFAULT_VPCS}`;
    return verdict('', { warnings: [{ message }] });
  }
  if (count < limit) return verdict(`VPC ${count + 1} of ${limit}`);
  const message = `${region} has ${counted(count, 'VPC')}, and the account may have ${limit}`;
  const hint = `Use one of them (--param VpcId=... --param Subnets=...), or ask for more: ${raise(VPCS, limit + 1, region)}`;
  return verdict('', { problems: [{ message, hint }] });
}

/** What Lambda keeps for functions that reserve nothing. New accounts often have less than that altogether. */
const KEPT_EXECUTIONS = 100;

/** Whether Lambda has executions to reserve. */
export async function checkExecutions(
  calls: Pick<QuotaCalls, 'quota'>,
  { reservedExecutions, region }: Pick<QuotaSubject, 'reservedExecutions' | 'region'>,
): Promise<Verdict> {
  const limit = await valueOf(calls, EXECUTIONS);
  if (typeof limit !== 'number') return verdict('', { warnings: [limit] });
  if (limit >= KEPT_EXECUTIONS + reservedExecutions) return verdict('');
  const message = `Lambda runs ${limit} functions at once for this account in ${region}, too few for the scaler to have ${reservedExecutions} of them for itself`;
  return verdict('', {
    problems: [{ message, hint: `Ask for AWS's usual number: ${raise(EXECUTIONS, 1000, region)}` }],
  });
}

/** Whether the group may have as many vCPUs of one way to pay for them as its sizes ask for. */
export async function checkVcpus(
  calls: Pick<QuotaCalls, 'quota'>,
  { sizes, types, region }: Pick<QuotaSubject, 'sizes' | 'types' | 'region'>,
  purchase: Purchase,
): Promise<Verdict> {
  const least = shareOf(sizes.minSize, sizes, purchase);
  const all = sizes.fallsBack === true && purchase === 'on-demand';
  const most = all ? sizes.maxSize : shareOf(sizes.maxSize, sizes, purchase);
  if (most === 0 || types.length === 0) return verdict('');
  const classes = new Map<string, { quota: QuotaName; vCpus: number }>();
  for (const { type, vCpus } of types) {
    const quota = vcpuQuota(type, purchase);
    // A family without a known quota may hold any number of them.
    if (quota === undefined) return verdict('');
    const smallest = Math.min(vCpus, classes.get(quota.code)?.vCpus ?? Infinity);
    classes.set(quota.code, { quota, vCpus: smallest });
  }
  const limits = await Promise.all(
    [...classes.values()].map(async (each) => ({ ...each, limit: await valueOf(calls, each.quota) })),
  );
  const unread = limits.flatMap(({ limit }) => (typeof limit === 'number' ? [] : [limit]));
  if (unread.length > 0) return verdict('', { warnings: unread });
  const read = limits.flatMap(({ limit, ...rest }) =>
    typeof limit === 'number' ? [{ ...rest, limit }] : [],
  );
  const room = read.reduce((sum, { limit, vCpus }) => sum + Math.floor(limit / vCpus), 0);
  const total = read.reduce((sum, { limit }) => sum + limit, 0);
  const fact = `${counted(total, 'vCPU')} ${purchase}`;
  const [first] = read;
  if (room >= most || first === undefined) return verdict(fact);
  const message = `The account's quota of ${fact} in ${region} is enough for ${counted(room, 'instance')}`;
  const more = `ask for more: ${raise(first.quota, most * first.vCpus, region)}`;
  return room < least
    ? verdict('', {
        problems: [
          {
            message: `${message}, and MinSize asks for ${least}`,
            hint: `Lower MinSize, choose smaller instance types, or ${more}`,
          },
        ],
      })
    : verdict(fact, {
        warnings: [
          { message: `${message}, fewer than the ${most} of MaxSize`, hint: `To grow that far ${more}` },
        ],
      });
}

/**
 * How many of `count` instances are of this purchase. Auto Scaling rounds in favour of on-demand:
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
 */
export function shareOf(
  count: number,
  { onDemandBase, onDemandPercentage }: Sizes,
  purchase: Purchase,
): number {
  const base = Math.min(count, onDemandBase);
  const onDemand = base + Math.ceil(((count - base) * onDemandPercentage) / 100);
  return purchase === 'on-demand' ? onDemand : count - onDemand;
}

/** A quota's value, or a finding that says why it is not known. */
async function valueOf(calls: Pick<QuotaCalls, 'quota'>, quota: QuotaName): Promise<number | Finding> {
  try {
    return await calls.quota(quota);
  } catch (error) {
    const why = isDenied(error)
      ? 'the identity in use may not read it'
      : (error as Error).message.replace(/\.$/, '');
    return { message: `The quota "${quota.name}" could not be checked: ${why}` };
  }
}

function raise({ service, code }: QuotaName, to: number, region: string): string {
  return `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${to} --region ${region}`;
}
