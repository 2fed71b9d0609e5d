import {
  constants,
  createPrivateKey,
  createPublicKey,
  createHmac,
  sign,
  timingSafeEqual,
  verify,
  type SignKeyObjectInput,
} from 'node:crypto';
import type {
  GenerateMacRequest,
  GenerateMacResponse,
  GetPublicKeyRequest,
  GetPublicKeyResponse,
  SignRequest,
  SignResponse,
  VerifyMacRequest,
  VerifyMacResponse,
  VerifyRequest,
  VerifyResponse,
  EncryptionAlgorithmSpec,
  SigningAlgorithmSpec,
} from '@aws-sdk/client-kms';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { constraintFault, required } from '../common/validation.ts';
import { wrongUsage } from './cryptography.ts';
import { specMembers, usableKey, type KeyRecord } from './state.ts';

const CURVE_ALGORITHMS: Readonly<Record<string, SigningAlgorithmSpec[]>> = {
  ECC_NIST_P256: ['ECDSA_SHA_256'],
  ECC_SECG_P256K1: ['ECDSA_SHA_256'],
  ECC_NIST_P384: ['ECDSA_SHA_384'],
  ECC_NIST_P521: ['ECDSA_SHA_512'],
};
const RSA_SIGNING = [256, 384, 512].flatMap((bits) => [
  `RSASSA_PKCS1_V1_5_SHA_${bits}`,
  `RSASSA_PSS_SHA_${bits}`,
]) as SigningAlgorithmSpec[];

/** The algorithms a key can sign with. */
export function signingAlgorithms({
  keyUsage,
  keySpec,
}: Pick<KeyRecord, 'keyUsage' | 'keySpec'>): SigningAlgorithmSpec[] {
  return keyUsage === 'SIGN_VERIFY' ? (CURVE_ALGORITHMS[keySpec] ?? RSA_SIGNING) : [];
}

export function encryptionAlgorithms({
  keyUsage,
  keySpec,
}: Pick<KeyRecord, 'keyUsage' | 'keySpec'>): EncryptionAlgorithmSpec[] {
  if (keyUsage !== 'ENCRYPT_DECRYPT') return [];
  return keySpec === 'SYMMETRIC_DEFAULT' ? ['SYMMETRIC_DEFAULT'] : ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'];
}

function pairOf(key: KeyRecord) {
  const material = key.material.at(-1);
  if (material?.kind === 'pair') return material;
  throw new AwsError('UnsupportedOperationException', `${key.arn} is not an asymmetric key.`);
}

/** How a message is signed. Digests cannot be signed: Node's crypto has no way to, so the sandbox says so. */
function scheme(key: KeyRecord, { SigningAlgorithm, MessageType }: SignRequest | VerifyRequest) {
  const algorithm = required(SigningAlgorithm, 'signingAlgorithm');
  if (key.keyUsage !== 'SIGN_VERIFY') throw wrongUsage(key, 'SIGN_VERIFY');
  if (!signingAlgorithms(key).includes(algorithm)) {
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`,
    );
  }
  if (MessageType !== undefined && MessageType !== 'RAW') {
    throw new AwsError(
      'UnsupportedOperationException',
      `The sandbox signs messages of type RAW only, not ${MessageType}.`,
    );
  }
  const padding = algorithm.startsWith('RSASSA_PSS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  return { algorithm, digest: `sha${algorithm.slice(-3)}`, padding: padding as Partial<SignKeyObjectInput> };
}

function signMessage(input: SignRequest, scope: Scope): SignResponse {
  const key = usableKey(scope, required(input.KeyId, 'keyId'));
  const { algorithm, digest, padding } = scheme(key, input);
  const privateKey = createPrivateKey({
    key: Buffer.from(pairOf(key).privateKey, 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    KeyId: key.arn,
    Signature: sign(digest, required(input.Message, 'message'), { key: privateKey, ...padding }),
    SigningAlgorithm: algorithm,
  };
}

function verifyMessage(input: VerifyRequest, scope: Scope): VerifyResponse {
  const key = usableKey(scope, required(input.KeyId, 'keyId'));
  const { algorithm, digest, padding } = scheme(key, input);
  const publicKey = createPublicKey({
    key: Buffer.from(pairOf(key).publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  const message = required(input.Message, 'message');
  if (!verify(digest, message, { key: publicKey, ...padding }, required(input.Signature, 'signature'))) {
    throw new AwsError('KMSInvalidSignatureException', '');
  }
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: algorithm };
}

function getPublicKey({ KeyId }: GetPublicKeyRequest, scope: Scope): GetPublicKeyResponse {
  const key = usableKey(scope, required(KeyId, 'keyId'));
  return {
    KeyId: key.arn,
    PublicKey: Buffer.from(pairOf(key).publicKey, 'base64'),
    ...specMembers(key),
    KeyUsage: key.keyUsage,
    ...(key.keyUsage === 'SIGN_VERIFY' && { SigningAlgorithms: signingAlgorithms(key) }),
    ...(key.keyUsage === 'ENCRYPT_DECRYPT' && { EncryptionAlgorithms: encryptionAlgorithms(key) }),
  };
}

function mac(key: KeyRecord, message: Uint8Array): Buffer {
  const material = key.material.at(-1);
  if (material?.kind !== 'hmac') throw wrongUsage(key, 'GENERATE_VERIFY_MAC');
  const digest = key.keySpec.replace('HMAC_', 'sha');
  return createHmac(digest, Buffer.from(material.secret, 'base64')).update(message).digest();
}

function generateMac(input: GenerateMacRequest, scope: Scope): GenerateMacResponse {
  const key = usableKey(scope, required(input.KeyId, 'keyId'));
  return {
    KeyId: key.arn,
    Mac: mac(key, required(input.Message, 'message')),
    MacAlgorithm: input.MacAlgorithm,
  };
}

function verifyMac(input: VerifyMacRequest, scope: Scope): VerifyMacResponse {
  const key = usableKey(scope, required(input.KeyId, 'keyId'));
  const given = Buffer.from(required(input.Mac, 'mac'));
  if (given.length === 0) throw constraintFault('mac', 'Member must have length greater than or equal to 1');
  const expected = mac(key, required(input.Message, 'message'));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new AwsError('KMSInvalidMacException', '');
  }
  return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
}

export const signingOperations = {
  Sign: signMessage,
  Verify: verifyMessage,
  GetPublicKey: getPublicKey,
  GenerateMac: generateMac,
  VerifyMac: verifyMac,
};
