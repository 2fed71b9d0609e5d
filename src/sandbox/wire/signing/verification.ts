import { createHash } from 'node:crypto';
import { Hash } from '@smithy/core/serde';
import { getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import { AwsError } from '../../kernel/errors.ts';
import { isSame, type KeyHolder } from '../../kernel/keys.ts';
import type { World } from '../../kernel/world.ts';
import type { ChunkSigning } from './body.ts';
import { Denial } from '../coding/denial.ts';
import type { WireRequest } from '../coding/http.ts';
import { mismatch, unknownKey } from './refusals.ts';
import type { Signature } from './signature.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MINUTE = 60_000;
/** How far a signature's time may be from the service's: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const MOST_SKEW = 15 * MINUTE;
const SECOND = 1000;
/** The longest life of a presigned URL, in seconds: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const LONGEST_LIFE = 604_800;

const SHA256 = Hash.bind(null, 'sha256');

/** A request whose signature is right. */
export interface Verified {
  readonly holder: KeyHolder;
  /** The region that the signature is for; undefined for Signature Version 2, which names none. */
  readonly region?: string;
  /** How the chunks of a body in SigV4's streaming form are signed. Version 2 has no such form. */
  readonly chunks?: ChunkSigning;
}

/**
 * Verifies that a request was signed with one of the world's keys, not long ago, and as it was received.
 * @param service the service that the signature's scope leads to; undefined for one that the sandbox doesn't have
 * @throws Denial
 * @throws AwsError InvalidRequest for a request to S3 that doesn't say what its body's hash is
 */
export async function verify(
  world: World,
  request: WireRequest,
  signature: Signature,
  service: string | undefined,
): Promise<Verified> {
  const holder = world.keys.holder(signature.accessKeyId, signature.sessionToken);
  if (holder === undefined) throw unknownKey(signature.accessKeyId);
  const { speed } = world;
  checkTime(
    signature,
    holder.onSandboxTime ? { now: world.now(), rate: speed, speed } : { now: Date.now(), rate: 1, speed },
  );
  checkSignedHeaders(request, signature);
  const signer = new RequestSigner(signature, holder.secretAccessKey);
  const expected = await signer.signatureOf(request, payloadHash(request, signature, service));
  if (!isSame(signature.value, expected)) throw mismatch(signature.accessKeyId, signature.value);
  if (holder.expiresAt !== undefined && world.now() >= holder.expiresAt) {
    throw new Denial('token expired', 'The security token included in the request is expired');
  }
  return { holder, region: signature.region, chunks: signer.chunks(expected) };
}

/** The clock of whoever signs: this machine's for clients, the sandbox's for functions. */
export interface SignerClock {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How many times faster than real time it runs. */
  readonly rate: number;
  /** How many times faster than real time the sandbox's clock runs. */
  readonly speed: number;
}

/**
 * Checks when a request was signed: at most 15 real minutes ago, or ahead. A presigned URL that states its lifetime is good for as
 * long on the sandbox's clock.
 * @throws Denial
 */
export function checkTime(
  { time, date, presigned, lifetime }: Pick<Signature, 'time' | 'date' | 'presigned' | 'lifetime'>,
  { now, rate, speed }: SignerClock,
): void {
  if (!time.startsWith(`${date}T`)) {
    throw new Denial(
      'mismatch',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${time.slice(0, 8)}', from '${time}'.`,
    );
  }
  const signedAt = Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (!presigned || lifetime === undefined) {
    if (Math.abs(now - signedAt) > MOST_SKEW * rate) throw skewed(time, signedAt, now);
    return;
  }
  if (!(lifetime > 0 && lifetime <= LONGEST_LIFE)) {
    throw new Denial('incomplete', `X-Amz-Expires must be between 1 and ${LONGEST_LIFE} seconds`);
  }
  if (signedAt - now > MOST_SKEW * rate) throw skewed(time, signedAt, now);
  // Signatures tell their time in whole seconds.
  if ((now - signedAt) / rate > (lifetime * SECOND) / speed + SECOND) {
    throw new Denial('URL expired', `Signature expired: ${time} and ${lifetime} s are over`, {
      'X-Amz-Expires': lifetime,
      ServerTime: new Date(now).toISOString(),
    });
  }
}

function skewed(time: string, signedAt: number, now: number): Denial {
  const basic = (instant: number) => new Date(instant).toISOString().replace(/[-:]|\.\d+/g, '');
  const message =
    signedAt < now
      ? `Signature expired: ${time} is now earlier than ${basic(now - MOST_SKEW)} (${basic(now)} - 15 min.)`
      : `Signature not yet current: ${time} is still later than ${basic(now + MOST_SKEW)} (${basic(now)} + 15 min.)`;
  return new Denial('skewed', message, {
    RequestTime: time,
    ServerTime: new Date(now).toISOString(),
    MaxAllowedSkewMilliseconds: MOST_SKEW,
  });
}

/** AWS wants the host and all of its own headers signed. @throws Denial */
function checkSignedHeaders({ headers }: WireRequest, { signedHeaders }: Signature): void {
  const missing = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))].filter(
    (name) => !signedHeaders.includes(name),
  );
  const [first] = missing;
  if (first === undefined) return;
  throw new Denial('header not signed', `'${first}' must be a 'SignedHeader' in the AWS Authorization.`, {
    HeadersNotSigned: missing.join(', '),
  });
}

/**
 * The hash of the body, as it goes into the signature. S3 takes the client's word for it, and holds the body against it later;
 * a presigned URL can't know the body.
 * @throws AwsError InvalidRequest
 */
function payloadHash(
  { headers, body }: WireRequest,
  { presigned }: Signature,
  service: string | undefined,
): string {
  if (service !== 's3') return createHash('sha256').update(body).digest('hex');
  const stated = headers['x-amz-content-sha256'] ?? (presigned ? 'UNSIGNED-PAYLOAD' : undefined);
  if (stated !== undefined) return stated;
  throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
}

/** The SDK's own signer, for requests that have been signed already. It keeps the signing keys of each day, region and service. */
class RequestSigner extends SignatureV4 {
  readonly #signature: Signature;
  readonly #scope: string;

  constructor(signature: Signature, secretAccessKey: string) {
    const { accessKeyId, date, region, service } = signature;
    super({
      credentials: { accessKeyId, secretAccessKey },
      region,
      service,
      sha256: SHA256,
      // S3's keys are signed as they are sent.
      uriEscapePath: service !== 's3',
    });
    this.#signature = signature;
    this.#scope = `${date}/${region}/${service}/aws4_request`;
  }

  async signatureOf({ method, path, query, headers }: WireRequest, hash: string): Promise<string> {
    const { signedHeaders, time } = this.#signature;
    const request = {
      method,
      path,
      query: Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)])),
      headers: Object.fromEntries(signedHeaders.flatMap((name) => pair(name, headers[name]))),
    } as unknown as HttpRequest;
    const signed = getCanonicalHeaders(request, undefined, new Set(signedHeaders));
    const canonical = this.createCanonicalRequest(request, signed, hash);
    return this.#sign(await this.createStringToSign(time, this.#scope, canonical, ALGORITHM));
  }

  chunks(seed: string): ChunkSigning {
    const { time } = this.#signature;
    return { seed, sign: (kind, rest) => this.#sign([kind, time, this.#scope, ...rest].join('\n')) };
  }

  #sign(text: string): Promise<string> {
    const { date } = this.#signature;
    // Of the date only the day goes into the key.
    const day = new Date(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`);
    return this.sign(text, { signingDate: day });
  }
}

function pair(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}
