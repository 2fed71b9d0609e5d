import type {
  GetObjectAttributesOutput,
  GetObjectAttributesRequest,
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { RequestContext } from '../../../kernel/world.ts';
import { onBucket } from '../access.ts';
import { kmsKeyArn } from '../buckets/encryption.ts';
import { invalidRequest } from '../errors.ts';
import type { BucketRecord, ObjectVersion } from '../state.ts';
import { checksumAnswer, checksumMember } from './checksums.ts';
import { checkRead } from './conditions.ts';
import { settingsAnswer } from './settings.ts';
import { objectVersion, versionAnswer } from './versions.ts';

export const readAction = ({ VersionId }: { VersionId?: string | undefined }) =>
  VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';

/** The bytes of a version. @throws AwsError KMS.DisabledException and the like where its key is not to be used */
export function bodyOf(
  version: ObjectVersion,
  { region }: BucketRecord,
  { world }: RequestContext,
): Uint8Array {
  if (version.encryption.kmsKeyId !== undefined) kmsKeyArn(version.encryption.kmsKeyId, world.scope(region));
  return world.blobs.get(version.blob);
}

export interface ByteRange {
  readonly start: number;
  /** Inclusive, as in HTTP. */
  readonly end: number;
}

/**
 * The bytes that a Range header names; undefined for a header that is to be ignored, as HTTP has it.
 * @throws AwsError InvalidRange
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (start >= size || (from === '' && Number(to) === 0)) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: header,
      ActualObjectSize: size,
    });
  }
  return { start, end };
}

function partRange(version: ObjectVersion, partNumber: number | undefined): ByteRange | undefined {
  if (partNumber === undefined) return undefined;
  const { parts, size } = version;
  if (parts === undefined && partNumber === 1) return size === 0 ? undefined : { start: 0, end: size - 1 };
  const index = parts?.findIndex((part) => part.partNumber === partNumber) ?? -1;
  const part = parts?.[index];
  if (part === undefined) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, {
      PartNumberRequested: partNumber,
      ActualPartCount: parts?.length ?? 1,
    });
  }
  const start = (parts ?? []).slice(0, index).reduce((sum, before) => sum + before.size, 0);
  return { start, end: start + part.size - 1 };
}

interface Read {
  readonly answer: HeadObjectOutput & { ContentLength: number };
  readonly range: ByteRange | undefined;
  readonly version: ObjectVersion;
}

function read(
  bucket: BucketRecord,
  input: GetObjectRequest | HeadObjectRequest,
  method: 'GET' | 'HEAD',
): Read {
  const version = objectVersion(bucket, input.Key ?? '', input.VersionId, method);
  checkRead(version, input);
  if (input.Range !== undefined && input.PartNumber !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  const range = partRange(version, input.PartNumber) ?? byteRange(input.Range, version.size);
  const length = range === undefined ? version.size : range.end - range.start + 1;
  return {
    version,
    range,
    answer: {
      AcceptRanges: 'bytes',
      LastModified: new Date(version.modifiedAt),
      ContentLength: length,
      ETag: version.etag,
      ...(range !== undefined && { ContentRange: `bytes ${range.start}-${range.end}/${version.size}` }),
      ...settingsAnswer(version),
      ...versionAnswer(bucket, version),
      // Of a part of the object it would say nothing.
      ...(input.ChecksumMode === 'ENABLED' && range === undefined && checksumAnswer(version.checksum)),
      ...(input.PartNumber !== undefined &&
        version.parts !== undefined && { PartsCount: version.parts.length }),
      ...overrides(input),
    },
  };
}

/** What a request asks the headers to be. */
function overrides(input: GetObjectRequest | HeadObjectRequest) {
  const wanted = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: input.ResponseExpires,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

function getObject(
  bucket: BucketRecord,
  input: GetObjectRequest,
  context: RequestContext,
): Omit<GetObjectOutput, 'Body'> & { Body: Uint8Array } {
  const { answer, range, version } = read(bucket, input, 'GET');
  const body = bodyOf(version, bucket, context);
  const tagCount = Object.keys(version.tags).length;
  return {
    ...answer,
    ...(tagCount > 0 && { TagCount: tagCount }),
    Body: range === undefined ? body : body.subarray(range.start, range.end + 1),
  };
}

/** A HEAD has no body, and so no code of its own: what is missing is just not found. */
function headObject(bucket: BucketRecord, input: HeadObjectRequest): HeadObjectOutput {
  try {
    return read(bucket, input, 'HEAD').answer;
  } catch (error) {
    if (!(error instanceof AwsError) || !['NoSuchKey', 'NoSuchVersion'].includes(error.code)) throw error;
    throw new AwsError('NotFound', 'Not Found', 404, error.details);
  }
}

function getObjectAttributes(
  bucket: BucketRecord,
  input: GetObjectAttributesRequest,
): GetObjectAttributesOutput {
  const version = objectVersion(bucket, input.Key ?? '', input.VersionId);
  const wanted = new Set<string>(input.ObjectAttributes ?? []);
  if (wanted.size === 0)
    throw invalidRequest(
      'The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty',
    );
  const { type, ...checksum } = version.checksum;
  const limit = Math.min(input.MaxParts ?? 1000, 1000);
  const following = (version.parts ?? []).filter(
    ({ partNumber }) => partNumber > Number(input.PartNumberMarker ?? 0),
  );
  const shown = following.slice(0, limit);
  return {
    LastModified: new Date(version.modifiedAt),
    ...versionAnswer(bucket, version),
    ...(wanted.has('ETag') && { ETag: version.etag.replaceAll('"', '') }),
    ...(wanted.has('ObjectSize') && { ObjectSize: version.size }),
    ...(wanted.has('StorageClass') && { StorageClass: version.storageClass }),
    ...(wanted.has('Checksum') && {
      Checksum: {
        ...checksumMember(checksum.algorithm, checksum.value.replace(/-\d+$/, '')),
        ChecksumType: type,
      },
    }),
    ...(wanted.has('ObjectParts') &&
      version.parts !== undefined && {
        ObjectParts: {
          TotalPartsCount: version.parts.length,
          PartNumberMarker: input.PartNumberMarker ?? '0',
          NextPartNumberMarker: String(shown.at(-1)?.partNumber ?? 0),
          MaxParts: limit,
          IsTruncated: shown.length < following.length,
          Parts: shown.map(({ partNumber, size, checksum: own }) => ({
            PartNumber: partNumber,
            Size: size,
            ...(own !== undefined && checksumMember(own.algorithm, own.value)),
          })),
        },
      }),
  };
}

export const readOperations = {
  GetObject: onBucket(readAction, getObject),
  HeadObject: onBucket(readAction, headObject),
  GetObjectAttributes: onBucket('s3:GetObjectAttributes', getObjectAttributes),
};
