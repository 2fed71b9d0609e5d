import type {
  GetBucketEncryptionCommandOutput,
  Grant,
  PublicAccessBlockConfiguration,
} from '@aws-sdk/client-s3';
import { headFailure } from '../../aws/bucket-head.ts';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { OperationError } from '../../errors.ts';
import type { BucketLocation } from './location.ts';

/** How a bucket encrypts what says nothing of it. */
export interface DefaultEncryption {
  readonly algorithm: string;
  readonly kmsKey?: string;
}

/** What a bucket's own settings say. */
export interface BucketFacts {
  /** Undefined where we may not look. */
  readonly encryption?: DefaultEncryption;
  /** Why others can get at it; empty where they cannot. */
  readonly openBy: readonly string[];
  /** What could not be looked at. */
  readonly unknown: readonly string[];
}

/**
 * Looks whether a bucket may hold secrets: that it is there, in the region, this account's, and nobody else's to read.
 * @throws OperationError for one that may not
 */
export async function guardBucket(aws: AwsContext, place: BucketLocation): Promise<BucketFacts> {
  const [, facts] = await Promise.all([requireOwn(aws, place), bucketFacts(aws, place)]);
  const [reason] = facts.openBy;
  if (reason === undefined) return facts;
  throw new OperationError(`The bucket ${place.bucket} is open to others: ${reason}`, {
    hint: `Nothing was stored. Close it first: aws s3api put-public-access-block --bucket ${place.bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
    details: { bucket: place.bucket, openBy: facts.openBy },
  });
}

async function requireOwn(aws: AwsContext, { bucket, account, region }: BucketLocation): Promise<void> {
  const { HeadBucketCommand } = await import('../../aws/sdk/s3.ts');
  const client = await aws.clients.s3();
  const elsewhere = (where: string | undefined) =>
    new OperationError(`The bucket ${bucket} is in ${where ?? 'another region'}, not in ${region}`, {
      hint: `Name its region: --region ${where ?? 'REGION'}. One that a stack uses from another region has to be in its SecretsBucketRegion.`,
    });
  try {
    const head = await client.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
    if (head.BucketRegion !== undefined && head.BucketRegion !== region) throw elsewhere(head.BucketRegion);
  } catch (error) {
    if (error instanceof OperationError) throw error;
    const { status, region: elsewhereIn } = headFailure(error);
    switch (status) {
      case 301:
      case 400:
        throw elsewhere(elsewhereIn);
      case 403:
        throw new OperationError(
          `The bucket ${bucket} does not belong to the account ${account}, or the identity in use may not use it`,
          {
            cause: error,
            hint: 'Nothing was stored. See whose it is, and who you are: aws sts get-caller-identity',
          },
        );
      case 404:
        throw new OperationError(`There is no bucket ${bucket}`, {
          cause: error,
          hint: 'bk-stack list shows the stacks; each that bk-stack makes has a bucket of its own.',
        });
      default:
        throw error;
    }
  }
}

/** What a bucket's settings say, as far as we may look. */
export async function bucketFacts(
  aws: AwsContext,
  { bucket, account }: BucketLocation,
): Promise<BucketFacts> {
  const sdk = await import('../../aws/sdk/s3.ts');
  const client = await aws.clients.s3();
  const target = { Bucket: bucket, ExpectedBucketOwner: account };
  const unknown: string[] = [];
  /** Undefined for a setting that the bucket does not have, or that we may not see. */
  const look = async <Answer>(what: string, request: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await request;
    } catch (error) {
      const code = awsErrorCode(error) ?? '';
      if (/^(AccessDenied|Forbidden|PermanentRedirect|301)/.test(code)) unknown.push(what);
      else if (!/^NoSuch|NotFound/.test(code)) throw error;
      return undefined;
    }
  };
  const [block, encryption] = await Promise.all([
    look('public access', client.send(new sdk.GetPublicAccessBlockCommand(target))),
    look('encryption', client.send(new sdk.GetBucketEncryptionCommand(target))),
  ]);
  const blocked = block?.PublicAccessBlockConfiguration;
  // What is not blocked is looked at; most buckets block it all.
  const [policy, acl] = closed(blocked)
    ? []
    : await Promise.all([
        look('policy', client.send(new sdk.GetBucketPolicyStatusCommand(target))),
        look('access list', client.send(new sdk.GetBucketAclCommand(target))),
      ]);
  const openBy = waysIn({
    block: blocked,
    publicPolicy: policy?.PolicyStatus?.IsPublic === true,
    grants: acl?.Grants ?? [],
  });
  const kind = encryption === undefined ? undefined : defaultEncryption(encryption);
  return { openBy, unknown, ...(kind !== undefined && { encryption: kind }) };
}

/** Whether neither a policy nor an access list lets anybody in, whatever they say. */
function closed(block: PublicAccessBlockConfiguration | undefined): boolean {
  return block?.IgnorePublicAcls === true && block.RestrictPublicBuckets === true;
}

/** The settings of a bucket that decide who gets in. */
export interface BucketAccess {
  /** Undefined for a bucket without one. */
  readonly block: PublicAccessBlockConfiguration | undefined;
  /** Whether S3 calls its policy public. */
  readonly publicPolicy: boolean;
  /** Of its access list. */
  readonly grants: readonly Grant[];
}

/**
 * Tells how others than its owner get into a bucket; nothing for one that is closed to them. BlockPublicAcls and
 * BlockPublicPolicy only refuse new settings, and leave those there in force.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
 */
export function waysIn({ block, publicPolicy, grants }: BucketAccess): string[] {
  const ways: string[] = [];
  if (publicPolicy && block?.RestrictPublicBuckets !== true) ways.push('its policy lets anybody in');
  if (grants.some(isForEverybody) && block?.IgnorePublicAcls !== true) {
    ways.push('its access list lets anybody in');
  }
  return ways;
}

function isForEverybody({ Grantee }: Grant): boolean {
  return /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/.test(Grantee?.URI ?? '');
}

function defaultEncryption(answer: GetBucketEncryptionCommandOutput): DefaultEncryption | undefined {
  const rule = answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  if (rule?.SSEAlgorithm === undefined) return undefined;
  return {
    algorithm: rule.SSEAlgorithm,
    ...(rule.KMSMasterKeyID !== undefined && { kmsKey: rule.KMSMasterKeyID }),
  };
}
