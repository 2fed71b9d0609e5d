import type { WireRequest } from '../coding/http.ts';

/** The service and region that a SigV4 signature is for. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** The day, as `20260101`. */
  readonly date: string;
  readonly region: string;
  /** The signing name, such as `cloudformation` or `s3`. */
  readonly service: string;
}

/** A SigV4 signature with all its parts. */
export interface Signature extends CredentialScope {
  /** When it was made, as `20260101T000000Z`. */
  readonly time: string;
  /** In lower case. */
  readonly signedHeaders: readonly string[];
  /** In hexadecimal digits. */
  readonly value: string;
  readonly sessionToken?: string;
  /** Whether it is in the query of a presigned URL instead of the Authorization header. */
  readonly presigned: boolean;
  /** How long a presigned URL is good for, in seconds, where it says so. */
  readonly lifetime?: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The scope of a SigV4 signature, in the Authorization header or in the query of a presigned URL.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function credentialScope(request: WireRequest): CredentialScope | undefined {
  const credential = headerParts(request)?.['Credential'] ?? request.query.get('X-Amz-Credential') ?? '';
  const [, accessKeyId, date, region, service] =
    /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential) ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined) {
    return undefined;
  }
  return { accessKeyId, date, region, service };
}

/** The signature of a request that has the given scope; undefined where a part of it is missing. */
export function signatureOf(request: WireRequest, scope: CredentialScope): Signature | undefined {
  const { headers, query } = request;
  const inHeader = headerParts(request);
  const part = (name: string) =>
    (inHeader === undefined ? query.get(`X-Amz-${name}`) : inHeader[name]) ?? undefined;
  const time = inHeader === undefined ? (query.get('X-Amz-Date') ?? undefined) : headers['x-amz-date'];
  const [signed, value] = [part('SignedHeaders'), part('Signature')];
  if (inHeader === undefined && query.get('X-Amz-Algorithm') !== ALGORITHM) return undefined;
  if (signed === undefined || value === undefined || !/^\d{8}T\d{6}Z$/.test(time ?? '')) return undefined;
  const sessionToken = headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token') ?? undefined;
  const lifetime = inHeader === undefined ? query.get('X-Amz-Expires') : null;
  return {
    ...scope,
    time: time ?? '',
    signedHeaders: signed.toLowerCase().split(';'),
    value,
    presigned: inHeader === undefined,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(lifetime !== null && { lifetime: Number(lifetime) }),
  };
}

/** `Credential`, `SignedHeaders` and `Signature` of an Authorization header; undefined without such a header. */
function headerParts({ headers }: WireRequest): Readonly<Record<string, string>> | undefined {
  const [, text] = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(headers['authorization'] ?? '') ?? [];
  if (text === undefined) return undefined;
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [name = '', ...value] = part.trim().split('=');
      return [name, value.join('=')] as const;
    }),
  );
}
