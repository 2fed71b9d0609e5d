import { addressText, bitsOf, readBlock } from '../../../../network/cidr.ts';
import { templateError } from '../../syntax/errors.ts';

/**
 * The first `count` blocks of `cidrBits` host bits each within a block, as Fn::Cidr gives them.
 * @throws AwsError ValidationError for a block that is none, and for blocks that do not fit
 */
export function cidrBlocks(ipBlock: string, count: number, cidrBits?: number): string[] {
  const block = readBlock(ipBlock);
  if (block === undefined) throw templateError(`Fn::Cidr ipBlock ${ipBlock} is not a valid CIDR block`);
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw templateError('Fn::Cidr count must be an integer between 1 and 256');
  }
  const bits = bitsOf(block.version);
  const room = bits - block.prefix;
  const hostBits = cidrBits ?? room - Math.ceil(Math.log2(count));
  if (!Number.isInteger(hostBits) || hostBits < 1 || hostBits > bits) {
    throw templateError(`Fn::Cidr cidrBits must be an integer between 1 and ${bits}`);
  }
  const size = 1n << BigInt(hostBits);
  if (size * BigInt(count) > 1n << BigInt(room)) {
    throw templateError(`Fn::Cidr cannot fit ${count} blocks with ${hostBits} CIDR bits in ${ipBlock}`);
  }
  return Array.from(
    { length: count },
    (_, index) => `${addressText(block.first + size * BigInt(index), block.version)}/${bits - hostBits}`,
  );
}
