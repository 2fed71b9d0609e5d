import type {
  DeleteBucketEncryptionRequest,
  GetBucketEncryptionOutput,
  GetBucketEncryptionRequest,
  PutBucketEncryptionRequest,
  ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { usableKey } from '../../kms/state.ts';
import { onBucket } from '../access.ts';
import { invalidArgument, malformedXml, notImplemented } from '../errors.ts';
import type { BucketRecord, DefaultEncryption } from '../state.ts';

const SSE_S3: DefaultEncryption = { algorithm: 'AES256', bucketKey: false };

export function isKms(algorithm: string): boolean {
  return algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse';
}

/** What an object's request says of its encryption. */
export interface EncryptionRequest {
  readonly ServerSideEncryption?: ServerSideEncryption | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/**
 * How a new object is encrypted: as the request says, else as its bucket does.
 * @throws AwsError InvalidArgument, and KMS's errors with `KMS.` before their codes
 */
export function objectEncryption(
  bucket: BucketRecord,
  request: EncryptionRequest,
  { world }: Scope,
): DefaultEncryption {
  if (request.SSECustomerAlgorithm !== undefined)
    throw notImplemented('x-amz-server-side-encryption-customer-algorithm');
  const algorithm = request.ServerSideEncryption ?? bucket.encryption.algorithm;
  if (algorithm === 'AES256') {
    if (request.SSEKMSKeyId === undefined) return SSE_S3;
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      'x-amz-server-side-encryption',
      request.ServerSideEncryption ?? 'null',
    );
  }
  if (!isKms(algorithm)) {
    throw invalidArgument(
      'The encryption method specified is not supported',
      'x-amz-server-side-encryption',
      algorithm,
    );
  }
  const inherits = isKms(bucket.encryption.algorithm);
  const wanted = request.SSEKMSKeyId ?? (inherits ? bucket.encryption.kmsKeyId : undefined) ?? 'alias/aws/s3';
  return {
    algorithm,
    kmsKeyId: kmsKeyArn(wanted, world.scope(bucket.region)),
    bucketKey: request.BucketKeyEnabled ?? bucket.encryption.bucketKey,
  };
}

/** The ARN of a key that S3 may use. @throws AwsError KMS.NotFoundException and the like */
export function kmsKeyArn(keyId: string, scope: Scope): string {
  try {
    return usableKey(scope, keyId).arn;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(`KMS.${error.code}`, error.message);
  }
}

/** The members with which S3 tells how an object is encrypted. */
export function encryptionAnswer({ algorithm, kmsKeyId, bucketKey }: DefaultEncryption) {
  return {
    ServerSideEncryption: algorithm,
    ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    ...(bucketKey && isKms(algorithm) && { BucketKeyEnabled: true }),
  };
}

/** @throws AwsError MalformedXML, InvalidArgument */
export function setEncryption(
  bucket: BucketRecord,
  configuration: PutBucketEncryptionRequest['ServerSideEncryptionConfiguration'],
): void {
  const [rule, ...more] = configuration?.Rules ?? [];
  const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  if (rule === undefined || more.length > 0) throw malformedXml();
  const algorithm = SSEAlgorithm ?? 'AES256';
  if (algorithm !== 'AES256' && !isKms(algorithm)) throw malformedXml();
  if (KMSMasterKeyID !== undefined && !isKms(algorithm)) {
    throw invalidArgument(
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      'ApplyServerSideEncryptionByDefault',
      'AES256',
    );
  }
  bucket.encryption = {
    algorithm,
    ...(KMSMasterKeyID !== undefined && { kmsKeyId: KMSMasterKeyID }),
    bucketKey: rule.BucketKeyEnabled ?? false,
  };
}

export const encryptionOperations = {
  PutBucketEncryption: onBucket<PutBucketEncryptionRequest, object>(
    's3:PutEncryptionConfiguration',
    (bucket, input) => {
      setEncryption(bucket, input.ServerSideEncryptionConfiguration);
      return {};
    },
  ),
  GetBucketEncryption: onBucket<GetBucketEncryptionRequest, GetBucketEncryptionOutput>(
    's3:GetEncryptionConfiguration',
    ({ encryption: { algorithm, kmsKeyId, bucketKey } }) => ({
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: algorithm,
              ...(kmsKeyId !== undefined && { KMSMasterKeyID: kmsKeyId }),
            },
            BucketKeyEnabled: bucketKey,
          },
        ],
      },
    }),
  ),
  DeleteBucketEncryption: onBucket<DeleteBucketEncryptionRequest, object>(
    's3:PutEncryptionConfiguration',
    (bucket) => {
      bucket.encryption = SSE_S3;
      return {};
    },
  ),
};
