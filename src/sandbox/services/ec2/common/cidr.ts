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
  const [, address, length] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(text) ?? [];
  if (address === undefined || length === undefined) return undefined;
  const prefix = Number(length);
  const number = parseAddress(address);
  if (number === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(number / size) * size, size, prefix };
}

function parseAddress(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  return parts.some((part) => part > 255) ? undefined : parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function cidrText({ first, prefix }: Cidr): string {
  return `${addressText(first)}/${prefix}`;
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + other.size && other.first < one.first + one.size;
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}

/** The number of an address, for one known to be well-formed. */
export function addressNumber(text: string): number {
  return parseAddress(text) ?? 0;
}
