import { randomBytes } from 'node:crypto';
import type {
  DecryptRequest,
  DecryptResponse,
  EncryptRequest,
  EncryptResponse,
  GenerateDataKeyRequest,
  GenerateDataKeyResponse,
  GenerateRandomRequest,
  GenerateRandomResponse,
  ReEncryptRequest,
  ReEncryptResponse,
} from '@aws-sdk/client-kms';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { checkRange, constraintFault, required } from '../common/validation.ts';
import { seal, unseal, type EncryptionContext } from './material.ts';
import { keyNamed, kmsState, usableKey, type KeyRecord } from './state.ts';

const VERSION = 1;
const ID_LENGTH = 36;
const HEADER_LENGTH = ID_LENGTH + 2;
const LONGEST_PLAINTEXT = 4096;

/**
 * Encrypts with a key of the scope's region, and puts into the ciphertext which key it was.
 * @throws AwsError NotFoundException, DisabledException, KMSInvalidStateException, InvalidKeyUsageException
 */
export function encryptWith(
  scope: Scope,
  keyId: string,
  plaintext: Uint8Array,
  context: EncryptionContext = {},
): { readonly ciphertext: Uint8Array; readonly key: KeyRecord } {
  const key = usableKey(scope, keyId);
  const material = key.material.at(-1);
  if (material?.kind !== 'symmetric') throw wrongUsage(key, 'ENCRYPT_DECRYPT');
  const header = Buffer.from([VERSION, ...Buffer.from(key.keyId.padEnd(ID_LENGTH)), key.material.length - 1]);
  return { ciphertext: Buffer.concat([header, seal(material.secret, plaintext, context)]), key };
}

/**
 * Decrypts what `encryptWith` made.
 * @throws AwsError InvalidCiphertextException, with no message as in AWS, for anything else or another context
 */
export function decryptWith(
  scope: Scope,
  ciphertext: Uint8Array,
  context: EncryptionContext = {},
): { readonly plaintext: Uint8Array; readonly key: KeyRecord } {
  const bytes = Buffer.from(ciphertext);
  const keyId = bytes
    .subarray(1, 1 + ID_LENGTH)
    .toString('latin1')
    .trimEnd();
  const found = bytes[0] === VERSION ? own(kmsState(scope).keys, keyId) : undefined;
  if (found === undefined) throw invalidCiphertext();
  const key = usableKey(scope, found.keyId);
  const material = key.material[bytes[HEADER_LENGTH - 1] ?? 0];
  const plaintext =
    material?.kind === 'symmetric'
      ? unseal(material.secret, bytes.subarray(HEADER_LENGTH), context)
      : undefined;
  if (plaintext === undefined) throw invalidCiphertext();
  return { plaintext, key };
}

function invalidCiphertext(): AwsError {
  return new AwsError('InvalidCiphertextException', '');
}

/** For a key that was made for something else. */
export function wrongUsage(key: KeyRecord, wanted: string): AwsError {
  return new AwsError(
    'InvalidKeyUsageException',
    `${key.arn} key usage is ${key.keyUsage} which is not valid for ${wanted === 'ENCRYPT_DECRYPT' ? 'Encrypt' : 'this operation'}.`,
  );
}

function encrypt(input: EncryptRequest, scope: Scope): EncryptResponse {
  const plaintext = required(input.Plaintext, 'plaintext');
  if (plaintext.length > LONGEST_PLAINTEXT) {
    throw constraintFault('plaintext', `Member must have length less than or equal to ${LONGEST_PLAINTEXT}`);
  }
  if (plaintext.length === 0)
    throw constraintFault('plaintext', 'Member must have length greater than or equal to 1');
  const { ciphertext, key } = encryptWith(
    scope,
    required(input.KeyId, 'keyId'),
    plaintext,
    input.EncryptionContext,
  );
  return { CiphertextBlob: ciphertext, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
}

function decrypt(input: DecryptRequest, scope: Scope): DecryptResponse {
  const { plaintext, key } = decryptWith(
    scope,
    required(input.CiphertextBlob, 'ciphertextBlob'),
    input.EncryptionContext,
  );
  checkKey(scope, input.KeyId, key);
  return { Plaintext: plaintext, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
}

function checkKey(scope: Scope, given: string | undefined, key: KeyRecord): void {
  if (given === undefined || keyNamed(scope, given) === key) return;
  throw new AwsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  );
}

function reEncrypt(input: ReEncryptRequest, scope: Scope): ReEncryptResponse {
  const { plaintext, key: source } = decryptWith(
    scope,
    required(input.CiphertextBlob, 'ciphertextBlob'),
    input.SourceEncryptionContext,
  );
  checkKey(scope, input.SourceKeyId, source);
  const destination = required(input.DestinationKeyId, 'destinationKeyId');
  const { ciphertext, key } = encryptWith(scope, destination, plaintext, input.DestinationEncryptionContext);
  return {
    CiphertextBlob: ciphertext,
    SourceKeyId: source.arn,
    KeyId: key.arn,
    SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

function generateDataKey(
  input: GenerateDataKeyRequest,
  scope: Scope,
): GenerateDataKeyResponse & { Plaintext: Uint8Array } {
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  const length = input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32);
  const Plaintext = randomBytes(checkRange(length, 'numberOfBytes', [1, 1024]));
  const { ciphertext, key } = encryptWith(
    scope,
    required(input.KeyId, 'keyId'),
    Plaintext,
    input.EncryptionContext,
  );
  return { Plaintext, CiphertextBlob: ciphertext, KeyId: key.arn };
}

function generateDataKeyWithoutPlaintext(input: GenerateDataKeyRequest, scope: Scope) {
  const { CiphertextBlob, KeyId } = generateDataKey(input, scope);
  return { CiphertextBlob, KeyId };
}

function generateRandom({ NumberOfBytes }: GenerateRandomRequest): GenerateRandomResponse {
  return {
    Plaintext: randomBytes(checkRange(required(NumberOfBytes, 'numberOfBytes'), 'numberOfBytes', [1, 1024])),
  };
}

export const cryptographyOperations = {
  Encrypt: encrypt,
  Decrypt: decrypt,
  ReEncrypt: reEncrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateRandom: generateRandom,
};
