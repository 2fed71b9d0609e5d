import { AwsError } from '../../../../kernel/errors.ts';
import type { Scope } from '../../../../kernel/world.ts';
import { quotas } from '../../../servicequotas/catalogue.ts';
import { instanceType } from '../../catalogue/instance-types.ts';
import type { Ec2State } from '../../state/records.ts';
import { ec2State } from '../../state/state.ts';

/**
 * The codes of the vCPU quotas by instance family, on demand and spot, the particular before the general.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits and
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html
 */
const BUCKETS: readonly (readonly [families: RegExp, onDemand: string, spot?: string])[] = [
  [/^hpc/, 'L-F7808C92'],
  [/^u\d*[-\d]/, 'L-43DA4232'],
  [/^dl\d/, 'L-6E869C2A', 'L-85EED4F7'],
  [/^inf\d/, 'L-1945791B', 'L-B5D1601B'],
  [/^trn\d/, 'L-2C3B7624', 'L-6B0D517C'],
  [/^(g\d|gr\d|vt\d)/, 'L-DB2E81BA', 'L-3819A6DF'],
  [/^p[5-9]/, 'L-417A185B', 'L-C4BD4855'],
  [/^p\d/, 'L-417A185B', 'L-7212CCBC'],
  [/^f\d/, 'L-74FC7D96', 'L-88CF9481'],
  [/^x\d/, 'L-7295265B', 'L-E3A00192'],
  [/^(a|c|d|h|i|im|is|m|r|t|z)\d/, 'L-1216C47A', 'L-34B43A08'],
];

function bucketOf(type: string, spot: boolean): string | undefined {
  const [, onDemandCode, spotCode] = BUCKETS.find(([families]) => families.test(type)) ?? [];
  return spot ? spotCode : onDemandCode;
}

function vcpusOf(type: string): number {
  return instanceType(type)?.vCpus ?? 0;
}

/** Counts the vCPUs of a quota that pending and running instances use: those that are stopped or end use none. */
function usedOf(state: Ec2State, bucket: string): number {
  return Object.values(state.instances)
    .filter(({ state: name }) => name === 'pending' || name === 'running')
    .filter((instance) => bucketOf(instance.instanceType, instance.spot) === bucket)
    .reduce((sum, instance) => sum + vcpusOf(instance.instanceType), 0);
}

/** How many more instances of a type the account's vCPU quota allows. */
export function vcpuRoom(scope: Scope, type: string, spot: boolean): number {
  const bucket = bucketOf(type, spot);
  const quota = quotas.find(({ code }) => code === bucket);
  if (bucket === undefined || quota === undefined) return Infinity;
  const free = quota.value - usedOf(ec2State(scope), bucket);
  return Math.max(0, Math.floor(free / vcpusOf(type)));
}

/**
 * Refuses instances beyond the account's quota of vCPUs.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * @throws AwsError VcpuLimitExceeded, MaxSpotInstanceCountExceeded
 */
export function refuseBeyondQuota(scope: Scope, type: string, spot: boolean, count: number): void {
  if (vcpuRoom(scope, type, spot) >= count) return;
  if (spot) throw new AwsError('MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded');
  const limit = quotas.find(({ code }) => code === bucketOf(type, false))?.value ?? 0;
  throw new AwsError(
    'VcpuLimitExceeded',
    `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
  );
}
