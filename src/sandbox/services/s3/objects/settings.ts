import type { StorageClass } from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { checkTags } from '../../common/tags.ts';
import { encryptionAnswer, objectEncryption, type EncryptionRequest } from '../buckets/encryption.ts';
import { checkAcl } from '../buckets/settings.ts';
import { invalidArgument, invalidRequest } from '../errors.ts';
import type { BucketRecord, ObjectSettings, ObjectVersion } from '../state.ts';

/** The members that requests which make an object share. */
export interface SettingsRequest extends EncryptionRequest {
  readonly ACL?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Expires?: Date | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Metadata?: Record<string, string> | undefined;
  readonly StorageClass?: StorageClass | undefined;
  readonly Tagging?: string | undefined;
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

const LONGEST_METADATA = 2048;
const STORAGE_CLASSES = new Set<string>([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);

/** @throws AwsError for a setting that S3 would refuse */
export function objectSettings(bucket: BucketRecord, request: SettingsRequest, scope: Scope): ObjectSettings {
  checkAcl(bucket, request.ACL);
  if (request.ObjectLockMode !== undefined || request.ObjectLockLegalHoldStatus !== undefined) {
    throw invalidRequest('Bucket is missing Object Lock Configuration');
  }
  const metadata = lowerCased(request.Metadata ?? {});
  const size = Object.entries(metadata).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > LONGEST_METADATA) {
    throw new AwsError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
      {
        Size: size,
        MaxSizeAllowed: LONGEST_METADATA,
      },
    );
  }
  const storageClass = request.StorageClass ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass)) {
    throw new AwsError('InvalidStorageClass', 'The storage class you specified is not valid', 400, {
      StorageClassRequested: storageClass,
    });
  }
  return {
    contentType: request.ContentType ?? 'binary/octet-stream',
    ...(request.CacheControl !== undefined && { cacheControl: request.CacheControl }),
    ...(request.ContentDisposition !== undefined && { contentDisposition: request.ContentDisposition }),
    ...(request.ContentEncoding ? { contentEncoding: request.ContentEncoding } : {}),
    ...(request.ContentLanguage !== undefined && { contentLanguage: request.ContentLanguage }),
    ...(request.Expires !== undefined && { expires: request.Expires.getTime() }),
    ...(request.WebsiteRedirectLocation !== undefined && {
      websiteRedirectLocation: request.WebsiteRedirectLocation,
    }),
    metadata,
    storageClass,
    encryption: objectEncryption(bucket, request, scope),
    tags: request.Tagging === undefined ? {} : tagsInHeader(request.Tagging),
  };
}

function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value]));
}

/** The tags of the `x-amz-tagging` header, written like a query string. */
export function tagsInHeader(header: string): Record<string, string> {
  const pairs = [...new URLSearchParams(header)];
  const tags = Object.fromEntries(pairs);
  if (pairs.length !== Object.keys(tags).length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      header,
    );
  }
  checkObjectTags(tags);
  return tags;
}

/** @throws AwsError BadRequest for more than ten, InvalidTag */
export function checkObjectTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > 10)
    throw new AwsError('BadRequest', 'Object tags cannot be greater than 10');
  checkTags(tags, () => new AwsError('InvalidTag', 'System tags cannot be added/updated by requester'));
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128)
      throw new AwsError('InvalidTag', 'The TagKey you have provided is invalid');
    if (value.length > 256) throw new AwsError('InvalidTag', 'The TagValue you have provided is invalid');
  }
}

/** The headers with which S3 gives an object back. */
export function settingsAnswer(version: ObjectVersion) {
  const { expires, storageClass } = version;
  return {
    ContentType: version.contentType,
    ...(version.cacheControl !== undefined && { CacheControl: version.cacheControl }),
    ...(version.contentDisposition !== undefined && { ContentDisposition: version.contentDisposition }),
    ...(version.contentEncoding !== undefined && { ContentEncoding: version.contentEncoding }),
    ...(version.contentLanguage !== undefined && { ContentLanguage: version.contentLanguage }),
    ...(expires !== undefined && {
      Expires: new Date(expires),
      ExpiresString: new Date(expires).toUTCString(),
    }),
    ...(version.websiteRedirectLocation !== undefined && {
      WebsiteRedirectLocation: version.websiteRedirectLocation,
    }),
    Metadata: version.metadata,
    ...(storageClass !== 'STANDARD' && { StorageClass: storageClass }),
    ...encryptionAnswer(version.encryption),
  };
}
