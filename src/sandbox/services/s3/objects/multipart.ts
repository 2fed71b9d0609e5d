import { createHash } from 'node:crypto';
import type {
  AbortMultipartUploadRequest,
  ChecksumType,
  CompletedPart,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { RequestContext, Scope } from '../../../kernel/world.ts';
import { own, put, remove } from '../../../kernel/table.ts';
import { onBucket } from '../access.ts';
import { encryptionAnswer } from '../buckets/encryption.ts';
import { invalidArgument, malformedXml } from '../errors.ts';
import type { BucketRecord, Checksum, UploadedPart, UploadRecord } from '../state.ts';
import {
  checkedBody,
  checksumAnswer,
  checksumMember,
  checksumOf,
  compositeChecksum,
  givenChecksum,
} from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { copySource } from './copy.ts';
import { byteRange } from './get.ts';
import { bodyBytes, checkKey, md5, storeObject } from './put.ts';
import { objectSettings } from './settings.ts';
import { current, versionAnswer } from './versions.ts';

const SMALLEST_PART = 5 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** @throws AwsError NoSuchUpload */
export function upload(
  bucket: BucketRecord,
  key: string | undefined,
  uploadId: string | undefined,
): UploadRecord {
  const found = own(bucket.uploads, uploadId);
  if (found !== undefined && found.key === key) return found;
  throw new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: uploadId },
  );
}

/** Composite unless asked otherwise; CRC64NVME is always of the whole object. */
function typeOf(algorithm: string, asked: ChecksumType | undefined): ChecksumType {
  return asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
}

function create(
  bucket: BucketRecord,
  input: CreateMultipartUploadRequest,
  context: RequestContext,
): CreateMultipartUploadOutput {
  const key = input.Key ?? '';
  checkKey(key);
  const algorithm = input.ChecksumAlgorithm;
  const record: UploadRecord = {
    uploadId: context.world.ids.hex('', 64),
    key,
    startedAt: context.world.now(),
    settings: objectSettings(bucket, input, context),
    ...(algorithm !== undefined && {
      checksumAlgorithm: algorithm,
      checksumType: typeOf(algorithm, input.ChecksumType),
    }),
    parts: {},
  };
  put(bucket.uploads, record.uploadId, record);
  return {
    Bucket: bucket.name,
    Key: key,
    UploadId: record.uploadId,
    ...encryptionAnswer(record.settings.encryption),
    ...(algorithm !== undefined && { ChecksumAlgorithm: algorithm, ChecksumType: record.checksumType }),
  };
}

function addPart(
  record: UploadRecord,
  given: number | undefined,
  body: Uint8Array,
  checksum: Checksum,
  { world }: Scope,
): UploadedPart {
  const partNumber = given ?? 0;
  if (partNumber < 1 || partNumber > MOST_PARTS) {
    throw invalidArgument(
      'Part number must be an integer between 1 and 10000, inclusive',
      'partNumber',
      String(given),
    );
  }
  return put(record.parts, String(partNumber), {
    partNumber,
    size: body.length,
    etag: `"${md5(body)}"`,
    checksum,
    blob: world.blobs.put(body),
    modifiedAt: world.now(),
  });
}

function uploadPart(
  bucket: BucketRecord,
  input: UploadPartRequest,
  context: RequestContext,
): UploadPartOutput {
  const record = upload(bucket, input.Key, input.UploadId);
  const body = bodyBytes(input.Body);
  const algorithm = record.checksumAlgorithm ?? givenChecksum(input)?.algorithm;
  const checksum = checkedBody(body, { ...input, ChecksumAlgorithm: algorithm });
  const part = addPart(record, input.PartNumber, body, checksum, context);
  return {
    ETag: part.etag,
    ...encryptionAnswer(record.settings.encryption),
    ...(algorithm !== undefined && checksumMember(algorithm, checksum.value)),
  };
}

function uploadPartCopy(
  bucket: BucketRecord,
  input: UploadPartCopyRequest,
  context: RequestContext,
): UploadPartCopyOutput {
  const record = upload(bucket, input.Key, input.UploadId);
  const source = copySource(input, context);
  const range = byteRange(input.CopySourceRange, source.body.length);
  const body = range === undefined ? source.body : source.body.subarray(range.start, range.end + 1);
  const checksum = checkedBody(body, { ChecksumAlgorithm: record.checksumAlgorithm });
  const part = addPart(record, input.PartNumber, body, checksum, context);
  return {
    CopyPartResult: { ETag: part.etag, LastModified: new Date(part.modifiedAt) },
    ...encryptionAnswer(record.settings.encryption),
  };
}

/** @throws AwsError MalformedXML, InvalidPartOrder, InvalidPart, EntityTooSmall */
function chosenParts(record: UploadRecord, listed: readonly CompletedPart[]): UploadedPart[] {
  if (listed.length === 0) throw malformedXml();
  const chosen = listed.map(({ PartNumber = 0, ETag, ...checksums }, index) => {
    if (index > 0 && PartNumber <= (listed[index - 1]?.PartNumber ?? 0)) {
      throw new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        400,
        { UploadId: record.uploadId },
      );
    }
    const part = own(record.parts, String(PartNumber));
    const given = givenChecksum(checksums);
    const right =
      given === undefined ||
      part?.checksum?.algorithm !== given.algorithm ||
      part.checksum.value === given.value;
    if (part !== undefined && right && part.etag.replaceAll('"', '') === ETag?.replaceAll('"', ''))
      return part;
    throw new AwsError(
      'InvalidPart',
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      400,
      { UploadId: record.uploadId, PartNumber, ETag },
    );
  });
  for (const { partNumber, size, etag } of chosen.slice(0, -1)) {
    if (size >= SMALLEST_PART) continue;
    throw new AwsError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
      {
        ProposedSize: size,
        MinSizeAllowed: SMALLEST_PART,
        PartNumber: partNumber,
        ETag: etag,
      },
    );
  }
  return chosen;
}

function complete(
  bucket: BucketRecord,
  input: CompleteMultipartUploadRequest,
  context: RequestContext,
): CompleteMultipartUploadOutput {
  const key = input.Key ?? '';
  const record = upload(bucket, key, input.UploadId);
  const chosen = chosenParts(record, input.MultipartUpload?.Parts ?? []);
  checkWrite(current(bucket, key), key, input);
  const body = Buffer.concat(chosen.map(({ blob }) => context.world.blobs.get(blob)));
  const checksum = wholeChecksum(record, chosen, body);
  const given = givenChecksum(input);
  if (given !== undefined && given.algorithm === checksum.algorithm && given.value !== checksum.value) {
    throw new AwsError(
      'BadDigest',
      `The ${given.algorithm} you specified did not match the calculated checksum.`,
    );
  }
  const digests = Buffer.concat(chosen.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex')));
  const etag = `${createHash('md5').update(digests).digest('hex')}-${chosen.length}`;
  const parts = chosen.map(({ partNumber, size, checksum: own }) => ({
    partNumber,
    size,
    ...(own && { checksum: own }),
  }));
  const version = storeObject(
    bucket,
    key,
    { body, etag, checksum, settings: record.settings, parts },
    context,
  );
  remove(bucket.uploads, record.uploadId);
  return {
    Location: `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(key)}`,
    Bucket: bucket.name,
    Key: key,
    ETag: version.etag,
    ...checksumAnswer(checksum),
    ...encryptionAnswer(version.encryption),
    ...versionAnswer(bucket, version),
  };
}

function wholeChecksum(record: UploadRecord, parts: readonly UploadedPart[], body: Uint8Array): Checksum {
  const algorithm = record.checksumAlgorithm ?? 'CRC64NVME';
  if (typeOf(algorithm, record.checksumType) === 'FULL_OBJECT') {
    return { algorithm, type: 'FULL_OBJECT', value: checksumOf(algorithm, body) };
  }
  return compositeChecksum(
    algorithm,
    parts.flatMap(({ checksum }) => checksum?.value ?? []),
  );
}

export const multipartOperations = {
  CreateMultipartUpload: onBucket('s3:PutObject', create),
  UploadPart: onBucket('s3:PutObject', uploadPart),
  UploadPartCopy: onBucket('s3:PutObject', uploadPartCopy),
  CompleteMultipartUpload: onBucket('s3:PutObject', complete),
  AbortMultipartUpload: onBucket<AbortMultipartUploadRequest, object>(
    's3:AbortMultipartUpload',
    (bucket, input) => {
      remove(bucket.uploads, upload(bucket, input.Key, input.UploadId).uploadId);
      return {};
    },
  ),
};
