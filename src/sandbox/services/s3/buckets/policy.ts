import type {
  DeleteBucketPolicyRequest,
  GetBucketPolicyOutput,
  GetBucketPolicyRequest,
  GetBucketPolicyStatusOutput,
  PutBucketPolicyRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { RequestContext, Scope } from '../../../kernel/world.ts';
import { PolicyFault, readPolicy, type Statement } from '../../iam/policy/document.ts';
import { onBucket, reachableBucket } from '../access.ts';
import { accessDenied } from '../errors.ts';
import type { BucketRecord } from '../state.ts';

const LARGEST_POLICY = 20_480;

/** @throws AwsError MalformedPolicy, AccessDenied where the bucket refuses public policies */
export function setPolicy(bucket: BucketRecord, policy: string, scope: Scope & { callerArn?: string }): void {
  const statements = checkedPolicy(bucket, policy);
  if (bucket.publicAccessBlock?.BlockPublicPolicy && statements.some(isPublic)) {
    throw accessDenied(
      `User: ${scope.callerArn ?? `arn:${scope.partition}:iam::${scope.accountId}:root`} is not authorized to perform: s3:PutBucketPolicy ` +
        `on resource: "arn:${scope.partition}:s3:::${bucket.name}" because public policies are prevented by the ` +
        'BlockPublicPolicy setting in S3 Block Public Access.',
    );
  }
  bucket.policy = policy;
}

function checkedPolicy({ name }: BucketRecord, policy: string): Statement[] {
  const malformed = (message: string) => new AwsError('MalformedPolicy', message);
  if (policy.length > LARGEST_POLICY)
    throw malformed('Normalized policy document exceeds the maximum allowed size of 20480 bytes.');
  if (!policy.trimStart().startsWith('{'))
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  try {
    const statements = readPolicy(policy);
    for (const { principal, resources, actions } of statements) {
      if (principal === undefined) throw malformed('Missing required field Principal');
      if (resources === undefined) throw malformed('Missing required field Resource');
      if (!actions.every((action) => action === '*' || /^s3:/i.test(action)))
        throw malformed('Policy has invalid action');
      if (!resources.every((resource) => isWithin(resource, name)))
        throw malformed('Policy has invalid resource');
    }
    return statements;
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    throw malformed(
      error.message.includes('Json') ? 'This policy contains invalid Json' : error.message.replace(/\.$/, ''),
    );
  }
}

function isWithin(resource: string, bucket: string): boolean {
  const [, path] = /^arn:aws[^:]*:s3:::(.+)$/.exec(resource) ?? [];
  return (
    resource === '*' || path === bucket || path?.startsWith(`${bucket}/`) === true || path === `${bucket}*`
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status */
const FIXING_KEYS =
  /^(aws:(sourcearn|sourcevpc|sourcevpce|sourceowner|sourceaccount|sourceip|principalorgid|principalorgpaths|principalaccount|principalarn|userid|calledvia)|s3:(dataaccesspointarn|x-amz-server-side-encryption-aws-kms-key-id))$/i;

function isPublic({ effect, principal = {}, conditions }: Statement): boolean {
  const forEveryone = Object.values(principal).some((names) => names.includes('*'));
  const fixed = Object.values(conditions).some((keys) =>
    Object.entries(keys).some(
      ([key, values]) => FIXING_KEYS.test(key) && !values.some((value) => value === '*'),
    ),
  );
  return effect === 'Allow' && forEveryone && !fixed;
}

const noPolicy = (bucket: BucketRecord) =>
  new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, { BucketName: bucket.name });

export const policyOperations = {
  // The account itself can always change the policy, or nobody could after a mistake in it.
  PutBucketPolicy(input: PutBucketPolicyRequest, context: RequestContext): object {
    setPolicy(reachableBucket(input, context), input.Policy ?? '', context);
    return {};
  },
  DeleteBucketPolicy(input: DeleteBucketPolicyRequest, context: RequestContext): object {
    delete reachableBucket(input, context).policy;
    return {};
  },
  GetBucketPolicy(input: GetBucketPolicyRequest, context: RequestContext): GetBucketPolicyOutput {
    const bucket = reachableBucket(input, context);
    if (bucket.policy === undefined) throw noPolicy(bucket);
    return { Policy: bucket.policy };
  },
  GetBucketPolicyStatus: onBucket<GetBucketPolicyRequest, GetBucketPolicyStatusOutput>(
    's3:GetBucketPolicyStatus',
    (bucket) => {
      if (bucket.policy === undefined) throw noPolicy(bucket);
      return { PolicyStatus: { IsPublic: readPolicy(bucket.policy).some(isPublic) } };
    },
  ),
};
