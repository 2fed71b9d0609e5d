import type {
  DeleteMarkerEntry,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
  ObjectVersion,
} from '@aws-sdk/client-s3';
import type { Scope } from '../../../kernel/world.ts';
import { byBytes } from '../../../kernel/table.ts';
import { onBucket } from '../access.ts';
import { ownerId } from '../buckets/lifecycle.ts';
import { invalidArgument } from '../errors.ts';
import type { BucketRecord, VersionRecord } from '../state.ts';
import { encoder, follows, pageSize } from './walk.ts';

interface Row {
  readonly key: string;
  readonly version: VersionRecord;
  readonly latest: boolean;
}

/** Every version and delete marker: by key, then newest first. */
function rows({ objects }: BucketRecord): Row[] {
  return Object.keys(objects)
    .sort(byBytes)
    .flatMap((key) => (objects[key] ?? []).map((version, index) => ({ key, version, latest: index === 0 })));
}

function listObjectVersions(
  bucket: BucketRecord,
  input: ListObjectVersionsRequest,
  scope: Scope,
): ListObjectVersionsOutput {
  const { Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker, EncodingType, MaxKeys } = input;
  if (VersionIdMarker && KeyMarker === '') {
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      VersionIdMarker,
    );
  }
  const encode = encoder(EncodingType);
  const limit = pageSize(MaxKeys, 'max-keys');
  const candidates = from(
    rows(bucket).filter(({ key }) => key.startsWith(Prefix)),
    KeyMarker,
    VersionIdMarker,
    Delimiter,
  );
  const shown: Row[] = [];
  const commonPrefixes: string[] = [];
  let next: { readonly key: string; readonly versionId?: string } | undefined;
  let last: typeof next;
  for (const row of limit === 0 ? [] : candidates) {
    const end = Delimiter === '' ? -1 : row.key.indexOf(Delimiter, Prefix.length);
    const common = end < 0 ? undefined : row.key.slice(0, end + Delimiter.length);
    if (common !== undefined && common === commonPrefixes.at(-1)) continue;
    if (shown.length + commonPrefixes.length === limit) {
      next = last;
      break;
    }
    if (common === undefined) shown.push(row);
    else commonPrefixes.push(common);
    last = common === undefined ? { key: row.key, versionId: row.version.versionId } : { key: common };
  }
  const Owner = { ID: ownerId(scope) };
  return {
    Name: bucket.name,
    Prefix: encode(Prefix),
    KeyMarker: encode(KeyMarker),
    VersionIdMarker: VersionIdMarker ?? '',
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    MaxKeys: MaxKeys ?? limit,
    IsTruncated: next !== undefined,
    ...(EncodingType !== undefined && { EncodingType }),
    ...(next !== undefined && { NextKeyMarker: encode(next.key), NextVersionIdMarker: next.versionId }),
    Versions: shown.flatMap(({ key, version, latest }): ObjectVersion[] =>
      version.deleteMarker
        ? []
        : [
            {
              Key: encode(key),
              VersionId: version.versionId,
              IsLatest: latest,
              LastModified: new Date(version.modifiedAt),
              ETag: version.etag,
              ChecksumAlgorithm: [version.checksum.algorithm],
              ChecksumType: version.checksum.type,
              Size: version.size,
              StorageClass: version.storageClass as ObjectVersion['StorageClass'],
              Owner,
            },
          ],
    ),
    DeleteMarkers: shown.flatMap(({ key, version, latest }): DeleteMarkerEntry[] =>
      version.deleteMarker
        ? [
            {
              Key: encode(key),
              VersionId: version.versionId,
              IsLatest: latest,
              LastModified: new Date(version.modifiedAt),
              Owner,
            },
          ]
        : [],
    ),
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
}

/** The rows after a marker: after one version of its key, or after the key as a whole. */
function from(
  all: readonly Row[],
  key: string,
  versionId: string | undefined,
  delimiter: string,
): readonly Row[] {
  if (key === '') return all;
  if (versionId) {
    const at = all.findIndex((row) => row.key === key && row.version.versionId === versionId);
    if (at >= 0) return all.slice(at + 1);
  }
  return all.filter((row) => follows(row.key, key, delimiter));
}

export const versionListings = { ListObjectVersions: onBucket('s3:ListBucketVersions', listObjectVersions) };
