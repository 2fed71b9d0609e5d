import { expect } from 'chai';
import { type BucketState, isBlocked, judgeBucket } from '../../../src/doctor/bucket/secrets-bucket.ts';

const SHUT = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const done: string[] = [];
const note = (what: string) => () => Promise.resolve(void done.push(what));
const repairs = { block: note('block'), encrypt: note('encrypt'), version: note('version') };
const WELL: BucketState = {
  ...{ bucket: 'b', region: 'us-east-1', versioned: true, blocked: true, openBy: [], unknown: [] },
  encryption: { algorithm: 'aws:kms' },
};
const judge = (parts: object) => judgeBucket({ ...WELL, ...parts }, repairs);

describe('the block of public access to a bucket', () => {
  it('is whole with all four settings, and with none less', () => {
    expect(isBlocked(SHUT)).to.equal(true);
    expect(isBlocked(undefined)).to.equal(false);
    expect(isBlocked({})).to.equal(false);
    for (const setting of Object.keys(SHUT)) {
      expect(isBlocked({ ...SHUT, [setting]: false }), `${setting}=false`).to.equal(false);
      expect(isBlocked({ ...SHUT, [setting]: undefined }), `${setting} missing`).to.equal(false);
    }
  });
});

describe('a secrets bucket', () => {
  for (const [what, parts, codes] of [
    ['is private, encrypted and versioned', {}, []],
    ['is open', { openBy: ['its policy'] }, ['bucket-open']],
    ['is open and not blocked', { openBy: ['its policy'], blocked: false }, ['bucket-open']],
    ['may become open', { blocked: false }, ['bucket-not-blocked']],
    ['is encrypted by S3', { encryption: { algorithm: 'AES256' } }, ['bucket-not-kms']],
    ['is encrypted twice by KMS', { encryption: { algorithm: 'aws:kms:dsse' } }, []],
    ['is not encrypted', { encryption: undefined }, ['bucket-not-kms']],
    ['may not be read for its encryption', { encryption: undefined, unknown: ['encryption'] }, []],
    [
      'may not be read for something else',
      { encryption: undefined, unknown: ['policy'] },
      ['bucket-not-kms'],
    ],
    ['keeps no versions', { versioned: false }, ['bucket-unversioned']],
    [
      'has all of it wrong',
      { blocked: false, encryption: undefined, versioned: false },
      ['bucket-not-blocked', 'bucket-not-kms', 'bucket-unversioned'],
    ],
  ] as const) {
    it(`that ${what} has ${codes.length === 0 ? 'no findings' : codes.join(', ')}`, () => {
      expect(judge(parts).map(({ code }) => code)).to.eql(codes);
    });
  }

  it('is an error where it is open, else a warning; each is mended by its own repair', async () => {
    const open = judge({ openBy: ['its policy'], encryption: undefined, versioned: false });
    expect(open.map(({ severity }) => severity)).to.eql(['error', 'warning', 'warning']);
    expect(open[0]?.message).to.equal('The secrets bucket b is open to others: its policy');
    done.length = 0;
    for (const { repair } of [...open, ...judge({ blocked: false })]) await repair?.carryOut();
    expect(done).to.eql(['block', 'encrypt', 'version', 'block']);
    expect(judge({ encryption: undefined })[0]?.message).to.contain('by nothing');
    expect(judge({ encryption: { algorithm: 'AES256' } })[0]?.message).to.contain('by AES256');
    for (const { fix } of open) expect(fix).to.contain('--bucket b').and.to.contain('--region us-east-1');
  });
});
