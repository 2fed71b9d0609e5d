import { expect } from 'chai';
import { addressText, contains, overlap, readBlock } from '../../src/network/cidr.ts';

describe('a block of addresses', () => {
  it('is read without the bits of the host', () => {
    expect(readBlock('10.0.5.1/16')).to.deep.equal({
      version: 4,
      prefix: 16,
      first: 0x0a000000n,
      last: 0x0a00ffffn,
    });
    expect(readBlock('2001:db8::/32')?.first).to.equal(0x20010db8n << 96n);
    expect(readBlock('0.0.0.0/0')?.last).to.equal(0xffffffffn);
  });

  for (const text of [
    '999.1.1.1/24',
    '256.0.0.0/8',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/x',
    'nope',
    '',
  ]) {
    it(`is not ${text || 'empty'}`, () => {
      expect(readBlock(text)).to.equal(undefined);
    });
  }

  it('overlaps with what shares an address', () => {
    expect(overlap('10.0.0.0/16', '10.0.255.0/24')).to.equal(true);
    expect(overlap('10.0.255.0/24', '10.0.0.0/16')).to.equal(true);
    expect(overlap('10.0.0.0/16', '10.1.0.0/16')).to.equal(false);
    expect(overlap('10.0.0.0/16', '999.0.0.0/8')).to.equal(false);
    expect(overlap('0.0.0.0/0', '::/0')).to.equal(false);
  });

  it('contains what is within it', () => {
    expect(contains('10.0.0.0/16', '10.0.255.0/24')).to.equal(true);
    expect(contains('10.0.0.0/16', '10.0.0.0/16')).to.equal(true);
    expect(contains('10.0.255.0/24', '10.0.0.0/16')).to.equal(false);
    expect(contains('999.0.0.0/8', '10.0.0.0/8')).to.equal(false);
  });
});

describe('an address', () => {
  it('has the shortest text', () => {
    expect(addressText(0x0a00_0001n, 4)).to.equal('10.0.0.1');
    expect(addressText(0xffff_ffffn, 4)).to.equal('255.255.255.255');
    expect(addressText(0x20010db8n << 96n, 6)).to.equal('2001:db8::');
    expect(addressText((0x20010db8n << 96n) | 1n, 6)).to.equal('2001:db8::1');
  });
});
