import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import sshpk from 'sshpk';

const MAGIC = 'openssh-key-v1\0';

/** A key in OpenSSH's own form, as far as its frame says. */
interface OpenSshKey {
  /** As SSH writes public keys. */
  readonly publicKey: Buffer;
  /** Two numbers that are the same, the key and its comment, and padding. */
  readonly privatePart: Buffer;
}

/**
 * Whether a private key in OpenSSH's form is whole, by what ssh-add itself checks: one character that is wrong leaves a text
 * that still looks like a key. Other forms have no such checks.
 * https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key
 * @param key the same key as sshpk reads it
 */
export function isWholeOpenSshKey(text: string, key: sshpk.PrivateKey): boolean {
  try {
    const { publicKey, privatePart } = frameOf(text);
    const written = sshpk.parseKey(publicKey, 'rfc4253');
    return (
      isPadded(privatePart, publicKey) &&
      key.toPublic().toBuffer('rfc4253', {}).equals(publicKey) &&
      belongTogether(key, written)
    );
  } catch {
    // What cannot be taken apart is damaged.
    return false;
  }
}

function frameOf(text: string): OpenSshKey {
  const base64 = text.replaceAll(/-----[^-]*-----|\s/g, '');
  const blob = Buffer.from(base64, 'base64');
  // Node skips what is no base64, and ssh-add refuses it.
  if (blob.toString('base64') !== base64) throw new Error('no base64');
  if (!blob.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC))) throw new Error('no magic');
  const reader = new Reader(blob.subarray(MAGIC.length));
  const [cipher, derivation, options] = [reader.part(), reader.part(), reader.part()];
  if (String(cipher) !== 'none' || String(derivation) !== 'none' || options.length !== 0) {
    throw new Error('no plain key');
  }
  if (reader.number() !== 1) throw new Error('not one key');
  const found = { publicKey: reader.part(), privatePart: reader.part() };
  if (reader.left !== 0) throw new Error('more behind the key');
  return found;
}

/** How many numbers and texts a private key has in SSH's form, by its type. */
const PARTS: Readonly<Record<string, number>> = { 'ssh-rsa': 6, 'ssh-dss': 5, 'ssh-ed25519': 2 };
const ECDSA_PARTS = 3;

function isPadded(privatePart: Buffer, publicKey: Buffer): boolean {
  const reader = new Reader(privatePart);
  if (reader.number() !== reader.number()) return false;
  const type = String(reader.part());
  if (type !== String(new Reader(publicKey).part())) return false;
  const parts = Array.from({ length: PARTS[type] ?? ECDSA_PARTS }, () => reader.part());
  const [first, second] = parts;
  // Of Ed25519, the public key stands behind the private one once more.
  if (type === 'ssh-ed25519' && first !== undefined && second?.subarray(32).equals(first) !== true)
    return false;
  reader.part();
  const padding = privatePart.subarray(privatePart.length - reader.left);
  return padding.length < 8 && padding.every((byte, index) => byte === index + 1);
}

/** Whether what the private key signs is what the public key verifies. */
function belongTogether(key: sshpk.PrivateKey, written: sshpk.Key): boolean {
  const privateKey = createPrivateKey(key.type === 'ed25519' ? ed25519(key) : key.toString('pkcs8'));
  const publicKey = createPublicKey(written.toString('pkcs8'));
  const data = Buffer.from('bk-stack');
  const digest = key.type === 'ed25519' ? null : 'sha256';
  return verify(digest, data, publicKey, sign(digest, data, privateKey));
}

/** PKCS #8 before the 32 bytes of an Ed25519 key; sshpk writes a later version, which Node doesn't read. RFC 8410, section 7 */
const ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function ed25519(key: sshpk.PrivateKey) {
  const { k } = (key as unknown as { part: { k: { data: Buffer } } }).part;
  return { key: Buffer.concat([ED25519, k.data]), format: 'der', type: 'pkcs8' } as const;
}

/** Reads numbers of four bytes, and parts with their length before them. */
class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.#at;
  }

  number(): number {
    this.#at += 4;
    return this.bytes.readUInt32BE(this.#at - 4);
  }

  part(): Buffer {
    const length = this.number();
    if (length > this.left) throw new Error('cut off');
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }
}
