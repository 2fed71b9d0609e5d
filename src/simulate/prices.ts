/**
 * On-demand prices of Linux in us-east-1, in dollars an hour for a `large`, by family; other sizes in proportion.
 * https://aws.amazon.com/ec2/pricing/on-demand/, read in November 2026. `--price` says a better one.
 */
const LARGE: Readonly<Record<string, number>> = {
  t2: 0.0928,
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
  m5: 0.096,
  m5a: 0.086,
  m6a: 0.0864,
  m6g: 0.077,
  m6i: 0.096,
  m7a: 0.1159,
  m7g: 0.0816,
  m7i: 0.1008,
  m8g: 0.0898,
  c5: 0.085,
  c6a: 0.0765,
  c6g: 0.068,
  c6i: 0.085,
  c7a: 0.1026,
  c7g: 0.0725,
  c7i: 0.0893,
  c8g: 0.0798,
  r5: 0.126,
  r6g: 0.1008,
  r6i: 0.126,
  r7g: 0.1071,
  r7i: 0.1323,
};

/** How many of a `large` each size is. */
const SIZES: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
};

/** What spot instances cost beside that, near enough. */
const SPOT_SHARE = 0.4;

/** Dollars an hour of an on-demand instance; undefined for a family that is not listed. */
export function onDemandPrice(instanceType: string): number | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  const large = LARGE[family];
  const extra = /^(\d*)xlarge$/.exec(size)?.[1];
  const factor = extra === undefined ? SIZES[size] : 2 * Number(extra === '' ? 1 : extra);
  return large === undefined || factor === undefined ? undefined : large * factor;
}

/** Of a group of which this percentage is on-demand. */
export function mixedPrice(onDemand: number, onDemandPercentage: number): number {
  const share = onDemandPercentage / 100;
  return onDemand * (share + (1 - share) * SPOT_SHARE);
}
