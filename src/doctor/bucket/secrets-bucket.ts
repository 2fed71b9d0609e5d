import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import { awsErrorCode } from '../../aws/errors.ts';
import { type BucketFacts, bucketFacts } from '../../secrets/bucket/guard.ts';
import { type BucketLocation, bucketOfStack } from '../../secrets/bucket/location.ts';
import type { AwsContext } from '../../aws/context.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

export interface BucketState extends BucketFacts {
  readonly bucket: string;
  readonly region: string;
  readonly versioned: boolean;
  /** Whether every way to make it public is shut. */
  readonly blocked: boolean;
}

export interface BucketRepairs {
  readonly block: () => Promise<void>;
  readonly encrypt: () => Promise<void>;
  readonly version: () => Promise<void>;
}

/** Whether the secrets of the builds are kept as secrets. What is in them, `bk-stack secrets lint` looks at. */
export function bucketCheck(facts: StackFacts): Check {
  return {
    title: 'Secrets bucket',
    run: async () => {
      if (
        facts.parameter('SecretsBucket') === undefined &&
        facts.output('ManagedSecretsBucket') === undefined
      ) {
        return examined('the stack has none');
      }
      const place = bucketOfStack(facts.stack, facts.region);
      const aws = facts.aws.inRegion(place.region);
      const state = await bucketState(aws, place);
      if (state === undefined) return examined('', bucketMissing(place));
      return examined(
        `${place.bucket} is private, encrypted by ${state.encryption?.algorithm ?? '?'}, versioned`,
        ...judgeBucket(state, bucketRepairs(aws, place)),
      );
    },
  };
}

/** Undefined for a bucket that is not there. */
export async function bucketState(aws: AwsContext, place: BucketLocation): Promise<BucketState | undefined> {
  const sdk = await import('../../aws/sdk/s3.ts');
  const client = await aws.clients.s3();
  const target = { Bucket: place.bucket, ExpectedBucketOwner: place.account };
  try {
    const { Status } = await client.send(new sdk.GetBucketVersioningCommand(target));
    const [facts, block] = await Promise.all([
      bucketFacts(aws, place),
      client
        .send(new sdk.GetPublicAccessBlockCommand(target))
        .then(({ PublicAccessBlockConfiguration }) => PublicAccessBlockConfiguration)
        .catch((error: unknown) => {
          if (awsErrorCode(error) === 'NoSuchPublicAccessBlockConfiguration') return undefined;
          throw error;
        }),
    ]);
    return {
      ...facts,
      bucket: place.bucket,
      region: place.region,
      versioned: Status === 'Enabled',
      blocked: isBlocked(block),
    };
  } catch (error) {
    if (awsErrorCode(error) === 'NoSuchBucket') return undefined;
    throw error;
  }
}

/** Tells whether every way to make a bucket public is shut: by lists and policies, those to come and those there are. */
export function isBlocked(block: PublicAccessBlockConfiguration | undefined): boolean {
  return (
    block?.BlockPublicAcls === true &&
    block.IgnorePublicAcls === true &&
    block.BlockPublicPolicy === true &&
    block.RestrictPublicBuckets === true
  );
}

export function bucketRepairs(aws: AwsContext, { bucket, account }: BucketLocation): BucketRepairs {
  const load = async () => ({ sdk: await import('../../aws/sdk/s3.ts'), client: await aws.clients.s3() });
  const target = { Bucket: bucket, ExpectedBucketOwner: account };
  return {
    async block() {
      const { sdk, client } = await load();
      const PublicAccessBlockConfiguration = {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      };
      await client.send(new sdk.PutPublicAccessBlockCommand({ ...target, PublicAccessBlockConfiguration }));
    },
    async encrypt() {
      const { sdk, client } = await load();
      const rule = {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const },
        BucketKeyEnabled: true,
      };
      const ServerSideEncryptionConfiguration = { Rules: [rule] };
      await client.send(new sdk.PutBucketEncryptionCommand({ ...target, ServerSideEncryptionConfiguration }));
    },
    async version() {
      const { sdk, client } = await load();
      const VersioningConfiguration = { Status: 'Enabled' as const };
      await client.send(new sdk.PutBucketVersioningCommand({ ...target, VersioningConfiguration }));
    },
  };
}

export function judgeBucket(
  { bucket, region, openBy, encryption, versioned, blocked, unknown }: BucketState,
  repairs: BucketRepairs,
): Finding[] {
  const [reason] = openBy;
  const block = {
    fix: `aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true --region ${region}`,
    repair: { does: `Blocks all public access to ${bucket}.`, carryOut: repairs.block },
  };
  const findings: Finding[] = [];
  if (reason !== undefined) {
    findings.push({
      code: 'bucket-open',
      severity: 'error',
      message: `The secrets bucket ${bucket} is open to others: ${reason}`,
      meaning:
        'Whoever finds it reads the keys and credentials of your builds. Count them as known to others.',
      ...block,
    });
  } else if (!blocked) {
    findings.push({
      code: 'bucket-not-blocked',
      severity: 'warning',
      message: `Public access to the secrets bucket ${bucket} is not blocked`,
      meaning: 'One policy or access list, set by mistake, opens the secrets to everybody.',
      ...block,
    });
  }
  if (!unknown.includes('encryption') && !encryption?.algorithm.startsWith('aws:kms')) {
    findings.push({
      code: 'bucket-not-kms',
      severity: 'warning',
      message: `The secrets bucket ${bucket} encrypts by ${encryption?.algorithm ?? 'nothing'} what does not ask for KMS itself`,
      meaning: 'Secrets that others than bk-stack store there are not guarded by a key of KMS.',
      fix: `aws s3api put-bucket-encryption --bucket ${bucket} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":true}]}' --region ${region}`,
      repair: {
        does: `Has ${bucket} encrypt by KMS, with the account's own key for S3.`,
        carryOut: repairs.encrypt,
      },
    });
  }
  if (!versioned) {
    findings.push({
      code: 'bucket-unversioned',
      severity: 'warning',
      message: `The secrets bucket ${bucket} keeps no versions`,
      meaning: 'What is overwritten or removed is gone: secrets restore has nothing to go back to.',
      fix: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled --region ${region}`,
      repair: { does: `Has ${bucket} keep versions.`, carryOut: repairs.version },
    });
  }
  return findings;
}

function bucketMissing({ bucket, name, region }: BucketLocation): Finding {
  return {
    code: 'bucket-missing',
    severity: 'error',
    message: `The secrets bucket ${bucket} is gone`,
    meaning: 'Builds get no keys and no credentials, and fail.',
    fix: `Make it again (aws s3api create-bucket --bucket ${bucket} --region ${region}${region === 'us-east-1' ? '' : ` --create-bucket-configuration LocationConstraint=${region}`}), then bk-stack doctor ${name} --fix, and store the secrets anew: bk-stack secrets put ${name}`,
  };
}
