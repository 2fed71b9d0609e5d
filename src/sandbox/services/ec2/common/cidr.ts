import { isIPv4 } from 'node:net';
import * as blocks from '../../../../network/cidr.ts';

/** A block of IPv4 addresses. */
export interface Cidr {
  /** Its first address, as a number. */
  readonly first: number;
  /** How many addresses it holds. */
  readonly size: number;
  readonly prefix: number;
}

/** Reads `10.0.0.0/16`; bits of the host are dropped, as EC2 does. Undefined for what is no block. */
export function parseCidr(text: string): Cidr | undefined {
  const block = blocks.readBlock(text);
  if (block?.version !== 4) return undefined;
  const { first, last, prefix } = block;
  return { first: Number(first), size: Number(last - first) + 1, prefix };
}

export function addressText(address: number): string {
  return blocks.addressText(BigInt(address), 4);
}

export function cidrText({ first, prefix }: Cidr): string {
  return `${addressText(first)}/${prefix}`;
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return blocks.overlap(cidrText(one), cidrText(other));
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return blocks.contains(cidrText(outer), cidrText(inner));
}

/** The number of an address; 0 for what is none. */
export function addressNumber(text: string): number {
  return isIPv4(text) ? (parseCidr(`${text}/32`)?.first ?? 0) : 0;
}
