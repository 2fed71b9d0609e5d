import { expect } from 'chai';
import { assetsBucketCheck } from '../../../src/doctor/bucket/assets-bucket.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const NAME = 'bk-stack-assets-111122223333-us-east-1';
const WELL = {
  GetBucketVersioning: { Status: 'Enabled' },
  GetPublicAccessBlock: {
    PublicAccessBlockConfiguration: {
      ...{ BlockPublicAcls: true, IgnorePublicAcls: true },
      ...{ BlockPublicPolicy: true, RestrictPublicBuckets: true },
    },
  },
};
const status = (code: number) => sdkError(`Status${code}`, '', code);

async function look(answers: object = {}, arn = 'arn:aws:iam::111122223333:user/a') {
  const { aws, sent } = recordedAws({ ...WELL, ...answers });
  const check = assetsBucketCheck(aws, { account: '111122223333', arn, aheadSeconds: 0 });
  expect(check.title).to.equal('Assets bucket');
  const { fact, findings } = await check.run();
  return { fact, findings, sent };
}

describe('the check of the assets bucket', () => {
  const none = 'none yet: the first stack makes it';
  for (const [what, answers, fact, codes] of [
    ['is private', {}, `${NAME} is private`, []],
    ['is not there yet', { HeadBucket: status(404) }, none, []],
    ['went while it was looked at', { GetBucketVersioning: sdkError('NoSuchBucket', '', 404) }, none, []],
    ['belongs to others', { HeadBucket: status(403) }, '', ['assets-bucket-foreign']],
    ['is in another region', { HeadBucket: { BucketRegion: 'eu-west-1' } }, '', ['assets-bucket-foreign']],
    ['keeps no versions', { GetBucketVersioning: {} }, `${NAME} is private`, ['assets-bucket-unsecured']],
    [
      'has no policy',
      { GetBucketPolicy: sdkError('NoSuchBucketPolicy', '', 404) },
      `${NAME} is private`,
      ['assets-bucket-unsecured'],
    ],
  ] as const) {
    it(`finds one that ${what}`, async () => {
      const { fact: said, findings, sent } = await look(answers);
      expect([said, findings.map(({ code }) => code)]).to.eql([fact, codes]);
      for (const [, input] of sent) {
        expect(input).to.include({ Bucket: NAME, ExpectedBucketOwner: '111122223333' });
      }
    });
  }

  it('says whose it is not, and what to name instead', async () => {
    const { findings } = await look({ HeadBucket: status(403) });
    expect(findings).to.eql([
      {
        code: 'assets-bucket-foreign',
        severity: 'error',
        message: `The bucket ${NAME} does not belong to the account 111122223333, or is not to be used with this identity`,
        meaning: 'A new stack has no place for what its instances fetch.',
        fix: 'Name a bucket of your own when you create and update: --assets-bucket NAME',
      },
    ]);
  });

  for (const [arn, partition] of [
    ['arn:aws:iam::111122223333:user/a', 'aws'],
    ['arn:aws-us-gov:iam::111122223333:user/a', 'aws-us-gov'],
    ['root', 'aws'],
  ] as const) {
    it(`secures it with a policy of the partition of ${arn}`, async () => {
      const { findings, sent } = await look({ GetBucketVersioning: {} }, arn);
      expect(findings[0]?.fix).to.equal(
        'Set it as create does (private, encrypted, versioned, TLS only): bk-stack doctor --fix',
      );
      expect(findings[0]?.repair?.does).to.equal(
        `Makes ${NAME} private, encrypted, versioned, and for TLS only.`,
      );
      sent.length = 0;
      await findings[0]?.repair?.carryOut();
      const policy = sent.find(([operation]) => operation === 'PutBucketPolicy');
      expect(JSON.stringify(policy)).to.contain(`arn:${partition}:s3:::${NAME}`);
    });
  }
});
