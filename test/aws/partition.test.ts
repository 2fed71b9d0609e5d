import { expect } from 'chai';
import { dnsSuffixOf } from '../../src/aws/partition.ts';

describe('the DNS suffix of a region', () => {
  for (const [region, suffix] of [
    ['us-east-1', 'amazonaws.com'],
    ['us-gov-west-1', 'amazonaws.com'],
    ['cn-north-1', 'amazonaws.com.cn'],
    ['eusc-de-east-1', 'amazonaws.eu'],
    ['us-iso-east-1', 'c2s.ic.gov'],
    ['us-isob-east-1', 'sc2s.sgov.gov'],
  ] as const) {
    it(`${region}: ${suffix}`, () => {
      expect(dnsSuffixOf(region)).to.equal(suffix);
    });
  }
});
