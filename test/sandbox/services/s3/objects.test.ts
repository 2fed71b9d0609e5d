import { expect } from 'chai';
import { kms } from '../../../../src/sandbox/services/kms/index.ts';
import { s3 } from '../../../../src/sandbox/services/s3/index.ts';
import { Caller } from '../../../support/service.ts';

const MB = 1024 * 1024;

describe('S3 objects', () => {
  let aws: Caller;
  const call = (operation: string, input: object = {}) =>
    aws.call('s3', operation, { Bucket: 'data-1', ...input });
  const refused = (operation: string, input: object = {}) =>
    aws.refused('s3', operation, { Bucket: 'data-1', ...input });
  const put = (Key: string, Body = 'text', more: object = {}) =>
    call('PutObject', { Key, Body: Buffer.from(Body), ...more });

  beforeEach(async () => {
    aws = new Caller([s3, kms]);
    await call('CreateBucket');
  });

  it('gives back what was put, with its headers and metadata', async () => {
    await put('a/b', 'hello', {
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { Who: 'me' },
      Tagging: 'a=1&b=2',
    });
    const found = await call('GetObject', { Key: 'a/b' });
    expect(Buffer.from(found.Body).toString()).to.equal('hello');
    expect(found).to.include({
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      ContentLength: 5,
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      ServerSideEncryption: 'AES256',
      TagCount: 2,
    });
    expect(found.Metadata).to.deep.equal({ who: 'me' });
    expect((await call('GetObjectTagging', { Key: 'a/b' })).TagSet).to.deep.equal([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
  });

  it('refuses a read of what is not there', async () => {
    expect(await refused('GetObject', { Key: 'none' })).to.include({
      code: 'NoSuchKey',
      status: 404,
      message: 'The specified key does not exist.',
    });
    expect((await refused('HeadObject', { Key: 'none' })).code).to.equal('NotFound');
    expect((await refused('GetObject', { Bucket: 'other-1', Key: 'x' })).code).to.equal('NoSuchBucket');
  });

  it('serves ranges', async () => {
    await put('a', '0123456789');
    const range = async (Range: string) => {
      const { Body, ContentRange } = await call('GetObject', { Key: 'a', Range });
      return [Buffer.from(Body).toString(), ContentRange];
    };
    expect(await range('bytes=2-4')).to.deep.equal(['234', 'bytes 2-4/10']);
    expect(await range('bytes=7-')).to.deep.equal(['789', 'bytes 7-9/10']);
    expect(await range('bytes=-3')).to.deep.equal(['789', 'bytes 7-9/10']);
    expect(await range('bytes=5-100')).to.deep.equal(['56789', 'bytes 5-9/10']);
    expect(await refused('GetObject', { Key: 'a', Range: 'bytes=10-' })).to.include({
      code: 'InvalidRange',
      status: 416,
    });
  });

  it('answers conditional reads', async () => {
    const { ETag } = await put('a');
    expect((await refused('GetObject', { Key: 'a', IfNoneMatch: ETag })).status).to.equal(304);
    expect((await refused('GetObject', { Key: 'a', IfMatch: '"other"' })).code).to.equal(
      'PreconditionFailed',
    );
    const later = new Date(aws.world.now() + 1000);
    expect((await refused('GetObject', { Key: 'a', IfModifiedSince: later })).status).to.equal(304);
    expect((await call('GetObject', { Key: 'a', IfMatch: ETag })).ETag).to.equal(ETag);
  });

  it('writes once with If-None-Match and swaps with If-Match', async () => {
    const { ETag } = await put('lock', 'one', { IfNoneMatch: '*' });
    expect(await refused('PutObject', { Key: 'lock', Body: 'two', IfNoneMatch: '*' })).to.include({
      code: 'PreconditionFailed',
      status: 412,
    });
    expect((await refused('PutObject', { Key: 'lock', Body: 'two', IfMatch: '"stale"' })).code).to.equal(
      'PreconditionFailed',
    );
    await put('lock', 'two', { IfMatch: ETag });
    expect((await refused('PutObject', { Key: 'none', Body: 'x', IfMatch: ETag })).code).to.equal(
      'NoSuchKey',
    );
  });

  it('keeps the checksum it was given, and refuses a wrong one', async () => {
    // The check values of the algorithms' catalogues, for "123456789".
    const values = {
      CRC32: 'y/Q5Jg==',
      CRC32C: '4waSgw==',
      CRC64NVME: 'rosUhgp5mIg=',
      SHA1: '98O8HYCOBHMq32eZZczDTKeuNEE=',
    };
    for (const [algorithm, value] of Object.entries(values)) {
      const answer = await put('c', '123456789', { [`Checksum${algorithm}`]: value });
      expect(answer).to.include({ [`Checksum${algorithm}`]: value, ChecksumType: 'FULL_OBJECT' });
    }
    expect((await call('GetObject', { Key: 'c', ChecksumMode: 'ENABLED' })).ChecksumSHA1).to.equal(
      values.SHA1,
    );
    expect(
      (await refused('PutObject', { Key: 'c', Body: 'other', ChecksumCRC32: values.CRC32 })).code,
    ).to.equal('BadDigest');
  });

  it('keeps versions, hides them under delete markers and takes them away one by one', async () => {
    await put('k', 'before');
    await call('PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } });
    const { VersionId: second } = await put('k', 'second');
    const { VersionId: marker, DeleteMarker } = await call('DeleteObject', { Key: 'k' });
    expect(DeleteMarker).to.be.true;
    const gone = await refused('GetObject', { Key: 'k' });
    expect(gone.code).to.equal('NoSuchKey');
    expect(gone.details).to.include({ DeleteMarker: true, VersionId: marker });
    expect((await refused('GetObject', { Key: 'k', VersionId: marker })).code).to.equal('MethodNotAllowed');
    expect(Buffer.from((await call('GetObject', { Key: 'k', VersionId: 'null' })).Body).toString()).to.equal(
      'before',
    );
    const listed = await call('ListObjectVersions');
    expect(listed.Versions.map(({ VersionId, IsLatest }: never) => [VersionId, IsLatest])).to.deep.equal([
      [second, false],
      ['null', false],
    ]);
    expect(listed.DeleteMarkers).to.have.length(1);
    expect(await call('DeleteObject', { Key: 'k', VersionId: marker })).to.include({ DeleteMarker: true });
    expect(Buffer.from((await call('GetObject', { Key: 'k' })).Body).toString()).to.equal('second');
  });

  it('deletes many at once, what is not there too', async () => {
    await put('a');
    const answer = await call('DeleteObjects', { Delete: { Objects: [{ Key: 'a' }, { Key: 'none' }] } });
    expect(answer.Deleted).to.deep.equal([{ Key: 'a' }, { Key: 'none' }]);
    expect((await call('ListObjectsV2')).KeyCount).to.equal(0);
  });

  it('lists by prefix and delimiter, in pages', async () => {
    for (const key of ['a', 'dir/1', 'dir/2', 'dir2/x', 'z']) await put(key);
    const first = await call('ListObjectsV2', { Delimiter: '/', MaxKeys: 2 });
    expect(first.Contents.map(({ Key }: { Key: string }) => Key)).to.deep.equal(['a']);
    expect(first.CommonPrefixes).to.deep.equal([{ Prefix: 'dir/' }]);
    expect(first).to.include({ IsTruncated: true, KeyCount: 2 });
    const rest = await call('ListObjectsV2', {
      Delimiter: '/',
      ContinuationToken: first.NextContinuationToken,
    });
    expect(rest.CommonPrefixes).to.deep.equal([{ Prefix: 'dir2/' }]);
    expect(rest.Contents.map(({ Key }: { Key: string }) => Key)).to.deep.equal(['z']);
    expect(rest.IsTruncated).to.be.false;
    expect((await call('ListObjectsV2', { Prefix: 'dir/', StartAfter: 'dir/1' })).KeyCount).to.equal(1);
  });

  it('encodes keys where it is asked to', async () => {
    await put('a b/ü+');
    const { Contents } = await call('ListObjectsV2', { EncodingType: 'url' });
    expect(Contents[0].Key).to.equal('a+b/%C3%BC%2B');
  });

  it('copies with the metadata or with new', async () => {
    await put('from', 'x', { ContentType: 'text/css', Metadata: { a: '1' } });
    await call('CopyObject', { Key: 'kept', CopySource: 'data-1/from' });
    await call('CopyObject', {
      Key: 'new',
      CopySource: '/data-1/from',
      MetadataDirective: 'REPLACE',
      Metadata: { b: '2' },
    });
    expect((await call('HeadObject', { Key: 'kept' })).Metadata).to.deep.equal({ a: '1' });
    expect(await call('HeadObject', { Key: 'new' })).to.deep.include({
      Metadata: { b: '2' },
      ContentType: 'binary/octet-stream',
    });
    expect((await refused('CopyObject', { Key: 'from', CopySource: 'data-1/from' })).code).to.equal(
      'InvalidRequest',
    );
  });

  it('joins the parts of an upload', async () => {
    const { UploadId } = await call('CreateMultipartUpload', { Key: 'big', ChecksumAlgorithm: 'CRC32' });
    const bodies = [Buffer.alloc(5 * MB, 'a'), Buffer.from('end')];
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const { ETag } = await call('UploadPart', { Key: 'big', UploadId, PartNumber: index + 1, Body });
      Parts.push({ PartNumber: index + 1, ETag });
    }
    expect((await call('ListParts', { Key: 'big', UploadId })).Parts).to.have.length(2);
    const done = await call('CompleteMultipartUpload', { Key: 'big', UploadId, MultipartUpload: { Parts } });
    expect(done.ETag).to.match(/^"[0-9a-f]{32}-2"$/);
    expect(done.ChecksumCRC32).to.match(/-2$/);
    const last = await call('GetObject', { Key: 'big', PartNumber: 2 });
    expect(Buffer.from(last.Body).toString()).to.equal('end');
    expect(last.PartsCount).to.equal(2);
    expect((await refused('UploadPart', { Key: 'big', UploadId, PartNumber: 1, Body: 'x' })).code).to.equal(
      'NoSuchUpload',
    );
  });

  it('refuses parts that are too small or not as they were uploaded', async () => {
    const { UploadId } = await call('CreateMultipartUpload', { Key: 'big' });
    const etags = [];
    for (const PartNumber of [1, 2])
      etags.push((await call('UploadPart', { Key: 'big', UploadId, PartNumber, Body: 'x' })).ETag);
    const complete = (Parts: object[]) =>
      refused('CompleteMultipartUpload', { Key: 'big', UploadId, MultipartUpload: { Parts } });
    expect((await complete(etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })))).code).to.equal(
      'EntityTooSmall',
    );
    expect((await complete([{ ETag: '"no"', PartNumber: 1 }])).code).to.equal('InvalidPart');
    expect(
      (
        await complete([
          { ETag: etags[1], PartNumber: 2 },
          { ETag: etags[0], PartNumber: 1 },
        ])
      ).code,
    ).to.equal('InvalidPartOrder');
  });

  it('encrypts as the bucket says, with a key that is there', async () => {
    const { KeyMetadata } = await aws.call('kms', 'CreateKey');
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KeyMetadata.KeyId },
      BucketKeyEnabled: true,
    };
    await call('PutBucketEncryption', { ServerSideEncryptionConfiguration: { Rules: [rule] } });
    expect(await put('a')).to.include({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: KeyMetadata.Arn,
      BucketKeyEnabled: true,
    });
    expect(await put('b', 'x', { ServerSideEncryption: 'AES256' })).to.include({
      ServerSideEncryption: 'AES256',
    });
    const unknown = await refused('PutObject', {
      Key: 'c',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'alias/none',
    });
    expect(unknown.code).to.equal('KMS.NotFoundException');
    await aws.call('kms', 'DisableKey', { KeyId: KeyMetadata.KeyId });
    expect((await refused('GetObject', { Key: 'a' })).code).to.equal('KMS.DisabledException');
  });
});
