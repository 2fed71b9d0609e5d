import type {
  _Object,
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
} from '@aws-sdk/client-s3';
import type { Scope } from '../../../kernel/world.ts';
import { onBucket } from '../access.ts';
import { ownerId } from '../buckets/lifecycle.ts';
import { invalidArgument } from '../errors.ts';
import { current } from '../objects/versions.ts';
import type { BucketRecord } from '../state.ts';
import { encoder, pageSize, walk, type Listing } from './walk.ts';

interface Entry {
  readonly key: string;
  readonly entry: Omit<_Object, 'Key'>;
}

function listed(bucket: BucketRecord, listing: Listing, owner: string | undefined) {
  return walk<Entry>(Object.keys(bucket.objects), listing, (key) => {
    const version = current(bucket, key);
    if (version === undefined) return undefined;
    return {
      key,
      entry: {
        LastModified: new Date(version.modifiedAt),
        ETag: version.etag,
        ChecksumAlgorithm: [version.checksum.algorithm],
        ChecksumType: version.checksum.type,
        Size: version.size,
        StorageClass: version.storageClass,
        ...(owner !== undefined && { Owner: { ID: owner } }),
      },
    };
  });
}

function listObjectsV2(bucket: BucketRecord, input: ListObjectsV2Request, scope: Scope): ListObjectsV2Output {
  const { Prefix = '', Delimiter = '', StartAfter, ContinuationToken, EncodingType, MaxKeys } = input;
  const encode = encoder(EncodingType);
  const limit = pageSize(MaxKeys, 'max-keys');
  const after = ContinuationToken === undefined ? StartAfter : tokenKey(ContinuationToken);
  const owner = input.FetchOwner ? ownerId(scope) : undefined;
  const found = listed(bucket, { prefix: Prefix, delimiter: Delimiter, after, limit }, owner);
  return {
    Name: bucket.name,
    Prefix: encode(Prefix),
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    MaxKeys: MaxKeys ?? limit,
    KeyCount: found.items.length + found.commonPrefixes.length,
    IsTruncated: found.last !== undefined,
    ...(EncodingType !== undefined && { EncodingType }),
    ...(ContinuationToken !== undefined && { ContinuationToken }),
    ...(StartAfter !== undefined && { StartAfter: encode(StartAfter) }),
    ...(found.last !== undefined && {
      NextContinuationToken: Buffer.from(`1:${found.last}`).toString('base64url'),
    }),
    Contents: found.items.map(({ key, entry }) => ({ Key: encode(key), ...entry })),
    CommonPrefixes: found.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
}

function tokenKey(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('1:')) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
  return text.slice(2);
}

function listObjects(bucket: BucketRecord, input: ListObjectsRequest, scope: Scope): ListObjectsOutput {
  const { Prefix = '', Delimiter = '', Marker = '', EncodingType, MaxKeys } = input;
  const encode = encoder(EncodingType);
  const limit = pageSize(MaxKeys, 'max-keys');
  const found = listed(
    bucket,
    { prefix: Prefix, delimiter: Delimiter, after: Marker, limit },
    ownerId(scope),
  );
  return {
    Name: bucket.name,
    Prefix: encode(Prefix),
    Marker: encode(Marker),
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    MaxKeys: MaxKeys ?? limit,
    IsTruncated: found.last !== undefined,
    ...(EncodingType !== undefined && { EncodingType }),
    // Without a delimiter the last key is the marker, and S3 says nothing.
    ...(found.last !== undefined && Delimiter !== '' && { NextMarker: encode(found.last) }),
    Contents: found.items.map(({ key, entry }) => ({ Key: encode(key), ...entry })),
    CommonPrefixes: found.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
}

export const objectListings = {
  ListObjectsV2: onBucket('s3:ListBucket', listObjectsV2),
  ListObjects: onBucket('s3:ListBucket', listObjects),
};
