import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Hash } from '@smithy/core/serde';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { ServerClient } from './aws-environment.ts';

/** A request to a server, before it is signed. */
export interface RequestToSign {
  readonly method?: string;
  /** With the query, if there is one. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The signing name. */
  readonly service: string;
  readonly region?: string;
  readonly signedAt?: Date;
  readonly sessionToken?: string;
}

/** A signed request, for `fetch`; tests change parts of it. */
export interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Signs a request by the SDK's own signer, with the signature in the Authorization header. */
export async function signed(client: ServerClient, asked: RequestToSign): Promise<SignedRequest> {
  const { signer, unsigned, signingDate } = prepared(client, asked);
  const { headers } = await signer.sign(unsigned, { signingDate });
  return ready(client, Object.assign(unsigned, { headers }), asked);
}

/** Presigns a URL, good for so many seconds. */
export async function presigned(
  client: ServerClient,
  asked: RequestToSign,
  expiresIn: number,
): Promise<SignedRequest> {
  // Nobody knows the body of S3's beforehand.
  const hash = asked.service === 's3' && { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const headers = { ...asked.headers, ...hash };
  const { signer, unsigned, signingDate } = prepared(client, { ...asked, headers });
  const made = await signer.presign(unsigned, { signingDate, expiresIn });
  return ready(
    client,
    Object.assign(unsigned, { query: made.query as Record<string, string>, headers: made.headers }),
    asked,
  );
}

function prepared(
  { endpoint, credentials }: ServerClient,
  { method = 'GET', path = '/', headers = {}, body, ...scope }: RequestToSign,
) {
  const { service, region = 'us-east-1', signedAt = new Date(), sessionToken } = scope;
  const url = new URL(path, endpoint);
  const unsigned = new HttpRequest({
    method,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...headers },
    body: service === 's3' && method === 'GET' ? undefined : body,
  });
  const signer = new SignatureV4({
    credentials: { ...credentials, ...(sessionToken !== undefined && { sessionToken }) },
    region,
    service,
    sha256: Hash.bind(null, 'sha256'),
    uriEscapePath: service !== 's3',
  });
  return { signer, unsigned, signingDate: signedAt };
}

function ready(
  { endpoint }: ServerClient,
  { method, path, query, headers }: Pick<HttpRequest, 'method' | 'path' | 'headers'> & { query: object },
  { body }: RequestToSign,
): SignedRequest {
  const search = new URLSearchParams(query as Record<string, string>).toString().replaceAll('+', '%20');
  return {
    url: `${endpoint}${path}${search === '' ? '' : `?${search}`}`,
    method,
    headers,
    ...(body !== undefined && { body }),
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request with the headers as they are: `fetch` has a host and headers of its own. */
export function send({ url, method, headers, body }: SignedRequest): Promise<Answer> {
  return new Promise((done, failed) => {
    const outgoing = request(url, { method, headers }, (answer) => {
      void text(answer).then((content) => {
        done({ status: answer.statusCode ?? 0, headers: answer.headers, text: content });
      }, failed);
    });
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}
