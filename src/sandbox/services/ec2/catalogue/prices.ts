import { createHash } from 'node:crypto';
import type { Instant } from '../../../kernel/time.ts';
import type { InstanceTypeFacts } from './instance-types.ts';

/** US dollars for a vCPU-hour, on demand, by the first letter of the family: what us-east-1 charges, about. */
const VCPU_HOUR: Readonly<Record<string, number>> = {
  t: 0.0416,
  m: 0.048,
  c: 0.0425,
  r: 0.063,
  x: 0.1,
  i: 0.086,
  g: 0.13,
  p: 0.7,
};

/** The on-demand price of a type in dollars an hour: near enough to rank types by. */
export function onDemandPrice({ family, vCpus, manufacturer }: InstanceTypeFacts): number {
  const base = (VCPU_HOUR[family.charAt(0)] ?? 0.06) * vCpus;
  return base * (manufacturer === 'AWS' ? 0.8 : manufacturer === 'AMD' ? 0.9 : 1);
}

/**
 * The spot price of a type in a zone, in dollars an hour: 28 to 60 % of the on-demand price, other in each zone, and
 * changed once a day.
 */
export function spotPrice(type: InstanceTypeFacts, zone: string, at: Instant): number {
  const day = Math.floor(at / 86_400_000);
  const share =
    0.28 + 0.3 * fraction(`${type.name}/${zone}`) + 0.02 * fraction(`${type.name}/${zone}/${day}`);
  return Math.round(onDemandPrice(type) * share * 10_000) / 10_000;
}

/** How deep the spot pool of a type in a zone is, 0 to 1; Auto Scaling's capacity-optimized strategies go by it. */
export function spotDepth(type: InstanceTypeFacts, zone: string): number {
  return fraction(`${type.name}/${zone}/depth`);
}

function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
