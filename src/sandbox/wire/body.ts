import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { AwsError } from '../kernel/service.ts';
import type { WireRequest } from './http.ts';

/**
 * The request as its sender meant it: without the chunks of SigV4's streaming form, whose trailers become headers, and
 * without the compression that some clients put around a request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @param service S3 keeps a body's encoding as a part of the object
 * @throws AwsError IncompleteBody, XAmzContentSHA256Mismatch, SerializationException
 */
export function unwrapBody(request: WireRequest, service: string): WireRequest {
  const { headers, body } = request;
  const hash = headers['x-amz-content-sha256'] ?? '';
  if (hash.startsWith('STREAMING-')) return unchunked(request);
  if (service !== 's3') return headers['content-encoding'] === 'gzip' ? unzipped(request) : request;
  if (/^[0-9a-f]{64}$/.test(hash) && createHash('sha256').update(body).digest('hex') !== hash) {
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

function unchunked(request: WireRequest): WireRequest {
  const chunks: Buffer[] = [];
  const { body } = request;
  let at = 0;
  for (;;) {
    const [size, next] = chunkHeader(body, at);
    at = next;
    if (size === 0) break;
    if (at + size > body.length) throw incomplete();
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const content = Buffer.concat(chunks);
  const stated = request.headers['x-amz-decoded-content-length'];
  if (stated !== undefined && Number(stated) !== content.length) throw incomplete();
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
      ...trailers(body.toString('latin1', at)),
      'content-encoding': encoding === '' ? undefined : encoding,
    },
  };
}

function chunkHeader(body: Buffer, at: number): readonly [size: number, next: number] {
  const end = body.indexOf('\r\n', at);
  const size = end < 0 ? undefined : /^([0-9a-f]+)(?:;.*)?$/i.exec(body.toString('latin1', at, end))?.[1];
  if (size === undefined) throw incomplete();
  return [Number.parseInt(size, 16), end + 2];
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
