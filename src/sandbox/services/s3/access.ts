import type { RequestContext } from '../../kernel/world.ts';
import { AwsError } from '../../kernel/errors.ts';
import { own } from '../../kernel/table.ts';
import type { ConditionContext } from '../iam/policy/conditions.ts';
import { readPolicy } from '../iam/policy/document.ts';
import { evaluatePolicies } from '../iam/policy/evaluate.ts';
import { accessDenied, noSuchBucket } from './errors.ts';
import { bucketsOf, type BucketRecord } from './state.ts';

/** Members that S3's requests share. */
export interface BucketRequest {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/**
 * An operation on a bucket: what it does once the bucket is found and its policy does not forbid it.
 * @param action the action that the policy is asked for
 */
export function onBucket<Input extends BucketRequest, Output>(
  action: string | ((input: Input) => string),
  act: (bucket: BucketRecord, input: Input, context: RequestContext) => Output,
): (input: Input, context: RequestContext) => Output {
  return (input, context) => {
    const bucket = reachableBucket(input, context);
    checkPolicy(bucket, typeof action === 'string' ? action : action(input), input, context);
    return act(bucket, input, context);
  };
}

/** @throws AwsError NoSuchBucket, PermanentRedirect, AccessDenied for a bucket of another owner than expected */
export function reachableBucket(
  { Bucket = '', ExpectedBucketOwner }: BucketRequest,
  context: RequestContext,
): BucketRecord {
  const bucket = own(bucketsOf(context.world), Bucket);
  if (bucket === undefined) throw noSuchBucket(Bucket);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== context.accountId) throw accessDenied();
  if (bucket.region !== context.region) {
    throw new AwsError(
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      301,
      { Endpoint: `${Bucket}.s3.${bucket.region}.amazonaws.com`, Bucket, Region: bucket.region },
    );
  }
  return bucket;
}

/**
 * Asks the bucket's policy. Only its denials count, as the sandbox lets its own account do everything else. Loopback
 * counts as secure transport: there is nobody on the wire.
 * @throws AwsError AccessDenied
 */
export function checkPolicy(
  { name, policy }: BucketRecord,
  action: string,
  input: Pick<BucketRequest, 'Key'>,
  context: RequestContext,
): void {
  if (policy === undefined) return;
  const resource = `arn:${context.partition}:s3:::${name}${input.Key === undefined ? '' : `/${input.Key}`}`;
  const { effect } = evaluatePolicies(readPolicy(policy), {
    action,
    resource,
    principal: context.callerArn,
    context: { ...conditionContext(context), ...requestKeys(input) },
  });
  if (effect !== 'explicitDeny') return;
  throw accessDenied(
    `User: ${context.callerArn} is not authorized to perform: ${action} on resource: "${resource}" with an explicit deny in a resource-based policy`,
  );
}

function conditionContext({ callerArn, accountId, region }: RequestContext): ConditionContext {
  return {
    'aws:securetransport': 'true',
    's3:tlsversion': '1.3',
    's3:authtype': 'REST-HEADER',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    'aws:sourceip': '127.0.0.1',
    'aws:principalarn': callerArn,
    'aws:principalaccount': accountId,
    's3:resourceaccount': accountId,
    'aws:resourceaccount': accountId,
    'aws:requestedregion': region,
    'aws:principalisawsservice': 'false',
    'aws:viaawsservice': 'false',
  };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys */
const REQUEST_KEYS: Readonly<Record<string, string>> = {
  ServerSideEncryption: 's3:x-amz-server-side-encryption',
  SSEKMSKeyId: 's3:x-amz-server-side-encryption-aws-kms-key-id',
  StorageClass: 's3:x-amz-storage-class',
  ACL: 's3:x-amz-acl',
  CopySource: 's3:x-amz-copy-source',
  MetadataDirective: 's3:x-amz-metadata-directive',
  Prefix: 's3:prefix',
  Delimiter: 's3:delimiter',
  MaxKeys: 's3:max-keys',
  VersionId: 's3:versionid',
  IfNoneMatch: 's3:if-none-match',
  IfMatch: 's3:if-match',
};

function requestKeys(input: object): ConditionContext {
  return Object.fromEntries(
    Object.entries(input).flatMap(([member, value]: [string, unknown]) => {
      const key = own(REQUEST_KEYS, member);
      const scalar = typeof value === 'string' || typeof value === 'number';
      return key === undefined || !scalar ? [] : [[key, String(value)]];
    }),
  );
}
