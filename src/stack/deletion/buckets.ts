import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { decodedKey, ENCODED_KEYS } from '../../aws/object-keys.ts';
import { OperationError } from '../../errors.ts';
import type { RetryClock } from '../../aws/retry.ts';

/** What a bucket holds. */
export interface BucketContents {
  readonly bucket: string;
  /** Versions and delete markers; those of objects deleted long ago too. */
  readonly versions: number;
  /** Whether there are more than were counted. */
  readonly more: boolean;
}

/** A version of an object, or a delete marker: both must go before a bucket can. */
export interface VersionId {
  readonly key: string;
  readonly versionId: string;
}

/** What emptying a bucket needs of S3. */
export interface BucketCalls {
  /** Up to 1,000 versions and delete markers; undefined when there is no such bucket. */
  versions(
    bucket: string,
  ): Promise<{ readonly ids: readonly VersionId[]; readonly more: boolean } | undefined>;
  /** Deletes up to 1,000 of them for good, and tells those that stay and why. */
  deleteVersions(bucket: string, ids: readonly VersionId[]): Promise<readonly string[]>;
  deleteBucket(bucket: string): Promise<void>;
}

/** Counts up to 1,000 versions; undefined where there is no such bucket. */
export async function bucketContents(
  calls: BucketCalls,
  bucket: string,
): Promise<BucketContents | undefined> {
  const found = await calls.versions(bucket);
  return found && { bucket, versions: found.ids.length, more: found.more };
}

/** Access logs arrive hours late: a log bucket may fill again while it is emptied. */
const TRIES = 5;

/**
 * Deletes a bucket with everything in it, all versions too. A bucket that is not there is no failure.
 * @returns how many versions and delete markers were deleted.
 * @throws OperationError when an object cannot be deleted, or the bucket fills again all the time.
 */
export async function deleteBucket(calls: BucketCalls, bucket: string, retry: RetryClock): Promise<number> {
  let deleted = 0;
  for (let tries = 1; ; tries += 1) {
    deleted += await empty(calls, bucket);
    try {
      await calls.deleteBucket(bucket);
      return deleted;
    } catch (error) {
      if (awsErrorCode(error) === 'NoSuchBucket') return deleted;
      if (awsErrorCode(error) !== 'BucketNotEmpty' || tries === TRIES) throw error;
      await retry.pause(5);
    }
  }
}

async function empty(calls: BucketCalls, bucket: string): Promise<number> {
  let deleted = 0;
  for (;;) {
    const found = await calls.versions(bucket);
    if (found === undefined || found.ids.length === 0) return deleted;
    const refused = await calls.deleteVersions(bucket, found.ids);
    if (refused.length > 0) {
      throw new OperationError(`The bucket ${bucket} cannot be emptied: ${refused.slice(0, 3).join('; ')}`, {
        hint: `Delete what is left by hand, then: aws s3 rb s3://${bucket}`,
        details: { bucket, refused },
      });
    }
    deleted += found.ids.length;
  }
}

/** The same on AWS. */
export function bucketCalls(aws: AwsContext): BucketCalls {
  const load = async () => ({ sdk: await import('../../aws/sdk/s3.ts'), client: await aws.clients.s3() });
  return {
    async versions(bucket) {
      const { sdk, client } = await load();
      try {
        const page = await client.send(
          new sdk.ListObjectVersionsCommand({ Bucket: bucket, ...ENCODED_KEYS }),
        );
        const ids = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
          key: decodedKey(Key ?? '', page),
          versionId: VersionId ?? 'null',
        }));
        return { ids, more: page.IsTruncated ?? false };
      } catch (error) {
        if (awsErrorCode(error) === 'NoSuchBucket') return undefined;
        throw error;
      }
    },
    async deleteVersions(bucket, ids) {
      const { sdk, client } = await load();
      const { Errors } = await client.send(
        new sdk.DeleteObjectsCommand({
          Bucket: bucket,
          Delete: {
            Quiet: true,
            Objects: ids.map(({ key, versionId }) => ({ Key: key, VersionId: versionId })),
          },
        }),
      );
      return (Errors ?? []).map(({ Key, Message }) => `${Key ?? '?'}: ${Message ?? 'refused'}`);
    },
    async deleteBucket(bucket) {
      const { sdk, client } = await load();
      await client.send(new sdk.DeleteBucketCommand({ Bucket: bucket }));
    },
  };
}
