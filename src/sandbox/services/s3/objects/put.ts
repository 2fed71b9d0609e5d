import { createHash } from 'node:crypto';
import type { PutObjectOutput, PutObjectRequest } from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { onBucket } from '../access.ts';
import { encryptionAnswer } from '../buckets/encryption.ts';
import type { BucketRecord, Checksum, ObjectSettings, ObjectVersion, StoredPart } from '../state.ts';
import { checkedBody, checksumAnswer } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { objectSettings } from './settings.ts';
import { addVersion, current, versionAnswer } from './versions.ts';

const LONGEST_KEY = 1024;

/** A body as the wire gives it, or as another service does. */
export function bodyBytes(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body);
  throw new TypeError('the body of an object must be bytes or a text');
}

export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= LONGEST_KEY) return;
  throw new AwsError('KeyTooLongError', 'Your key is too long', 400, {
    Size: size,
    MaxSizeAllowed: LONGEST_KEY,
  });
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** Keeps an object. */
export function storeObject(
  bucket: BucketRecord,
  key: string,
  object: {
    readonly body: Uint8Array;
    readonly etag: string;
    readonly checksum: Checksum;
    readonly settings: ObjectSettings;
    readonly parts?: readonly StoredPart[];
  },
  scope: Scope,
): ObjectVersion {
  const { body, etag, checksum, settings, parts } = object;
  const version = {
    ...settings,
    etag: `"${etag}"`,
    size: body.length,
    blob: scope.world.blobs.put(body),
    checksum,
    ...(parts !== undefined && { parts }),
  };
  return addVersion<ObjectVersion>(bucket, key, version, scope);
}

export const putObject = onBucket<PutObjectRequest, PutObjectOutput>(
  's3:PutObject',
  (bucket, input, context) => {
    const key = input.Key ?? '';
    checkKey(key);
    const body = bodyBytes(input.Body);
    const checksum = checkedBody(body, input);
    const settings = objectSettings(bucket, input, context);
    checkWrite(current(bucket, key), key, input);
    const version = storeObject(bucket, key, { body, etag: md5(body), checksum, settings }, context);
    return {
      ETag: version.etag,
      ...encryptionAnswer(version.encryption),
      ...checksumAnswer(checksum),
      ...versionAnswer(bucket, version),
    };
  },
);
