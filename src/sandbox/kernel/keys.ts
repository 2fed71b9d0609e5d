import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant } from './time.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SessionCredentials extends Credentials {
  readonly sessionToken: string;
}

/** The holder of an access key, and the secret that its signatures are made with. */
export interface KeyHolder {
  readonly secretAccessKey: string;
  /** Undefined for the sandbox's own user, whose ARN depends on the region's partition. */
  readonly callerArn?: string;
  /** When the credentials expire, on the sandbox's clock; undefined for never. */
  readonly expiresAt?: Instant;
  /** Whether it lives by the sandbox's clock, as functions do, and signs by that. */
  readonly onSandboxTime?: boolean;
}

type SessionTerms = Pick<KeyHolder, 'expiresAt' | 'onSandboxTime'>;

interface Session extends SessionTerms {
  readonly accessKeyId: string;
  readonly callerArn: string;
}

/** AWS's secret access keys have 40 characters; 30 bytes make as many in Base64. */
const SECRET_BYTES = 30;
/** The alphabet of AWS's access key ids: Base32. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The keys that a sandbox accepts. All are derived from one secret, which is made at each start: credentials of an earlier start
 * are unknown, and nothing about them has to be stored. A session token carries its session and a MAC, as AWS's do.
 */
export class Keys {
  readonly #secret: string;
  /** Of the sandbox's owner. */
  readonly user: Credentials;

  constructor(secret = randomBytes(SECRET_BYTES).toString('base64url')) {
    this.#secret = secret;
    this.user = { accessKeyId: `AKIA${base32(this.#mac('user', ''))}`, secretAccessKey: secret };
  }

  /** Makes credentials for whoever has assumed a role. */
  session(callerArn: string, terms: SessionTerms): SessionCredentials {
    const accessKeyId = `ASIA${base32(randomBytes(16))}`;
    const session: Session = { accessKeyId, callerArn, ...terms };
    const content = Buffer.from(JSON.stringify(session)).toString('base64url');
    return {
      accessKeyId,
      secretAccessKey: this.#secretOf(accessKeyId),
      sessionToken: `${content}.${this.derived('session', content)}`,
    };
  }

  /** Finds the holder of an access key. @returns undefined for unknown keys, and for tokens that don't belong to the key */
  holder(accessKeyId: string, sessionToken: string | undefined): KeyHolder | undefined {
    if (accessKeyId === this.user.accessKeyId) return sessionToken === undefined ? this.user : undefined;
    const session = sessionToken === undefined ? undefined : this.#opened(sessionToken);
    if (session?.accessKeyId !== accessKeyId) return undefined;
    return { ...session, secretAccessKey: this.#secretOf(accessKeyId) };
  }

  /** Whether a text is the owner's secret. */
  isSecret(text: string): boolean {
    return isSame(text, this.#secret);
  }

  /** A secret for one purpose and subject, from which the owner's can't be computed. */
  derived(purpose: string, subject: string): string {
    return this.#mac(purpose, subject).toString('base64url');
  }

  #secretOf(accessKeyId: string): string {
    return this.#mac('secret access key', accessKeyId).subarray(0, SECRET_BYTES).toString('base64url');
  }

  #opened(token: string): Session | undefined {
    const [content = '', mac = ''] = token.split('.');
    if (!isSame(mac, this.derived('session', content))) return undefined;
    return JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as Session;
  }

  #mac(purpose: string, subject: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${purpose}\n${subject}`).digest();
  }
}

/** Compares in a time that doesn't tell how much of the text is right. */
export function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function base32(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 16), (byte) => BASE32[byte % BASE32.length]).join('');
}
