import { templateError } from '../../syntax/errors.ts';

interface Block {
  readonly address: bigint;
  readonly prefix: number;
  /** 32 bits or 128. */
  readonly bits: 32 | 128;
}

/**
 * The first `count` blocks of `cidrBits` host bits each within a block, as Fn::Cidr gives them.
 * @throws AwsError ValidationError for a block that is none, and for blocks that do not fit
 */
export function cidrBlocks(ipBlock: string, count: number, cidrBits?: number): string[] {
  const block = parseBlock(ipBlock);
  if (block === undefined) throw templateError(`Fn::Cidr ipBlock ${ipBlock} is not a valid CIDR block`);
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw templateError('Fn::Cidr count must be an integer between 1 and 256');
  }
  const room = block.bits - block.prefix;
  const hostBits = cidrBits ?? room - Math.ceil(Math.log2(count));
  if (!Number.isInteger(hostBits) || hostBits < 1 || hostBits > block.bits) {
    throw templateError(`Fn::Cidr cidrBits must be an integer between 1 and ${block.bits}`);
  }
  const size = 1n << BigInt(hostBits);
  if (size * BigInt(count) > 1n << BigInt(room)) {
    throw templateError(`Fn::Cidr cannot fit ${count} blocks with ${hostBits} CIDR bits in ${ipBlock}`);
  }
  const first = (block.address >> BigInt(room)) << BigInt(room);
  return Array.from(
    { length: count },
    (_, index) => `${addressText(first + size * BigInt(index), block.bits)}/${block.bits - hostBits}`,
  );
}

function parseBlock(text: string): Block | undefined {
  const [, address = '', prefixText = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 128 ? parseIpv6(address) : parseIpv4(address);
  const prefix = Number(prefixText);
  return value === undefined || prefix > bits ? undefined : { address: value, prefix, bits };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((address, part) => (address << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n);
}

function addressText(address: bigint, bits: 32 | 128): string {
  const width = bits === 32 ? 8 : 16;
  const parts = Array.from({ length: bits / width }, (_, index) =>
    Number((address >> BigInt(bits - width * (index + 1))) & ((1n << BigInt(width)) - 1n)),
  );
  return bits === 32 ? parts.join('.') : ipv6Text(parts);
}

/** RFC 5952: the longest run of two or more zero groups is shortened, the first of equals. */
function ipv6Text(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':');
  const runs = [...text.matchAll(/(?<![0-9a-f])0(?::0(?![0-9a-f]))+/g)];
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const at = text.search(new RegExp(`(?<![0-9a-f])${longest}(?![0-9a-f])`));
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}
