import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { isSame } from '../../kernel/keys.ts';
import { AwsError } from '../../kernel/errors.ts';
import { Denial } from '../coding/denial.ts';
import type { WireRequest } from '../coding/http.ts';

/** Signs the chunks of a body, each with the signature before it. */
export interface ChunkSigning {
  /** The signature of the request itself. */
  readonly seed: string;
  /** @param rest the lines of the text to sign below the scope */
  sign(
    kind: 'AWS4-HMAC-SHA256-PAYLOAD' | 'AWS4-HMAC-SHA256-TRAILER',
    rest: readonly string[],
  ): Promise<string>;
}

/**
 * The request as its sender meant it: without the chunks of SigV4's streaming form, whose trailers become headers, and
 * without the compression that some clients put around a request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @param service S3 keeps a body's encoding as a part of the object
 * @throws AwsError IncompleteBody, XAmzContentSHA256Mismatch, SerializationException, NotImplemented
 * @throws Denial for a chunk whose signature is wrong
 */
export async function unwrapBody(
  request: WireRequest,
  service: string,
  signing: ChunkSigning,
): Promise<WireRequest> {
  const { headers, body } = request;
  const hash = headers['x-amz-content-sha256'] ?? '';
  if (hash === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return unchunked(request);
  if (/^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/.test(hash)) return unchunked(request, signing);
  if (hash.startsWith('STREAMING-')) {
    throw new AwsError('NotImplemented', `The sandbox does not read bodies of the form ${hash}.`, 501);
  }
  if (service !== 's3') return headers['content-encoding'] === 'gzip' ? unzipped(request) : request;
  if (/^[0-9a-f]{64}$/.test(hash) && sha256(body) !== hash) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return request;
}

function unzipped(request: WireRequest): WireRequest {
  try {
    return { ...request, body: gunzipSync(request.body) };
  } catch {
    throw new AwsError(
      'SerializationException',
      'The body is not in the encoding that content-encoding says.',
    );
  }
}

/** @param signing undefined where the chunks are not signed */
async function unchunked(request: WireRequest, signing?: ChunkSigning): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  const { body } = request;
  let previous = signing?.seed ?? '';
  let at = 0;
  for (;;) {
    const { size, signature, next } = chunkHeader(body, at);
    at = next;
    if (at + size > body.length) throw incomplete();
    const chunk = body.subarray(at, at + size);
    if (signing !== undefined) {
      const hashes = [EMPTY_HASH, sha256(chunk)];
      previous = checked(signature, await signing.sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, ...hashes]));
    }
    if (size === 0) break;
    chunks.push(chunk);
    at += size + 2;
  }
  const content = Buffer.concat(chunks);
  const stated = request.headers['x-amz-decoded-content-length'];
  if (stated !== undefined && Number(stated) !== content.length) throw incomplete();
  const { 'x-amz-trailer-signature': signature, ...trailer } = trailers(body.toString('latin1', at));
  if (signing !== undefined && request.headers['x-amz-content-sha256']?.endsWith('-TRAILER')) {
    const lines = Object.entries(trailer).map(([name, value]) => `${name}:${value}\n`);
    const hash = sha256(Buffer.from(lines.join('')));
    checked(signature, await signing.sign('AWS4-HMAC-SHA256-TRAILER', [previous, hash]));
  }
  const encoding = (request.headers['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked')
    .join(',');
  return {
    ...request,
    body: content,
    headers: {
      ...request.headers,
      ...trailer,
      'content-encoding': encoding === '' ? undefined : encoding,
    },
  };
}

/** @returns the signature, which is the expected one. @throws Denial */
function checked(given: string | undefined, expected: string): string {
  if (given !== undefined && isSame(given, expected)) return expected;
  throw new Denial(
    'mismatch',
    'The chunk signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

const EMPTY_HASH = sha256(Buffer.alloc(0));

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

interface ChunkHeader {
  readonly size: number;
  readonly signature: string | undefined;
  /** Where the chunk begins. */
  readonly next: number;
}

function chunkHeader(body: Buffer, at: number): ChunkHeader {
  const end = body.indexOf('\r\n', at);
  const line = end < 0 ? '' : body.toString('latin1', at, end);
  const [, size, signature] = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]*))?$/i.exec(line) ?? [];
  if (size === undefined) throw incomplete();
  return { size: Number.parseInt(size, 16), signature, next: end + 2 };
}

function trailers(text: string): Record<string, string> {
  const lines = text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon < 1) return [];
    return [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
  });
  return Object.fromEntries(lines);
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
}
