import { readBlock } from '../../network/cidr.ts';

/** IPv4 addresses as numbers, from the first to the last. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** The addresses of an IPv4 range in CIDR notation; undefined for what is none. */
export function rangeOf(cidr: string): Range | undefined {
  const block = readBlock(cidr);
  return block?.version === 4 ? { first: Number(block.first), last: Number(block.last) } : undefined;
}
