import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import {
  bucketCalls,
  type BucketCalls,
  bucketContents,
  deleteBucket,
} from '../../../src/stack/deletion/buckets.ts';
import { awsError, instantPacing } from '../../support/cloudformation.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

describe('the contents of a bucket', () => {
  const listing = (page: object) =>
    bucketContents(bucketCalls(recordedAws({ ListObjectVersions: page }).aws), 'b');

  it('are versions and delete markers', async () => {
    const page = { Versions: [{ Key: 'a' }, { Key: 'b' }], DeleteMarkers: [{ Key: 'c' }], IsTruncated: true };
    expect(await listing(page)).to.eql({ bucket: 'b', versions: 3, more: true });
    expect(await listing({})).to.eql({ bucket: 'b', versions: 0, more: false });
  });

  it('are unknown where there is no such bucket, and an error for any other reason', async () => {
    expect(await listing(awsError('NoSuchBucket'))).to.equal(undefined);
    expect(
      await listing(awsError('AccessDenied')).catch((error: unknown) => (error as Error).message),
    ).to.equal('AccessDenied');
  });
});

describe('deleting a bucket', () => {
  /** S3 with a bucket that so many deletions find filled again. */
  const refilled = (times: number, error = awsError('BucketNotEmpty')) => {
    let left = times;
    const calls: BucketCalls = {
      versions: () => Promise.resolve({ ids: [], more: false }),
      deleteVersions: () => Promise.resolve([]),
      deleteBucket: () => {
        left -= 1;
        return left >= 0 ? Promise.reject(error) : Promise.resolve();
      },
    };
    return calls;
  };

  it('is tried five times, five seconds apart, where logs come late', async () => {
    const retry = instantPacing();
    expect(await deleteBucket(refilled(4), 'b', retry)).to.equal(0);
    expect(retry.pauses).to.eql([5, 5, 5, 5]);
    const given = instantPacing();
    const failure = await deleteBucket(refilled(5), 'b', given).catch((error: unknown) => error as Error);
    expect(failure).to.have.property('name', 'BucketNotEmpty');
    expect(given.pauses).to.have.length(4);
  });

  it('is done where the bucket is gone, and fails for any other reason', async () => {
    expect(await deleteBucket(refilled(1, awsError('NoSuchBucket')), 'b', instantPacing())).to.equal(0);
    const denied = await deleteBucket(refilled(1, awsError('AccessDenied')), 'b', instantPacing()).catch(
      (error: unknown) => error as Error,
    );
    expect(denied).to.have.property('name', 'AccessDenied');
    const none = { ...refilled(0), versions: () => Promise.resolve(undefined) };
    expect(await deleteBucket(none, 'b', instantPacing())).to.equal(0);
  });

  it('sends each version by its id, page by page, and then the bucket', async () => {
    const pages = [{ Versions: [{ Key: 'a', VersionId: '1' }], DeleteMarkers: [{ Key: 'b' }, {}] }, {}];
    const { aws, sent } = recordedAws({ ListObjectVersions: () => pages.shift() ?? {} });
    expect(await deleteBucket(bucketCalls(aws), 'b', instantPacing())).to.equal(3);
    const Objects = [
      { Key: 'a', VersionId: '1' },
      { Key: 'b', VersionId: 'null' },
      { Key: '', VersionId: 'null' },
    ];
    expect(sent).to.eql([
      ['ListObjectVersions', { Bucket: 'b', EncodingType: 'url' }],
      ['DeleteObjects', { Bucket: 'b', Delete: { Quiet: true, Objects } }],
      ['ListObjectVersions', { Bucket: 'b', EncodingType: 'url' }],
      ['DeleteBucket', { Bucket: 'b' }],
    ]);
  });

  it('stops at objects that S3 refuses to delete, and names three of them', async () => {
    const Errors = [
      { Key: 'a', Message: 'locked' },
      {},
      { Key: 'c', Message: 'x' },
      { Key: 'd', Message: 'y' },
    ];
    const { aws } = recordedAws({
      ListObjectVersions: { Versions: [{ Key: 'a' }] },
      DeleteObjects: { Errors },
    });
    const failure = await deleteBucket(bucketCalls(aws), 'b', instantPacing()).catch(
      (error: unknown) => error as OperationError,
    );
    expect(failure).to.deep.include({
      message: 'The bucket b cannot be emptied: a: locked; ?: refused; c: x',
      hint: 'Delete what is left by hand, then: aws s3 rb s3://b',
      details: { bucket: 'b', refused: ['a: locked', '?: refused', 'c: x', 'd: y'] },
    });
  });
});
