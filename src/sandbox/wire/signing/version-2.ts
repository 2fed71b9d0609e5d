import { createHmac } from 'node:crypto';
import { isSame, type KeyHolder } from '../../kernel/keys.ts';
import type { World } from '../../kernel/world.ts';
import { Denial } from '../coding/denial.ts';
import type { WireRequest } from '../coding/http.ts';
import { mismatch, unknownKey } from './refusals.ts';

/** The parts of a URL presigned by Signature Version 2, which older clients of S3 still make by default. */
export interface QuerySignature {
  readonly accessKeyId: string;
  /** In Base64. */
  readonly value: string;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly sessionToken?: string;
}

/**
 * Regions whose S3 takes Signature Version 2; later ones never have. The endpoint data of AWS's botocore lists them, as `signatureVersions`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v2-authenticating-requests.html
 */
const REGIONS =
  /^(us-east-1|us-west-[12]|eu-west-1|ap-northeast-1|ap-southeast-[12]|sa-east-1|us-gov-(east|west)-1)$/;

/** Query parameters that are part of the signed resource: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html */
const SIGNED_PARAMETERS = new Set([
  ...['acl', 'cors', 'delete', 'lifecycle', 'location', 'logging', 'notification', 'partNumber', 'policy'],
  ...['requestPayment', 'restore', 'tagging', 'torrent', 'uploadId', 'uploads', 'versionId', 'versioning'],
  ...['versions', 'website'],
  ...['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type'].map(
    (header) => `response-${header}`,
  ),
  'response-expires',
]);

/** The Version 2 signature in a URL's query; undefined where a part of it is missing. */
export function querySignature({ query }: Pick<WireRequest, 'query'>): QuerySignature | undefined {
  const [accessKeyId, value, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map((name) =>
    query.get(name),
  );
  if (!accessKeyId || !value || !/^\d{1,12}$/.test(expires ?? '')) return undefined;
  const sessionToken = query.get('x-amz-security-token');
  return { accessKeyId, value, expires: Number(expires), ...(sessionToken !== null && { sessionToken }) };
}

/** Whether S3 takes such signatures in a region. */
export function takesVersion2(region: string): boolean {
  return REGIONS.test(region);
}

/**
 * Verifies a URL presigned by Signature Version 2. It doesn't say when it was made, so that it expires by the clock of its signer.
 * @param bucket the bucket that the host name leads to; undefined where the path does
 * @throws Denial
 */
export function verifyQuery(
  world: World,
  request: WireRequest,
  { accessKeyId, value, expires, sessionToken }: QuerySignature,
  bucket: string | undefined,
): KeyHolder {
  const holder = world.keys.holder(accessKeyId, sessionToken);
  if (holder === undefined) throw unknownKey(accessKeyId);
  const expected = createHmac('sha1', holder.secretAccessKey)
    .update(stringToSign(request, expires, bucket))
    .digest('base64');
  if (!isSame(value, expected)) throw mismatch(accessKeyId, value);
  const now = holder.onSandboxTime ? world.now() : Date.now();
  if (now > expires * 1000) {
    throw new Denial('URL expired', 'Request has expired', {
      Expires: new Date(expires * 1000).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
  if (holder.expiresAt !== undefined && world.now() >= holder.expiresAt) {
    throw new Denial('token expired', 'The provided token has expired.');
  }
  return holder;
}

/** The text that Version 2 signs: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#ConstructingTheAuthenticationHeader */
export function stringToSign(
  { method, path, query, headers }: Omit<WireRequest, 'body'>,
  expires: number,
  bucket: string | undefined,
): string {
  // Clients put the headers that they sign into the query, where S3 takes them from.
  const header = (name: string) => query.get(name) ?? headers[name] ?? '';
  const names = new Set(
    [...query.keys(), ...Object.keys(headers)]
      .map((name) => name.toLowerCase())
      .filter((name) => name.startsWith('x-amz-')),
  );
  const amazons = [...names].sort().map((name) => `${name}:${header(name).trim()}\n`);
  const parameters = [...query]
    .filter(([name]) => SIGNED_PARAMETERS.has(name))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .sort();
  const resource = (bucket === undefined ? '' : `/${bucket}`) + path;
  return [
    ...[method, header('content-md5'), header('content-type'), String(expires)],
    `${amazons.join('')}${resource}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`,
  ].join('\n');
}
