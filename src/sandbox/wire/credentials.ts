import type { WireRequest } from './http.ts';

/** What a request's signature says of itself. The sandbox reads it and checks no signature. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name, such as `cloudformation` or `s3`. */
  readonly service: string;
}

/**
 * The scope of a SigV4 signature, in the Authorization header or in the query of a presigned URL.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function credentialScope({ headers, query }: WireRequest): CredentialScope | undefined {
  const [, inHeader] = /^AWS4-\S+\s+.*?Credential=([^,\s]+)/.exec(headers['authorization'] ?? '') ?? [];
  const credential = inHeader ?? query.get('X-Amz-Credential') ?? undefined;
  const [, accessKeyId, region, service] =
    /^(.+?)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
