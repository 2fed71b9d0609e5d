import { createHash } from 'node:crypto';
import type { ChecksumAlgorithm, ChecksumType } from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import { invalidRequest, notImplemented } from '../errors.ts';
import type { Checksum } from '../state.ts';

/** Checksums as S3's members give them: in Base64, by algorithm. */
export type ChecksumMembers = Readonly<Partial<Record<`Checksum${ChecksumAlgorithm}`, string | undefined>>>;

const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'MD5'] as const;

/** The checksum of some bytes, in Base64. */
export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  switch (algorithm) {
    case 'CRC32':
      return crc32(bytes, 0xedb88320);
    case 'CRC32C':
      return crc32(bytes, 0x82f63b78);
    case 'CRC64NVME':
      return crc64(bytes);
    case 'SHA1':
    case 'SHA256':
    case 'SHA512':
    case 'MD5':
      return createHash(algorithm.toLowerCase()).update(bytes).digest('base64');
    default:
      throw notImplemented(`x-amz-checksum-${algorithm.toLowerCase()}`);
  }
}

/** The checksum that a request gives for its body. @throws AwsError InvalidRequest for more than one */
export function givenChecksum(
  members: ChecksumMembers,
): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const given = ALGORITHMS.flatMap((algorithm) => {
    const value = members[`Checksum${algorithm}`];
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (given.length > 1)
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  return given[0];
}

/**
 * Checks a body against what its request says of it, and gives the checksum that S3 keeps: CRC64NVME without another.
 * @throws AwsError BadDigest, InvalidDigest, InvalidRequest
 */
export function checkedBody(
  bytes: Uint8Array,
  request: ChecksumMembers & {
    readonly ContentMD5?: string | undefined;
    readonly ChecksumAlgorithm?: ChecksumAlgorithm | undefined;
  },
): Checksum {
  if (request.ContentMD5 !== undefined) checkMd5(bytes, request.ContentMD5);
  const given = givenChecksum(request);
  const algorithm = given?.algorithm ?? request.ChecksumAlgorithm ?? 'CRC64NVME';
  const value = checksumOf(algorithm, bytes);
  if (given !== undefined && given.value !== value) {
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return { algorithm, type: 'FULL_OBJECT', value };
}

function checkMd5(bytes: Uint8Array, given: string): void {
  if (Buffer.from(given, 'base64').length !== 16) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400, {
      'Content-MD5': given,
    });
  }
  if (checksumOf('MD5', bytes) === given) return;
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400, {
    ExpectedDigest: given,
  });
}

/** The members with which S3 tells an object's checksum. */
export function checksumAnswer({
  algorithm,
  type,
  value,
}: Checksum): ChecksumMembers & { ChecksumType: ChecksumType } {
  return { ...checksumMember(algorithm, value), ChecksumType: type };
}

export function checksumMember(algorithm: ChecksumAlgorithm, value: string): ChecksumMembers {
  return { [`Checksum${algorithm}`]: value };
}

/** A checksum of the parts' checksums, and how many there are. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Checksum {
  const bytes = Buffer.concat(parts.map((value) => Buffer.from(value, 'base64')));
  return { algorithm, type: 'COMPOSITE', value: `${checksumOf(algorithm, bytes)}-${parts.length}` };
}

const tables = new Map<number, Uint32Array>();

function crc32(bytes: Uint8Array, polynomial: number): string {
  let table = tables.get(polynomial);
  if (table === undefined) {
    table = Uint32Array.from({ length: 256 }, (_, index) => {
      let crc = index;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
      return crc >>> 0;
    });
    tables.set(polynomial, table);
  }
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  const answer = Buffer.alloc(4);
  answer.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return answer.toString('base64');
}

/** The reflected polynomial of CRC-64/NVME, high and low halves: 64-bit arithmetic by halves is fast, by BigInt it is not. */
const [NVME_HIGH, NVME_LOW] = [0x9a6c9329, 0xac4bc9b5];
let nvme: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined;

function crc64(bytes: Uint8Array): string {
  nvme ??= nvmeTable();
  const { high: highTable, low: lowTable } = nvme;
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] ?? 0);
    high = (high >>> 8) ^ (highTable[index] ?? 0);
  }
  const answer = Buffer.alloc(8);
  answer.writeUInt32BE((high ^ 0xffffffff) >>> 0);
  answer.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4);
  return answer.toString('base64');
}

function nvmeTable() {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let [upper, lower] = [0, index];
    for (let bit = 0; bit < 8; bit++) {
      const carried = lower & 1;
      lower = (lower >>> 1) | (upper << 31);
      upper >>>= 1;
      if (carried) [upper, lower] = [upper ^ NVME_HIGH, lower ^ NVME_LOW];
    }
    high[index] = upper;
    low[index] = lower;
  }
  return { high, low };
}
