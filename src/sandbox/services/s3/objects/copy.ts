import type { CopyObjectOutput, CopyObjectRequest } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../../kernel/world.ts';
import { own } from '../../../kernel/table.ts';
import { checkPolicy, onBucket } from '../access.ts';
import { encryptionAnswer } from '../buckets/encryption.ts';
import { invalidArgument, invalidRequest, noSuchBucket } from '../errors.ts';
import { bucketsOf, type BucketRecord, type ObjectVersion } from '../state.ts';
import { checksumAnswer, checksumOf } from './checksums.ts';
import { checkCopySource, checkWrite } from './conditions.ts';
import { bodyOf, readAction } from './get.ts';
import { checkKey, md5, storeObject } from './put.ts';
import { objectSettings, type SettingsRequest } from './settings.ts';
import { current, objectVersion, versionAnswer } from './versions.ts';

export interface CopySource {
  readonly bucket: BucketRecord;
  readonly key: string;
  readonly version: ObjectVersion;
  readonly body: Uint8Array;
}

interface CopyConditions {
  readonly CopySource?: string | undefined;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
}

/**
 * What `bucket/key?versionId=` names; the bucket may lie in any region.
 * @throws AwsError InvalidArgument, NoSuchBucket, NoSuchKey, PreconditionFailed, AccessDenied
 */
export function copySource(input: CopyConditions, context: RequestContext): CopySource {
  const given = input.CopySource ?? '';
  const [path = '', versionId] = given.replace(/^\//, '').split('?versionId=');
  const decoded = decodeURIComponent(path.replaceAll('+', ' '));
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      given,
    );
  }
  const name = decoded.slice(0, slash);
  const key = decoded.slice(slash + 1);
  const bucket = own(bucketsOf(context.world), name);
  if (bucket === undefined) throw noSuchBucket(name);
  checkPolicy(bucket, readAction({ VersionId: versionId }), { Key: key }, context);
  const version = objectVersion(bucket, key, versionId);
  checkCopySource(version, {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  });
  return { bucket, key, version, body: bodyOf(version, bucket, context) };
}

/** What the copy is to be like: as its source, but for what the request replaces. */
function wanted(input: CopyObjectRequest, { version }: CopySource): SettingsRequest {
  const { metadata, expires, tags } = version;
  const kept: SettingsRequest = {
    ContentType: version.contentType,
    CacheControl: version.cacheControl,
    ContentDisposition: version.contentDisposition,
    ContentEncoding: version.contentEncoding,
    ContentLanguage: version.contentLanguage,
    Expires: expires === undefined ? undefined : new Date(expires),
    Metadata: metadata,
  };
  const {
    ContentType,
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    Expires,
    Metadata,
  } = input;
  const replaced = {
    ContentType,
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    Expires,
    Metadata,
  };
  return {
    ...(input.MetadataDirective === 'REPLACE' ? replaced : kept),
    Tagging: input.TaggingDirective === 'REPLACE' ? input.Tagging : new URLSearchParams(tags).toString(),
    ACL: input.ACL,
    StorageClass: input.StorageClass,
    WebsiteRedirectLocation: input.WebsiteRedirectLocation,
    ServerSideEncryption: input.ServerSideEncryption,
    SSEKMSKeyId: input.SSEKMSKeyId,
    BucketKeyEnabled: input.BucketKeyEnabled,
    SSECustomerAlgorithm: input.SSECustomerAlgorithm,
  };
}

export const copyObject = onBucket<CopyObjectRequest, CopyObjectOutput>(
  's3:PutObject',
  (bucket, input, context) => {
    const key = input.Key ?? '';
    checkKey(key);
    const source = copySource(input, context);
    const changes =
      input.MetadataDirective === 'REPLACE' ||
      [input.StorageClass, input.ServerSideEncryption, input.WebsiteRedirectLocation].some(
        (value) => value !== undefined,
      );
    if (
      source.bucket === bucket &&
      source.key === key &&
      source.version === current(bucket, key) &&
      !changes
    ) {
      throw invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    checkWrite(current(bucket, key), key, input);
    const settings = objectSettings(bucket, wanted(input, source), context);
    const algorithm = input.ChecksumAlgorithm ?? source.version.checksum.algorithm;
    const checksum = { algorithm, type: 'FULL_OBJECT', value: checksumOf(algorithm, source.body) } as const;
    const version = storeObject(
      bucket,
      key,
      { body: source.body, etag: md5(source.body), checksum, settings },
      context,
    );
    return {
      CopyObjectResult: {
        ETag: version.etag,
        LastModified: new Date(version.modifiedAt),
        ...checksumAnswer(checksum),
      },
      ...(source.bucket.versioning !== undefined && { CopySourceVersionId: source.version.versionId }),
      ...encryptionAnswer(version.encryption),
      ...versionAnswer(bucket, version),
    };
  },
);
