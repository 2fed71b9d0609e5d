import type { AwsContext } from '../../aws/context.ts';
import { guardBucket, type DefaultEncryption } from './guard.ts';
import { type BucketPlace, locateBucket } from './locate.ts';
import { type Encryption, type SecretObjects, secretObjects } from './objects.ts';

/** Which bucket is meant: a stack's, or one by its own name. */
export interface Which {
  readonly stackName?: string | undefined;
  readonly bucket?: string | undefined;
}

/** A bucket that has been found. */
export interface OpenBucket {
  readonly aws: AwsContext;
  readonly place: BucketPlace;
  readonly objects: SecretObjects;
  /** What its owner should know. */
  readonly warnings: readonly string[];
}

/** Finds a bucket to look into. */
export async function openForReading(aws: AwsContext, which: Which): Promise<OpenBucket> {
  return openBucket(aws, await located(aws, which));
}

/** Opens a bucket, that is known already, to look into it. */
export function openBucket(aws: AwsContext, place: BucketPlace): OpenBucket {
  const there = aws.inRegion(place.region);
  return { aws: there, place, objects: secretObjects(there, place, { kind: 'bucket' }), warnings: [] };
}

export interface EncryptionWish {
  /** ARN, id or alias of a KMS key. */
  readonly kmsKey?: string | undefined;
  /** False to store as the bucket does by itself. */
  readonly encrypt: boolean;
}

/**
 * Finds a bucket to store secrets in, and looks whether it may hold any.
 * @throws OperationError for one that is public, of another account or in another region
 */
export async function openForWriting(
  aws: AwsContext,
  which: Which,
  { kmsKey, encrypt }: EncryptionWish,
): Promise<OpenBucket> {
  const place = await located(aws, which);
  const there = aws.inRegion(place.region);
  const facts = await guardBucket(there, place);
  const encryption = encrypt ? chooseKey(kmsKey, place, facts.encryption) : ({ kind: 'bucket' } as const);
  const warnings = facts.unknown.map(
    (what) =>
      `The ${what} settings of ${place.bucket} may not be looked at with this identity, and were not checked.`,
  );
  if (place.stack?.read === false) {
    warnings.push(
      `The builds of ${place.name} get nothing from this bucket: its EnableSecretsPlugin is false.`,
    );
  }
  const foreign = foreignKey(encryption, place);
  if (foreign !== undefined) warnings.push(foreign);
  return { aws: there, place, objects: secretObjects(there, place, encryption), warnings };
}

/** Finds the bucket, and loads what is needed next while AWS thinks. */
async function located(aws: AwsContext, which: Which): Promise<BucketPlace> {
  const [place] = await Promise.all([locateBucket(aws, which), import('../../aws/sdk/s3.ts')]);
  return place;
}

/** The key that was asked for, else the stack's, else the bucket's own, else the account's default one for S3. */
function chooseKey(
  asked: string | undefined,
  { stack }: BucketPlace,
  byDefault: DefaultEncryption | undefined,
): Encryption {
  const key = asked ?? stack?.kmsKey ?? byDefault?.kmsKey;
  return key === undefined ? { kind: 'kms' } : { kind: 'kms', key };
}

/** The instances of a stack may decrypt with one key only, beside the account's default one. */
function foreignKey(encryption: Encryption, { name, stack }: BucketPlace): string | undefined {
  if (stack === undefined || encryption.kind === 'bucket' || encryption.key === undefined) return undefined;
  const { key } = encryption;
  const own = stack.kmsKey;
  const same = own !== undefined && own.split('/').at(-1) === key.split('/').at(-1);
  if (same || key.endsWith('alias/aws/s3')) return undefined;
  return `The instances of ${name} may decrypt with ${own ?? "the account's default key for S3"} only, unless their role says otherwise: set SecretsBucketKMSKey to ${key}.`;
}
