import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';

/** What there is under a bucket's name. */
export type BucketState = 'ours' | 'absent' | 'forbidden' | 'elsewhere';

/** What staging needs of S3. Every call says whose bucket it expects. */
export interface AssetCalls {
  bucketState(bucket: string): Promise<BucketState>;
  /** Whether the bucket has its policy, which `secureBucket` sets last. True where we may not look. */
  isSecured(bucket: string): Promise<boolean>;
  createBucket(bucket: string): Promise<void>;
  /** Private, encrypted, versioned, TLS only. May be repeated. */
  secureBucket(bucket: string): Promise<void>;
  objectExists(bucket: string, key: string): Promise<boolean>;
  putObject(bucket: string, key: string, body: string | Uint8Array, contentType: string): Promise<void>;
}

/** The same on AWS, for buckets of this account only. `partition`: aws, aws-cn, aws-us-gov. */
export function assetCalls(
  aws: AwsContext,
  { account, partition }: { readonly account: string; readonly partition: string },
): AssetCalls {
  const load = async () => ({ sdk: await import('../../aws/sdk/s3.ts'), client: await aws.clients.s3() });
  const expected = { ExpectedBucketOwner: account };
  return {
    async bucketState(bucket) {
      const { sdk, client } = await load();
      try {
        const { BucketRegion } = await client.send(
          new sdk.HeadBucketCommand({ Bucket: bucket, ...expected }),
        );
        return BucketRegion === undefined || BucketRegion === aws.region ? 'ours' : 'elsewhere';
      } catch (error) {
        // A HEAD has no body, so that S3's errors come with nothing but their status.
        switch (statusOf(error)) {
          case 404:
            return 'absent';
          case 403:
            return 'forbidden';
          case 301:
          case 400:
            return 'elsewhere';
          default:
            throw error;
        }
      }
    },

    async isSecured(bucket) {
      const { sdk, client } = await load();
      try {
        await client.send(new sdk.GetBucketPolicyCommand({ Bucket: bucket, ...expected }));
        return true;
      } catch (error) {
        if (awsErrorCode(error) === 'NoSuchBucketPolicy') return false;
        if (statusOf(error) === 403) return true;
        throw error;
      }
    },

    async createBucket(bucket) {
      const { sdk, client } = await load();
      const constraint =
        aws.region as (typeof sdk.BucketLocationConstraint)[keyof typeof sdk.BucketLocationConstraint];
      try {
        await client.send(
          new sdk.CreateBucketCommand({
            Bucket: bucket,
            ObjectOwnership: 'BucketOwnerEnforced',
            // The one region that may not be named.
            ...(aws.region !== 'us-east-1' && {
              CreateBucketConfiguration: { LocationConstraint: constraint },
            }),
          }),
        );
      } catch (error) {
        // Another bk-stack was faster.
        if (awsErrorCode(error) !== 'BucketAlreadyOwnedByYou') throw error;
      }
    },

    async secureBucket(bucket) {
      const { sdk, client } = await load();
      const target = { Bucket: bucket, ...expected };
      await client.send(
        new sdk.PutPublicAccessBlockCommand({
          ...target,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        }),
      );
      await client.send(
        new sdk.PutBucketEncryptionCommand({
          ...target,
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
          },
        }),
      );
      await client.send(
        new sdk.PutBucketVersioningCommand({ ...target, VersioningConfiguration: { Status: 'Enabled' } }),
      );
      await client.send(
        new sdk.PutBucketTaggingCommand({
          ...target,
          Tagging: { TagSet: [{ Key: 'bk-stack:assets', Value: 'staging' }] },
        }),
      );
      const policy = JSON.stringify(tlsOnly(bucket, partition));
      await client.send(new sdk.PutBucketPolicyCommand({ ...target, Policy: policy }));
    },

    async objectExists(bucket, key) {
      const { sdk, client } = await load();
      try {
        await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ...expected }));
        return true;
      } catch (error) {
        // Without the right to list, S3 answers 403 for what is not there.
        if ([403, 404].includes(statusOf(error) ?? 0)) return false;
        throw error;
      }
    },

    async putObject(bucket, key, body, contentType) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          ...expected,
        }),
      );
    },
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

function tlsOnly(bucket: string, partition: string): object {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}
