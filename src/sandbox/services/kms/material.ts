import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What a key is made of: 256 bits, or a pair of keys; in Base64 and DER. */
export type Material =
  | { readonly kind: 'symmetric'; readonly secret: string }
  | { readonly kind: 'hmac'; readonly secret: string }
  | { readonly kind: 'pair'; readonly privateKey: string; readonly publicKey: string };

const CURVES: Readonly<Record<string, string>> = {
  ECC_NIST_P256: 'P-256',
  ECC_NIST_P384: 'P-384',
  ECC_NIST_P521: 'P-521',
  ECC_SECG_P256K1: 'secp256k1',
};

/** The key specs that the sandbox can make material for. */
export function isKnownSpec(spec: string): boolean {
  return (
    spec === 'SYMMETRIC_DEFAULT' ||
    /^(?:RSA_(?:2048|3072|4096)|HMAC_(?:224|256|384|512))$/.test(spec) ||
    spec in CURVES
  );
}

export function newMaterial(spec: string): Material {
  const [, size] = /_(\d+)$/.exec(spec) ?? [];
  if (spec.startsWith('HMAC_'))
    return { kind: 'hmac', secret: randomBytes(Number(size) / 8).toString('base64') };
  if (spec === 'SYMMETRIC_DEFAULT') return { kind: 'symmetric', secret: randomBytes(32).toString('base64') };
  const curve = CURVES[spec];
  const pair =
    curve === undefined
      ? generateKeyPairSync('rsa', { modulusLength: Number(size) })
      : generateKeyPairSync('ec', { namedCurve: curve });
  return {
    kind: 'pair',
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}

export type EncryptionContext = Readonly<Record<string, string>>;

/** The order in which a context's pairs were given does not count. */
function authenticated(context: EncryptionContext): Buffer {
  return Buffer.from(
    JSON.stringify(Object.entries(context).sort(([left], [right]) => (left < right ? -1 : 1))),
  );
}

const IV_LENGTH = 12;
const TAG_LENGTH = 16;

/** AES-256-GCM, the context authenticated with it: initialization vector, tag, ciphertext. */
export function seal(secret: string, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(secret, 'base64'), iv).setAAD(
    authenticated(context),
  );
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** @returns undefined where the secret or the context is not the one it was sealed with */
export function unseal(secret: string, sealed: Buffer, context: EncryptionContext): Buffer | undefined {
  if (sealed.length < IV_LENGTH + TAG_LENGTH) return undefined;
  const tag = sealed.subarray(IV_LENGTH, IV_LENGTH + TAG_LENGTH);
  const decipher = createDecipheriv(
    'aes-256-gcm',
    Buffer.from(secret, 'base64'),
    sealed.subarray(0, IV_LENGTH),
  )
    .setAAD(authenticated(context))
    .setAuthTag(tag);
  const start = decipher.update(sealed.subarray(IV_LENGTH + TAG_LENGTH));
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    return undefined;
  }
}
