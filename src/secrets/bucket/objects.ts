import type { ListObjectVersionsCommandOutput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { AwsContext } from '../../aws/context.ts';
import { decodedKey, ENCODED_KEYS } from '../../aws/object-keys.ts';
import { redactedRequest } from '../../aws/redacted-request.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import type { RepeatedPuts } from '../../aws/repeated-puts.ts';
import { OperationError } from '../../errors.ts';
import type { BucketLocation } from './location.ts';

/** How secrets are to be encrypted. */
export type Encryption =
  /** By KMS, with this key, or the account's default one for S3. */
  | { readonly kind: 'kms'; readonly key?: string }
  /** As the bucket does by itself. */
  | { readonly kind: 'bucket' };

export interface StoredSecret {
  readonly body: Buffer;
  /** Tells this content from any other of the key. */
  readonly etag: string;
  readonly versionId: string;
}

/** A version of a secret, without its content. */
export interface SecretVersion {
  readonly key: string;
  readonly versionId: string;
  readonly modifiedAt: Date;
  readonly bytes: number;
  /** Whether it is what builds get. */
  readonly latest: boolean;
  /** It tells that the secret was removed then, and has no content. */
  readonly removal: boolean;
}

export interface Written {
  readonly key: string;
  readonly versionId: string;
  readonly bytes: number;
  /** `aws:kms`, `AES256` */
  readonly encryption: string;
}

/** What has to be there for a write to happen: this content, nothing, or whatever is there. */
export type Condition = { readonly etag: string } | 'absent' | 'any';

/** Somebody else has written the key meanwhile. */
export class ConflictError extends Error {}

/** The objects of a bucket, as the commands for secrets need them. */
export interface SecretObjects {
  /** Undefined for what is not there. */
  read(key: string, versionId?: string): Promise<StoredSecret | undefined>;
  /** @throws ConflictError; OperationError where it was not encrypted as it should be, and then nothing stays */
  write(key: string, body: Buffer, condition: Condition): Promise<Written>;
  /** Every version and removal below a prefix, newest first for each key. */
  versions(prefix: string): Promise<readonly SecretVersion[]>;
  /** How a version is encrypted: `aws:kms`, `AES256`. */
  encryption(key: string): Promise<string | undefined>;
  /** Older versions stay. */
  remove(key: string): Promise<void>;
  removeVersion(key: string, versionId: string): Promise<void>;
  /** Whether the bucket keeps what is overwritten or removed. */
  keepsVersions(): Promise<boolean>;
}

/** The same on S3. Every request says whose bucket it expects. */
export function secretObjects(
  aws: AwsContext,
  { bucket, account }: BucketLocation,
  encryption: Encryption,
): SecretObjects {
  const load = async () => ({ sdk: await import('../../aws/sdk/s3.ts'), client: await aws.clients.s3() });
  const target = { Bucket: bucket, ExpectedBucketOwner: account };
  let puts: RepeatedPuts | undefined;
  const objects: SecretObjects = {
    async read(key, versionId) {
      const { sdk, client } = await load();
      try {
        const answer = await client.send(
          new sdk.GetObjectCommand({ ...target, Key: key, VersionId: versionId }),
        );
        return {
          body: Buffer.from((await answer.Body?.transformToByteArray()) ?? []),
          etag: answer.ETag ?? '',
          versionId: answer.VersionId ?? 'null',
        };
      } catch (error) {
        const code = awsErrorCode(error) ?? '';
        // S3 calls what does not look like a version an invalid argument.
        if (/^NoSuch(Key|Version)$/.test(code) || (versionId !== undefined && code === 'InvalidArgument')) {
          return undefined;
        }
        throw error;
      }
    },

    async write(key, body, condition) {
      const { client } = await load();
      try {
        const { RepeatedPuts } = await import('../../aws/repeated-puts.ts');
        puts ??= new RepeatedPuts(
          client,
          { ...target, ContentType: 'text/plain; charset=utf-8', ...encryptionFields(encryption) },
          aws.clients.log,
        );
        const put = { Key: key, Body: body, ...conditionFields(condition) };
        const answer = await redactedRequest(body.toString('utf8'), puts.put(put));
        const { ServerSideEncryption = 'nothing', SSEKMSKeyId, VersionId } = answer;
        const fault = encryptionFault(encryption, ServerSideEncryption, SSEKMSKeyId);
        if (fault !== undefined) {
          if (VersionId === undefined) await objects.remove(key);
          else await objects.removeVersion(key, VersionId);
          throw new OperationError(`s3://${bucket}/${key} was ${fault}, so it has been taken out again`, {
            hint: 'Something between here and S3 changes the request, or the other side does not do KMS. To store it all the same: --no-encrypt',
          });
        }
        return { key, versionId: VersionId ?? 'null', bytes: body.length, encryption: ServerSideEncryption };
      } catch (error) {
        // S3 tells so too of another write that has not ended.
        if (/^(PreconditionFailed|ConditionalRequestConflict|NoSuchKey)$/.test(awsErrorCode(error) ?? '')) {
          throw new ConflictError(`s3://${bucket}/${key} was changed by somebody else meanwhile`, {
            cause: error,
          });
        }
        throw error;
      }
    },

    async versions(prefix) {
      const { sdk, client } = await load();
      const found: SecretVersion[] = [];
      let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (next !== undefined) {
        const page: ListObjectVersionsCommandOutput = await client.send(
          new sdk.ListObjectVersionsCommand({ ...target, ...ENCODED_KEYS, Prefix: prefix, ...next }),
        );
        next = page.IsTruncated
          ? {
              KeyMarker: decodedKey(page.NextKeyMarker ?? '', page),
              VersionIdMarker: page.NextVersionIdMarker,
            }
          : undefined;
        const entries = [
          ...(page.Versions ?? []).map((each) => ({ ...each, removal: false })),
          ...(page.DeleteMarkers ?? []).map((each) => ({ ...each, Size: 0, removal: true })),
        ];
        for (const { Key, VersionId, LastModified, IsLatest, Size, removal } of entries) {
          found.push({
            key: decodedKey(Key ?? '', page),
            versionId: VersionId ?? 'null',
            modifiedAt: LastModified ?? new Date(0),
            bytes: Size ?? 0,
            latest: IsLatest ?? false,
            removal,
          });
        }
      }
      // S3 lists versions and removals apart, each from the newest on.
      return found.sort(
        (a, b) =>
          (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) ||
          Number(b.latest) - Number(a.latest) ||
          b.modifiedAt.getTime() - a.modifiedAt.getTime(),
      );
    },

    async encryption(key) {
      const { sdk, client } = await load();
      return (await client.send(new sdk.HeadObjectCommand({ ...target, Key: key }))).ServerSideEncryption;
    },

    async remove(key) {
      const { sdk, client } = await load();
      await client.send(new sdk.DeleteObjectCommand({ ...target, Key: key }));
    },

    async removeVersion(key, versionId) {
      const { sdk, client } = await load();
      await client.send(new sdk.DeleteObjectCommand({ ...target, Key: key, VersionId: versionId }));
    },

    async keepsVersions() {
      const { sdk, client } = await load();
      return (await client.send(new sdk.GetBucketVersioningCommand(target))).Status === 'Enabled';
    },
  };
  return objects;
}

function encryptionFields(encryption: Encryption): Partial<PutObjectCommandInput> {
  if (encryption.kind === 'bucket') return {};
  return {
    ServerSideEncryption: 'aws:kms',
    // One call to KMS for many objects, where the bucket does not say so itself.
    BucketKeyEnabled: true,
    ...(encryption.key !== undefined && { SSEKMSKeyId: encryption.key }),
  };
}

function conditionFields(condition: Condition): Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'> {
  if (condition === 'any') return {};
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
}

/** What is wrong with how S3 says that it has encrypted; an alias cannot be told from the key that it stands for. */
function encryptionFault(wanted: Encryption, algorithm: string, key: string | undefined): string | undefined {
  if (wanted.kind === 'bucket') return undefined;
  if (!algorithm.startsWith('aws:kms')) return `not encrypted by KMS but by ${algorithm}`;
  const id = wanted.key?.split('/').at(-1);
  const named = wanted.key !== undefined && !wanted.key.includes('alias/');
  return named && key !== undefined && key.split('/').at(-1) !== id
    ? `encrypted with another key than the one asked for`
    : undefined;
}
