import { expect } from 'chai';
import { kms } from '../../../../src/sandbox/services/kms/index.ts';
import { s3 } from '../../../../src/sandbox/services/s3/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

describe('S3 buckets', () => {
  let aws: Caller;
  beforeEach(() => {
    aws = new Caller([s3, kms], 'eu-west-1');
  });
  const create = (Bucket: string) =>
    aws.call('s3', 'CreateBucket', {
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    });
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

  it('are made in the region of the request', async () => {
    await create('data-1');
    expect(await aws.call('s3', 'GetBucketLocation', { Bucket: 'data-1' })).to.deep.equal({
      LocationConstraint: 'eu-west-1',
    });
    expect(await aws.refused('s3', 'CreateBucket', { Bucket: 'data-2' })).to.include({
      code: 'IllegalLocationConstraintException',
      message:
        'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
    });
    const elsewhere = new Caller([], 'us-east-1', aws.world);
    expect(await elsewhere.refused('s3', 'ListObjectsV2', { Bucket: 'data-1' })).to.include({
      code: 'PermanentRedirect',
      status: 301,
    });
  });

  it("have names of their own, by S3's rules", async () => {
    await create('data-1');
    expect(await create('data-1').catch((error: unknown) => error)).to.include({
      code: 'BucketAlreadyOwnedByYou',
      status: 409,
    });
    for (const name of ['ab', 'Upper', 'a..b', '-a-b', '192.168.1.1', 'x'.repeat(64)]) {
      expect(await create(name).catch((error: unknown) => error), name).to.include({
        code: 'InvalidBucketName',
      });
    }
  });

  it('are private, encrypted and without ACLs when new', async () => {
    await create('data-1');
    const get = (operation: string) => aws.call('s3', operation, { Bucket: 'data-1' });
    expect((await get('GetPublicAccessBlock')).PublicAccessBlockConfiguration.RestrictPublicBuckets).to.be
      .true;
    const { Rules } = (await get('GetBucketEncryption')).ServerSideEncryptionConfiguration;
    expect(Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm).to.equal('AES256');
    expect((await get('GetBucketOwnershipControls')).OwnershipControls.Rules).to.deep.equal([
      { ObjectOwnership: 'BucketOwnerEnforced' },
    ]);
    expect((await aws.refused('s3', 'PutBucketAcl', { Bucket: 'data-1', ACL: 'public-read' })).code).to.equal(
      'AccessControlListNotSupported',
    );
    expect((await aws.refused('s3', 'GetBucketPolicy', { Bucket: 'data-1' })).code).to.equal(
      'NoSuchBucketPolicy',
    );
    expect((await aws.refused('s3', 'GetBucketTagging', { Bucket: 'data-1' })).code).to.equal('NoSuchTagSet');
  });

  it('go only when they are empty', async () => {
    await create('data-1');
    await aws.call('s3', 'PutObject', { Bucket: 'data-1', Key: 'a' });
    expect(await aws.refused('s3', 'DeleteBucket', { Bucket: 'data-1' })).to.include({
      code: 'BucketNotEmpty',
      status: 409,
      message: 'The bucket you tried to delete is not empty',
    });
    await aws.call('s3', 'PutBucketVersioning', {
      Bucket: 'data-1',
      VersioningConfiguration: { Status: 'Enabled' },
    });
    await aws.call('s3', 'DeleteObject', { Bucket: 'data-1', Key: 'a' });
    expect((await aws.refused('s3', 'DeleteBucket', { Bucket: 'data-1' })).message).to.equal(
      'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
    );
  });

  it('refuse what their policy denies', async () => {
    await create('data-1');
    const Policy = policy(
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::data-1', 'arn:aws:s3:::data-1/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::data-1/*',
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      },
    );
    await aws.call('s3', 'PutBucketPolicy', { Bucket: 'data-1', Policy });
    const refused = await aws.refused('s3', 'PutObject', { Bucket: 'data-1', Key: 'a' });
    expect(refused).to.include({ code: 'AccessDenied', status: 403 });
    expect(refused.message).to.equal(
      'User: arn:aws:iam::111122223333:root is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::data-1/a" with an explicit deny in a resource-based policy',
    );
    await aws.call('s3', 'PutObject', { Bucket: 'data-1', Key: 'a', ServerSideEncryption: 'aws:kms' });
    await aws.call('s3', 'GetObject', { Bucket: 'data-1', Key: 'a' });
  });

  it('refuse policies that are malformed or public', async () => {
    await create('data-1');
    const put = (Policy: string) => aws.refused('s3', 'PutBucketPolicy', { Bucket: 'data-1', Policy });
    const allow = {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::data-1/*',
    };
    expect((await put('nonsense')).message).to.equal(
      "Policies must be valid JSON and the first byte must be '{'",
    );
    expect((await put(policy({ ...allow, Resource: 'arn:aws:s3:::other/*' }))).message).to.equal(
      'Policy has invalid resource',
    );
    expect((await put(policy(allow))).code).to.equal('AccessDenied');
  });

  it('check who is expected to own them', async () => {
    await create('data-1');
    expect(
      (await aws.refused('s3', 'ListObjectsV2', { Bucket: 'data-1', ExpectedBucketOwner: '999999999999' }))
        .code,
    ).to.equal('AccessDenied');
  });

  it('are listed in pages', async () => {
    for (const name of ['ccc', 'aaa', 'bbb']) await create(name);
    const first = await aws.call('s3', 'ListBuckets', { MaxBuckets: 2 });
    const second = await aws.call('s3', 'ListBuckets', {
      MaxBuckets: 2,
      ContinuationToken: first.ContinuationToken,
    });
    const names = [first, second].map(({ Buckets }) => Buckets.map(({ Name }: { Name: string }) => Name));
    expect(names).to.deep.equal([['aaa', 'bbb'], ['ccc']]);
    expect(second.ContinuationToken).to.be.undefined;
  });

  describe('AWS::S3::Bucket', () => {
    it('makes a bucket with all that bk-stack asks for', async () => {
      const logs = new StackResource(aws, 'AWS::S3::Bucket', 'Logs');
      logs.create({});
      const bucket = new StackResource(aws, 'AWS::S3::Bucket', 'ManagedSecretsBucket', 'Ci');
      const Bucket = bucket.create({
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: { DestinationBucketName: logs.physicalId, LogFilePrefix: 'access/' },
        LifecycleConfiguration: {
          Rules: [
            { Id: 'old', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: '7' } },
          ],
        },
        Tags: [{ Key: 'a', Value: 'b' }],
      });
      expect(Bucket).to.match(/^ci-managedsecretsbucket-[0-9a-z]{12}$/);
      expect(bucket.attribute('Arn')).to.equal(`arn:aws:s3:::${Bucket}`);
      expect((await aws.call('s3', 'GetBucketLogging', { Bucket })).LoggingEnabled).to.deep.equal({
        TargetBucket: logs.physicalId,
        TargetPrefix: 'access/',
      });
      const { Rules } = await aws.call('s3', 'GetBucketLifecycleConfiguration', { Bucket });
      expect(Rules).to.deep.equal([
        {
          ID: 'old',
          Status: 'Enabled',
          Filter: { Prefix: '' },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
      ]);
      expect((await aws.call('s3', 'GetBucketTagging', { Bucket })).TagSet).to.deep.include({
        Key: 'a',
        Value: 'b',
      });
    });

    it('leaves nothing behind when it is refused', () => {
      const bucket = new StackResource(aws, 'AWS::S3::Bucket');
      expect(() =>
        bucket.create({ BucketName: 'data-1', LoggingConfiguration: { DestinationBucketName: 'none' } }),
      ).to.throw('The target bucket for logging does not exist');
      expect(bucket.create({ BucketName: 'data-1' })).to.equal('data-1');
    });

    it('does not delete what is not empty', async () => {
      const bucket = new StackResource(aws, 'AWS::S3::Bucket');
      await aws.call('s3', 'PutObject', { Bucket: bucket.create({}), Key: 'a' });
      expect(() => {
        bucket.delete();
      }).to.throw('The bucket you tried to delete is not empty');
    });
  });
});
