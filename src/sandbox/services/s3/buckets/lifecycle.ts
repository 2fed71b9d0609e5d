import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
  BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { AwsError } from '../../../kernel/errors.ts';
import type { RequestContext, Scope } from '../../../kernel/world.ts';
import { own, put, remove, sorted } from '../../../kernel/table.ts';
import { pageOf } from '../../common/paging.ts';
import { checkTags, tagMap } from '../../common/tags.ts';
import { onBucket } from '../access.ts';
import { accessDenied, invalidArgument, noSuchBucket, notImplemented } from '../errors.ts';
import { bucketsOf, type BucketRecord } from '../state.ts';

/** The account's canonical user id. */
export function ownerId({ accountId }: Scope): string {
  return createHash('sha256').update(accountId).digest('hex');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !/\.\.|\.-|-\.|^\d+\.\d+\.\d+\.\d+$|^xn--|^sthree-|^amzn-s3-demo-|-s3alias$|--ol-s3$|\.mrap$|--x-s3$|--table-s3$/.test(
      name,
    )
  );
}

/**
 * Makes a bucket with what S3 gives every new one: SSE-S3, no public access, no ACLs.
 * @throws AwsError InvalidBucketName, BucketAlreadyOwnedByYou
 */
export function addBucket(name: string, scope: Scope): BucketRecord {
  const buckets = bucketsOf(scope.world);
  if (!isBucketName(name)) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
  }
  if (own(buckets, name) !== undefined) {
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
      { BucketName: name },
    );
  }
  return put(buckets, name, {
    name,
    region: scope.region,
    createdAt: scope.world.now(),
    tags: {},
    encryption: { algorithm: 'AES256', bucketKey: false },
    publicAccessBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    ownership: 'BucketOwnerEnforced',
    acl: 'private',
    configurations: {},
    objects: {},
    uploads: {},
  });
}

function createBucket(input: CreateBucketRequest, context: RequestContext): CreateBucketOutput {
  const { Bucket = '', CreateBucketConfiguration: configuration } = input;
  if (input.ObjectLockEnabledForBucket) throw notImplemented('x-amz-bucket-object-lock-enabled');
  checkLocation(configuration?.LocationConstraint, context.region);
  const existing = own(bucketsOf(context.world), Bucket);
  // The oldest region tells its owner nothing; it resets the ACL only.
  if (existing?.region === 'us-east-1' && context.region === 'us-east-1') return { Location: `/${Bucket}` };
  const tags = tagMap(configuration?.Tags);
  checkTags(tags, () => new AwsError('InvalidTag', 'System tags cannot be added/updated by requester'));
  const bucket = addBucket(Bucket, context);
  bucket.tags = tags;
  if (input.ObjectOwnership !== undefined) bucket.ownership = input.ObjectOwnership;
  if (input.ACL !== undefined) bucket.acl = input.ACL;
  return {
    Location: context.region === 'us-east-1' ? `/${Bucket}` : `http://${Bucket}.s3.amazonaws.com/`,
    BucketArn: `arn:${context.partition}:s3:::${Bucket}`,
  };
}

function checkLocation(constraint: string | undefined, region: string): void {
  if (constraint === 'us-east-1') {
    throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400, {
      LocationConstraint: constraint,
    });
  }
  const wanted = constraint === 'EU' ? 'eu-west-1' : (constraint ?? 'us-east-1');
  if (wanted !== region) throw incompatible(constraint ?? 'unspecified');
}

function incompatible(constraint: string): AwsError {
  return new AwsError(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function headBucket(
  { Bucket = '', ExpectedBucketOwner }: HeadBucketRequest,
  context: RequestContext,
): HeadBucketOutput {
  const bucket = own(bucketsOf(context.world), Bucket);
  if (bucket === undefined) throw new AwsError('NotFound', 'Not Found', 404);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== context.accountId)
    throw accessDenied('Forbidden');
  if (bucket.region !== context.region) {
    throw new AwsError('PermanentRedirect', 'Moved Permanently', 301, { Region: bucket.region });
  }
  return {
    BucketArn: `arn:${context.partition}:s3:::${Bucket}`,
    BucketRegion: bucket.region,
    AccessPointAlias: false,
  };
}

/** @throws AwsError BucketNotEmpty */
export function removeBucket({ name, objects, versioning, uploads }: BucketRecord, { world }: Scope): void {
  if (Object.keys(objects).length > 0) {
    const message = 'The bucket you tried to delete is not empty';
    throw new AwsError(
      'BucketNotEmpty',
      versioning === undefined ? message : `${message}. You must delete all versions in the bucket.`,
      409,
      { BucketName: name },
    );
  }
  for (const uploadId of Object.keys(uploads)) remove(uploads, uploadId);
  remove(bucketsOf(world), name);
}

const LARGEST_PAGE = 10_000;

function listBuckets(input: ListBucketsRequest, context: RequestContext): ListBucketsOutput {
  const { MaxBuckets = LARGEST_PAGE, ContinuationToken, Prefix = '', BucketRegion } = input;
  if (MaxBuckets < 1 || MaxBuckets > LARGEST_PAGE) {
    throw invalidArgument(
      'Argument max-buckets must be an integer between 1 and 10000',
      'max-buckets',
      String(MaxBuckets),
    );
  }
  const all = sorted(bucketsOf(context.world)).filter(
    ({ name, region }) => name.startsWith(Prefix) && (BucketRegion === undefined || region === BucketRegion),
  );
  const { items, nextToken } = pageOf(all, MaxBuckets, ContinuationToken, (token) =>
    invalidArgument('The continuation token provided is incorrect', 'continuation-token', token),
  );
  return {
    Buckets: items.map(({ name, region, createdAt }) => ({
      Name: name,
      CreationDate: new Date(createdAt),
      BucketRegion: region,
      BucketArn: `arn:${context.partition}:s3:::${name}`,
    })),
    Owner: { ID: ownerId(context) },
    ...(nextToken !== undefined && { ContinuationToken: nextToken }),
    ...(Prefix !== '' && { Prefix }),
  };
}

/** Unlike all others, this one answers for a bucket of any region. */
function getBucketLocation(
  { Bucket = '' }: { Bucket?: string },
  context: RequestContext,
): GetBucketLocationOutput {
  const region = own(bucketsOf(context.world), Bucket)?.region;
  if (region === undefined) throw noSuchBucket(Bucket);
  return { LocationConstraint: region === 'us-east-1' ? undefined : (region as BucketLocationConstraint) };
}

export const bucketOperations = {
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: onBucket<DeleteBucketRequest, object>('s3:DeleteBucket', (bucket, _input, context) => {
    removeBucket(bucket, context);
    return {};
  }),
  ListBuckets: listBuckets,
  GetBucketLocation: getBucketLocation,
};
