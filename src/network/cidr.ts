import { isIP } from 'node:net';
import { containsCidr, normalizeCidr, overlapCidr, parseCidr } from 'cidr-tools';

/** A block of IP addresses. */
export interface Block {
  readonly version: 4 | 6;
  readonly prefix: number;
  /** Its first and last address, as numbers. */
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Reads `10.0.0.0/16` or `2001:db8::/32`; bits of the host are dropped. cidr-tools itself takes 999.1.1.1/24 for a block.
 * @returns undefined for what is no block, a single address among it
 */
export function readBlock(text: string): Block | undefined {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || Number(prefix) > bitsOf(version)) return undefined;
  const { start, end } = parseCidr(text);
  return { version, prefix: Number(prefix), first: start, last: end };
}

/** Whether two blocks have an address in common; false for what is no block. */
export function overlap(one: string, other: string): boolean {
  return isBlock(one) && isBlock(other) && overlapCidr(one, other);
}

/** Whether all addresses of a block are in another; false for what is no block. */
export function contains(outer: string, inner: string): boolean {
  return isBlock(outer) && isBlock(inner) && containsCidr(outer, inner);
}

/** The text of an address, an IPv6 one in the form of RFC 5952. */
export function addressText(address: bigint, version: 4 | 6): string {
  const width = version === 4 ? 8 : 16;
  const parts = Array.from({ length: bitsOf(version) / width }, (_, index) =>
    BigInt.asUintN(width, address >> BigInt(bitsOf(version) - width * (index + 1))),
  );
  return version === 4 ? parts.join('.') : normalizeCidr(parts.map((part) => part.toString(16)).join(':'));
}

/** How many bits an address has. */
export function bitsOf(version: 4 | 6): 32 | 128 {
  return version === 4 ? 32 : 128;
}

function isBlock(text: string): boolean {
  return readBlock(text) !== undefined;
}
