import { createHash, generateKeyPairSync } from 'node:crypto';
import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
  KeyPair,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { byIds, selected, type Filters } from '../common/describing.ts';
import { required } from '../common/errors.ts';
import type { Ec2State, KeyPairRecord } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { requestedTags, setTags, tagList } from '../tagging/tags.ts';

export function keyPairNamed(state: Ec2State, name: string): KeyPairRecord {
  const found = Object.values(state.keyPairs).find(({ KeyName }) => KeyName === name);
  if (found !== undefined) return found;
  throw new AwsError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);
}

/** Makes a key pair and gives its private half, which AWS never shows again and the sandbox does not keep. */
export function createKeyPair(
  input: CreateKeyPairRequest,
  scope: Scope,
): Required<Pick<KeyPair, 'KeyPairId' | 'KeyName' | 'KeyFingerprint' | 'KeyMaterial' | 'Tags'>> {
  const tags = requestedTags(input.TagSpecifications, 'key-pair');
  const pair =
    input.KeyType === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' });
  const record = keep(input.KeyName, input.KeyType ?? 'rsa', publicKey, tags, scope);
  return {
    KeyPairId: record.KeyPairId,
    KeyName: record.KeyName,
    KeyFingerprint: record.KeyFingerprint ?? '',
    KeyMaterial: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    Tags: tagList(ec2State(scope), record.KeyPairId),
  };
}

/** @throws AwsError InvalidKey.Format */
export function importKeyPair(
  input: ImportKeyPairRequest,
  scope: Scope,
): ImportKeyPairResult & { KeyPairId: string } {
  const tags = requestedTags(input.TagSpecifications, 'key-pair');
  const material = Buffer.from(required(input.PublicKeyMaterial, 'publicKeyMaterial')).toString();
  const [, kind, body] = /^(ssh-rsa|ssh-ed25519)\s+([A-Za-z0-9+/=]+)/.exec(material.trim()) ?? [];
  if (kind === undefined || body === undefined) {
    throw new AwsError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
  }
  const record = keep(
    input.KeyName,
    kind === 'ssh-rsa' ? 'rsa' : 'ed25519',
    Buffer.from(body, 'base64'),
    tags,
    scope,
  );
  return {
    KeyPairId: record.KeyPairId,
    KeyName: record.KeyName,
    KeyFingerprint: record.KeyFingerprint,
    Tags: tagList(ec2State(scope), record.KeyPairId),
  };
}

function keep(
  name: string | undefined,
  type: 'rsa' | 'ed25519',
  publicKey: Uint8Array,
  tags: Readonly<Record<string, string>>,
  scope: Scope,
): KeyPairRecord {
  const state = ec2State(scope);
  const KeyName = required(name, 'KeyName');
  if (Object.values(state.keyPairs).some((pair) => pair.KeyName === KeyName)) {
    throw new AwsError('InvalidKeyPair.Duplicate', `The keypair already exists`);
  }
  const record: KeyPairRecord = {
    KeyPairId: scope.world.ids.hex('key-'),
    KeyName,
    KeyType: type,
    KeyFingerprint: (createHash('sha1').update(publicKey).digest('hex').match(/../g) ?? []).join(':'),
    createdAt: scope.world.now(),
  };
  state.keyPairs[record.KeyPairId] = record;
  setTags(state, record.KeyPairId, tags);
  return record;
}

/** A key pair that is not there counts as deleted. */
export function deleteKeyPair(input: DeleteKeyPairRequest, scope: Scope): DeleteKeyPairResult {
  const state = ec2State(scope);
  const found = Object.values(state.keyPairs).find(
    ({ KeyName, KeyPairId }) => KeyName === input.KeyName || KeyPairId === input.KeyPairId,
  );
  if (found === undefined) return { Return: true };
  Reflect.deleteProperty(state.keyPairs, found.KeyPairId);
  Reflect.deleteProperty(state.tags, found.KeyPairId);
  return { Return: true, KeyPairId: found.KeyPairId };
}

const filters: Filters<KeyPairRecord> = {
  'key-name': (pair) => pair.KeyName,
  'key-pair-id': (pair) => pair.KeyPairId,
  fingerprint: (pair) => pair.KeyFingerprint,
};

function describeKeyPairs(input: DescribeKeyPairsRequest, scope: Scope): DescribeKeyPairsResult {
  const state = ec2State(scope);
  const ids = [
    ...(input.KeyPairIds ?? []),
    ...(input.KeyNames ?? []).map((name) => keyPairNamed(state, name).KeyPairId),
  ];
  const missing = (unknown: readonly string[]) =>
    new AwsError('InvalidKeyPair.NotFound', `The key pair '${unknown.join(', ')}' does not exist`);
  const found = selected(
    byIds(state.keyPairs, ids, missing),
    input.Filters,
    filters,
    (pair) => state.tags[pair.KeyPairId] ?? {},
  );
  return {
    KeyPairs: found.map(({ createdAt, ...pair }) => ({
      ...pair,
      CreateTime: new Date(createdAt),
      Tags: tagList(state, pair.KeyPairId),
    })),
  };
}

export const keyPairOperations = {
  CreateKeyPair: createKeyPair,
  ImportKeyPair: importKeyPair,
  DeleteKeyPair: deleteKeyPair,
  DescribeKeyPairs: describeKeyPairs,
};
