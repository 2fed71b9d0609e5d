import { excludeCidr } from 'cidr-tools';

/** A range that Docker cuts its networks from, each with a prefix of `size` bits. */
export interface AddressPool {
  readonly base: string;
  readonly size: number;
}

/**
 * A pool without what the VPC has of it: a network of containers with addresses of the VPC would hide what builds reach
 * there. A pool that lies within the VPC altogether stays, as Docker needs one.
 * @param taken ranges of the VPC
 */
export function poolsOutside({ base, size }: AddressPool, taken: readonly string[]): AddressPool[] {
  const left = excludeCidr([base], [...taken]).filter((range) => prefixOf(range) <= size);
  return (left.length === 0 ? [base] : left).map((range) => ({ base: range, size }));
}

function prefixOf(range: string): number {
  return Number(range.slice(range.indexOf('/') + 1));
}
