/**
 * List prices of EBS in us-east-1, in dollars a month. https://aws.amazon.com/ebs/pricing/. What io2 has above 32,000 IOPS costs
 * less each; that is left out.
 */
const GIB: Readonly<Record<string, number>> = { gp3: 0.08, gp2: 0.1, io1: 0.125, io2: 0.125 };
const PROVISIONED_IOPS = 0.065;
const GP3_IOPS = { free: 3000, each: 0.005 };
const GP3_THROUGHPUT = { free: 125, each: 0.04 };
const HOURS_A_MONTH = 730;

/** Dollars an hour for the root volume of an instance, which is what a stopped one costs. */
export function volumePrice(parameters: ReadonlyMap<string, string>): number {
  const number = (name: string) => Number(parameters.get(name) ?? 0);
  const type = parameters.get('RootVolumeType') ?? '';
  const beyond = (name: string, { free, each }: typeof GP3_IOPS) => Math.max(0, number(name) - free) * each;
  let month = number('RootVolumeSize') * (GIB[type] ?? 0);
  if (type === 'gp3') {
    month += beyond('RootVolumeIops', GP3_IOPS) + beyond('RootVolumeThroughput', GP3_THROUGHPUT);
  } else if (type !== 'gp2') month += number('RootVolumeIops') * PROVISIONED_IOPS;
  return month / HOURS_A_MONTH;
}
