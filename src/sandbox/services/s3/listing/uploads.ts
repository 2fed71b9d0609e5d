import type {
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
} from '@aws-sdk/client-s3';
import type { Scope } from '../../../kernel/world.ts';
import { byBytes } from '../../../kernel/table.ts';
import { onBucket } from '../access.ts';
import { ownerId } from '../buckets/lifecycle.ts';
import { checksumMember } from '../objects/checksums.ts';
import { upload } from '../objects/multipart.ts';
import type { BucketRecord } from '../state.ts';
import { encoder, pageSize } from './walk.ts';

function listMultipartUploads(
  bucket: BucketRecord,
  input: ListMultipartUploadsRequest,
  scope: Scope,
): ListMultipartUploadsOutput {
  const {
    Prefix = '',
    KeyMarker = '',
    UploadIdMarker = '',
    EncodingType,
    MaxUploads,
    Delimiter = '',
  } = input;
  const encode = encoder(EncodingType);
  const limit = pageSize(MaxUploads, 'max-uploads');
  const found = Object.values(bucket.uploads)
    .filter(({ key }) => key.startsWith(Prefix))
    .sort((left, right) => byBytes(left.key, right.key) || left.startedAt - right.startedAt);
  const start =
    UploadIdMarker === ''
      ? found.filter(({ key }) => KeyMarker === '' || byBytes(key, KeyMarker) > 0)
      : found.slice(found.findIndex(({ uploadId }) => uploadId === UploadIdMarker) + 1);
  const shown = start.slice(0, limit);
  const truncated = shown.length < start.length;
  const last = shown.at(-1);
  const Owner = { ID: ownerId(scope) };
  const folded = ({ key }: { key: string }) => Delimiter !== '' && key.includes(Delimiter, Prefix.length);
  const prefixOf = ({ key }: { key: string }) =>
    key.slice(0, key.indexOf(Delimiter, Prefix.length) + Delimiter.length);
  return {
    Bucket: bucket.name,
    KeyMarker: encode(KeyMarker),
    UploadIdMarker,
    Prefix: encode(Prefix),
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    MaxUploads: limit,
    IsTruncated: truncated,
    ...(EncodingType !== undefined && { EncodingType }),
    ...(truncated && { NextKeyMarker: encode(last?.key ?? ''), NextUploadIdMarker: last?.uploadId }),
    Uploads: shown
      .filter((record) => !folded(record))
      .map(({ uploadId, key, startedAt, settings, checksumAlgorithm, checksumType }) => ({
        UploadId: uploadId,
        Key: encode(key),
        Initiated: new Date(startedAt),
        StorageClass: settings.storageClass,
        Owner,
        Initiator: Owner,
        ChecksumAlgorithm: checksumAlgorithm,
        ChecksumType: checksumType,
      })),
    CommonPrefixes: [...new Set(shown.filter(folded).map(prefixOf))].map((prefix) => ({
      Prefix: encode(prefix),
    })),
  };
}

function listParts(bucket: BucketRecord, input: ListPartsRequest, scope: Scope): ListPartsOutput {
  const record = upload(bucket, input.Key, input.UploadId);
  const limit = pageSize(input.MaxParts, 'max-parts');
  const following = Object.values(record.parts)
    .sort((left, right) => left.partNumber - right.partNumber)
    .filter(({ partNumber }) => partNumber > Number(input.PartNumberMarker ?? 0));
  const shown = following.slice(0, limit);
  const truncated = shown.length < following.length;
  const Owner = { ID: ownerId(scope) };
  return {
    Bucket: bucket.name,
    Key: record.key,
    UploadId: record.uploadId,
    PartNumberMarker: input.PartNumberMarker ?? '0',
    ...(truncated && { NextPartNumberMarker: String(shown.at(-1)?.partNumber ?? 0) }),
    MaxParts: limit,
    IsTruncated: truncated,
    StorageClass: record.settings.storageClass,
    Owner,
    Initiator: Owner,
    ChecksumAlgorithm: record.checksumAlgorithm,
    ChecksumType: record.checksumType,
    Parts: shown.map(({ partNumber, size, etag, modifiedAt, checksum }) => ({
      PartNumber: partNumber,
      Size: size,
      ETag: etag,
      LastModified: new Date(modifiedAt),
      ...(record.checksumAlgorithm !== undefined &&
        checksum !== undefined &&
        checksumMember(checksum.algorithm, checksum.value)),
    })),
  };
}

export const uploadListings = {
  ListMultipartUploads: onBucket('s3:ListBucketMultipartUploads', listMultipartUploads),
  ListParts: onBucket('s3:ListMultipartUploadParts', listParts),
};
