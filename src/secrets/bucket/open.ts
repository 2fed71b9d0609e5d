import type { AwsContext } from '../../aws/context.ts';
import { guardBucket, type DefaultEncryption } from './guard.ts';
import type { BucketLocation } from './location.ts';
import { type Encryption, type SecretObjects, secretObjects } from './objects.ts';

/** A bucket that has been found. */
export interface OpenBucket {
  readonly aws: AwsContext;
  readonly place: BucketLocation;
  readonly objects: SecretObjects;
  /** What its owner should know. */
  readonly warnings: readonly string[];
}

/** Opens a bucket to look into it. */
export function openForReading(aws: AwsContext, place: BucketLocation): OpenBucket {
  const there = aws.inRegion(place.region);
  return { aws: there, place, objects: secretObjects(there, place, { kind: 'bucket' }), warnings: [] };
}

export interface EncryptionOptions {
  /** ARN, id or alias of a KMS key. */
  readonly kmsKey?: string | undefined;
  /** False to store as the bucket does by itself. */
  readonly encrypt: boolean;
}

/**
 * Opens a bucket to store secrets in, where it may hold any.
 * @throws OperationError for one that is public, of another account or in another region
 */
export async function openForWriting(
  aws: AwsContext,
  place: BucketLocation,
  { kmsKey, encrypt }: EncryptionOptions,
): Promise<OpenBucket> {
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

/** The key that was asked for, else the stack's, else the bucket's own, else the account's default one for S3. */
function chooseKey(
  asked: string | undefined,
  { stack }: BucketLocation,
  byDefault: DefaultEncryption | undefined,
): Encryption {
  const key = asked ?? stack?.kmsKey ?? byDefault?.kmsKey;
  return key === undefined ? { kind: 'kms' } : { kind: 'kms', key };
}

/** The instances of a stack may decrypt with one key only, beside the account's default one. */
function foreignKey(encryption: Encryption, { name, stack }: BucketLocation): string | undefined {
  if (stack === undefined || encryption.kind === 'bucket' || encryption.key === undefined) return undefined;
  const { key } = encryption;
  const own = stack.kmsKey;
  const same = own !== undefined && own.split('/').at(-1) === key.split('/').at(-1);
  if (same || key.endsWith('alias/aws/s3')) return undefined;
  return `The instances of ${name} may decrypt with ${own ?? "the account's default key for S3"} only, unless their role says otherwise: set SecretsBucketKMSKey to ${key}.`;
}
