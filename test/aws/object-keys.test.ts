import { expect } from 'chai';
import { decodedKey } from '../../src/aws/object-keys.ts';

describe('a key in a list of S3', () => {
  it('is decoded where S3 has encoded it, and only there', () => {
    const page = { EncodingType: 'url' };
    expect(decodedKey('clear%1B%5B2J/a+b%2Bc%25', page)).to.equal('clear\x1b[2J/a b+c%');
    expect(decodedKey('a+b%41', {})).to.equal('a+b%41');
  });
});
