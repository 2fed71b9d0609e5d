import { expect } from 'chai';
import fc from 'fast-check';
import { cidrBlocks } from '../../../../src/sandbox/cloudformation/template/evaluation/cidr.ts';

const numeric = (block: string) =>
  (block.split('/')[0] ?? '').split('.').reduce((address, part) => address * 256 + Number(part), 0);

describe('Cidr blocks', () => {
  it('start at the block’s own first address', () => {
    expect(cidrBlocks('10.0.7.9/16', 2, 8)).to.deep.equal(['10.0.0.0/24', '10.0.1.0/24']);
  });

  it('of IPv6 are 64 bits wide where one asks for it, and written short', () => {
    expect(cidrBlocks('2600:1f18:abc:de00::/56', 3, 64)).to.deep.equal([
      '2600:1f18:abc:de00::/64',
      '2600:1f18:abc:de01::/64',
      '2600:1f18:abc:de02::/64',
    ]);
    expect(cidrBlocks('::/0', 1, 64)).to.deep.equal(['::/64']);
    expect(cidrBlocks('1:0:0:2::/64', 2, 16)).to.deep.equal(['1:0:0:2::/112', '1::2:0:0:1:0/112']);
    expect(cidrBlocks('fd00:0:0:1:0:0:0:8000/113', 1, 8)).to.deep.equal(['fd00:0:0:1::8000/120']);
  });

  it('of IPv4 are as many as asked, next to each other, and inside of the block', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 256 }),
        (address, bits, count) => {
          const prefix = 32 - bits - Math.ceil(Math.log2(count));
          fc.pre(prefix >= 0);
          const blocks = cidrBlocks(`${address.join('.')}/${prefix}`, count, bits);
          const starts = blocks.map(numeric);
          const first = Math.floor(numeric(address.join('.')) / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
          expect(blocks.every((block) => block.endsWith(`/${32 - bits}`))).to.equal(true);
          expect(starts).to.deep.equal(Array.from({ length: count }, (_, i) => first + i * 2 ** bits));
        },
      ),
    );
  });

  it('are refused for what is no address', () => {
    for (const block of [
      '10.0.0.256/16',
      '10.0.0.0',
      '10.0.0.0/33',
      ':::/64',
      '1:2:3/64',
      '1::2::3/64',
      'x/8',
    ]) {
      expect(() => cidrBlocks(block, 1, 8), block).to.throw('is not a valid CIDR block');
    }
  });
});
