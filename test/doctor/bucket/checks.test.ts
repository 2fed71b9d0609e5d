import type { Stack } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import type { AwsContext } from '../../../src/aws/context.ts';
import { bucketCheck, bucketRepairs } from '../../../src/doctor/bucket/secrets-bucket.ts';
import { BARE, plainFacts } from '../../support/plain-facts.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const BLOCK = {
  ...{ BlockPublicAcls: true, IgnorePublicAcls: true },
  ...{ BlockPublicPolicy: true, RestrictPublicBuckets: true },
};
const encrypted = (SSEAlgorithm: string) => ({
  ServerSideEncryptionConfiguration: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }],
  },
});
const WELL = {
  GetBucketVersioning: { Status: 'Enabled' },
  GetPublicAccessBlock: { PublicAccessBlockConfiguration: BLOCK },
  GetBucketEncryption: encrypted('aws:kms'),
  GetBucketPolicyStatus: { PolicyStatus: { IsPublic: false } },
  GetBucketAcl: { Grants: [] },
};
const MANAGED: Stack = {
  ...BARE,
  Outputs: [{ OutputKey: 'ManagedSecretsBucket', OutputValue: 'ci-secrets' }],
};
const TARGET = { Bucket: 'ci-secrets', ExpectedBucketOwner: '111122223333' };

async function look(answers: object = {}, stack = MANAGED) {
  const { aws, sent } = recordedAws({ ...WELL, ...answers });
  const regions: string[] = [];
  const { facts } = plainFacts(stack);
  const inRegion = (region: string) => {
    regions.push(region);
    return Object.create(facts.aws, { region: { value: region } }) as AwsContext;
  };
  Object.assign(facts.aws, { clients: aws.clients, inRegion });
  const check = bucketCheck(facts);
  expect(check.title).to.equal('Secrets bucket');
  const { fact, findings } = await check.run();
  return { fact, codes: findings.map(({ code }) => code), findings, regions, sent };
}

describe('the check of the secrets bucket', () => {
  const noBlock = sdkError('NoSuchPublicAccessBlockConfiguration', 'none', 404);
  for (const [what, answers, codes] of [
    ['is well', {}, []],
    ['keeps no versions', { GetBucketVersioning: {} }, ['bucket-unversioned']],
    ['keeps versions no more', { GetBucketVersioning: { Status: 'Suspended' } }, ['bucket-unversioned']],
    ['is not blocked', { GetPublicAccessBlock: noBlock }, ['bucket-not-blocked']],
    ['is not encrypted by KMS', { GetBucketEncryption: encrypted('AES256') }, ['bucket-not-kms']],
    ['is not there', { GetBucketVersioning: sdkError('NoSuchBucket', 'gone', 404) }, ['bucket-missing']],
  ] as const) {
    it(`finds one that ${what}`, async () => {
      expect((await look(answers)).codes).to.eql(codes);
    });
  }

  it('says what is well, and asks only about the own bucket', async () => {
    const { fact, regions, sent } = await look();
    expect(fact).to.equal('ci-secrets is private, encrypted by aws:kms, versioned');
    expect(regions).to.eql(['us-east-1']);
    for (const [, input] of sent) expect(input).to.include(TARGET);
    expect((await look({ GetBucketVersioning: sdkError('NoSuchBucket', 'gone', 404) })).fact).to.equal('');
    const unknown = sdkError('AccessDenied', 'no', 403);
    expect((await look({ GetBucketEncryption: unknown })).fact).to.contain('encrypted by ?');
  });

  it('looks in the region of a bucket that the stack was told of, and at none without', async () => {
    const Parameters = [
      { ParameterKey: 'SecretsBucket', ParameterValue: 'shared' },
      { ParameterKey: 'SecretsBucketRegion', ParameterValue: 'eu-west-1' },
    ];
    const { fact, regions } = await look({}, { ...BARE, Parameters });
    expect(fact).to.match(/^shared is private/);
    expect(regions).to.eql(['eu-west-1']);
    expect(await look({}, BARE))
      .to.include({ fact: 'the stack has none' })
      .and.to.deep.include({ sent: [] });
  });

  for (const operation of ['GetBucketVersioning', 'GetPublicAccessBlock']) {
    it(`fails where ${operation} fails for another reason`, async () => {
      const failure = await look({ [operation]: new Error('no answer') }).catch(
        (error: unknown) => (error as Error).message,
      );
      expect(failure).to.equal('no answer');
    });
  }
});

describe('the repairs of a secrets bucket', () => {
  const ServerSideEncryptionConfiguration = {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true }],
  };
  for (const [repair, operation, input] of [
    ['block', 'PutPublicAccessBlock', { PublicAccessBlockConfiguration: BLOCK }],
    ['encrypt', 'PutBucketEncryption', { ServerSideEncryptionConfiguration }],
    ['version', 'PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } }],
  ] as const) {
    it(`${repair} it, and no other account's`, async () => {
      const { aws, sent } = recordedAws();
      const place = { bucket: 'ci-secrets', account: '111122223333', region: 'us-east-1', name: 'ci' };
      await bucketRepairs(aws, place)[repair]();
      expect(sent).to.eql([[operation, { ...TARGET, ...input }]]);
    });
  }
});
