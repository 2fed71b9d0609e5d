/** How an instance is paid for: each has quotas of its own. */
export type Purchase = 'on-demand' | 'spot';

/** A quota of an account in a region, as Service Quotas names it. */
export interface QuotaName {
  readonly service: 'ec2' | 'lambda' | 'vpc';
  readonly code: string;
  readonly name: string;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export const VPCS: QuotaName = { service: 'vpc', code: 'L-F678F1CE', name: 'VPCs per Region' };

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const EXECUTIONS: QuotaName = { service: 'lambda', code: 'L-B99A9384', name: 'Concurrent executions' };

interface VcpuQuotas {
  readonly families: RegExp;
  readonly onDemand: readonly [code: string, name: string];
  /** Undefined where there is no spot. */
  readonly spot?: readonly [code: string, name: string];
}

/**
 * The vCPU quotas by instance family, the particular before the general.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits and
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html
 */
const VCPUS: readonly VcpuQuotas[] = [
  { families: /^hpc/, onDemand: ['L-F7808C92', 'Running On-Demand HPC instances'] },
  { families: /^u\d*[-\d]/, onDemand: ['L-43DA4232', 'Running On-Demand High Memory instances'] },
  {
    families: /^dl\d/,
    onDemand: ['L-6E869C2A', 'Running On-Demand DL instances'],
    spot: ['L-85EED4F7', 'All DL Spot Instance Requests'],
  },
  {
    families: /^inf\d/,
    onDemand: ['L-1945791B', 'Running On-Demand Inf instances'],
    spot: ['L-B5D1601B', 'All Inf Spot Instance Requests'],
  },
  {
    families: /^trn\d/,
    onDemand: ['L-2C3B7624', 'Running On-Demand Trn instances'],
    spot: ['L-6B0D517C', 'All Trn Spot Instance Requests'],
  },
  {
    families: /^(g\d|gr\d|vt\d)/,
    onDemand: ['L-DB2E81BA', 'Running On-Demand G and VT instances'],
    spot: ['L-3819A6DF', 'All G and VT Spot Instance Requests'],
  },
  {
    families: /^p[5-9]/,
    onDemand: ['L-417A185B', 'Running On-Demand P instances'],
    spot: ['L-C4BD4855', 'All P5 Spot Instance Requests'],
  },
  {
    families: /^p\d/,
    onDemand: ['L-417A185B', 'Running On-Demand P instances'],
    spot: ['L-7212CCBC', 'All P4, P3 and P2 Spot Instance Requests'],
  },
  {
    families: /^f\d/,
    onDemand: ['L-74FC7D96', 'Running On-Demand F instances'],
    spot: ['L-88CF9481', 'All F Spot Instance Requests'],
  },
  {
    families: /^x\d/,
    onDemand: ['L-7295265B', 'Running On-Demand X instances'],
    spot: ['L-E3A00192', 'All X Spot Instance Requests'],
  },
  {
    families: /^(a|c|d|h|i|im|is|m|r|t|z)\d/,
    onDemand: ['L-1216C47A', 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances'],
    spot: ['L-34B43A08', 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests'],
  },
];

/** The quota that an instance type counts against; undefined for a family that is not known here. */
export function vcpuQuota(instanceType: string, purchase: Purchase): QuotaName | undefined {
  const found = VCPUS.find(({ families }) => families.test(instanceType));
  const [code, name] = (purchase === 'spot' ? found?.spot : found?.onDemand) ?? [];
  return code === undefined || name === undefined ? undefined : { service: 'ec2', code, name };
}
