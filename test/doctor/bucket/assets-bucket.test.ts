import { expect } from 'chai';
import { judgeAssets } from '../../../src/doctor/bucket/assets-bucket.ts';

const secured: string[] = [];
const calls = { secureBucket: (bucket: string) => Promise.resolve(void secured.push(bucket)) };
const WELL = { bucket: 'b', openBy: [] as string[], blocked: true, versioned: true };
const judge = (parts: Partial<typeof WELL>, tls = true) => judgeAssets({ ...WELL, ...parts }, tls, calls);

describe('the assets bucket', () => {
  for (const [what, parts, tls, lacks] of [
    ['lacks TLS alone', {}, false, 'a policy that asks for TLS'],
    ['lacks its block', { blocked: false }, true, 'a block of public access'],
    ['lacks versions', { versioned: false }, true, 'versions'],
    [
      'lacks all',
      { blocked: false, versioned: false },
      false,
      'a policy that asks for TLS and a block of public access and versions',
    ],
  ] as const) {
    it(`that ${what} is unsecured`, () => {
      const found = judge(parts, tls);
      expect(found).to.include({ code: 'assets-bucket-unsecured', severity: 'warning' });
      expect(found?.message).to.equal(`The assets bucket b lacks ${lacks}`);
    });
  }

  it('is well, or open, and secured again', async () => {
    expect(judge({})).to.equal(undefined);
    const found = judge({ openBy: ['its policy'], blocked: false });
    expect(found).to.include({ code: 'assets-bucket-open', severity: 'error' });
    expect(found?.message).to.contain(': its policy');
    await found?.repair?.carryOut();
    await judge({ blocked: false })?.repair?.carryOut();
    expect(secured).to.eql(['b', 'b']);
  });
});
