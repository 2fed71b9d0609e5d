import type {
  CreateKeyRequest,
  DescribeKeyRequest,
  GetKeyPolicyRequest,
  KeyMetadata,
  KeyUsageType,
  ListKeysRequest,
  ListKeysResponse,
  ListResourceTagsRequest,
  PutKeyPolicyRequest,
  ScheduleKeyDeletionRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateKeyDescriptionRequest,
} from '@aws-sdk/client-kms';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope, Task } from '../../kernel/world.ts';
import { remove } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkTags, withoutTags } from '../common/tags.ts';
import { checkRange, checkText, required } from '../common/validation.ts';
import { isKnownSpec, newMaterial } from './material.ts';
import { encryptionAlgorithms, signingAlgorithms } from './signing.ts';
import {
  addKey,
  checkNotDoomed,
  keyNamed,
  kmsState,
  specMembers,
  usableKey,
  type KeyRecord,
} from './state.ts';

/** The task that deletes the keys of a region whose time has come; its key is the region. */
export const DELETION_TASK = 'kms.deletion';
const DAY = 86_400_000;

export function keyMetadata(key: KeyRecord, { accountId }: Scope): KeyMetadata {
  return {
    AWSAccountId: accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: key.state,
    ...(key.deletedAt !== undefined && { DeletionDate: new Date(key.deletedAt) }),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    ...specMembers(key),
    MultiRegion: key.multiRegion,
    ...(key.keyUsage === 'ENCRYPT_DECRYPT' && { EncryptionAlgorithms: encryptionAlgorithms(key) }),
    ...(key.keyUsage === 'SIGN_VERIFY' && { SigningAlgorithms: signingAlgorithms(key) }),
  };
}

/** @throws AwsError ValidationException, MalformedPolicyDocumentException, UnsupportedOperationException, TagException */
export function createKey(input: CreateKeyRequest, scope: Scope): KeyRecord {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- KMS still takes it from older programs
  const keySpec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (!isKnownSpec(keySpec)) {
    throw new AwsError('UnsupportedOperationException', `The sandbox makes no keys of the spec ${keySpec}.`);
  }
  if (input.Origin !== undefined && input.Origin !== 'AWS_KMS') {
    throw new AwsError(
      'UnsupportedOperationException',
      `The sandbox makes no keys of the origin ${input.Origin}.`,
    );
  }
  const policy = input.Policy;
  if (policy !== undefined) checkPolicy(policy);
  return addKey(scope, {
    keySpec,
    keyUsage: usageOf(keySpec, input.KeyUsage),
    manager: 'CUSTOMER',
    multiRegion: input.MultiRegion ?? false,
    description: input.Description ?? '',
    ...(policy !== undefined && { policy }),
    tags: requestedTags(input.Tags),
  });
}

function usageOf(keySpec: string, given: KeyUsageType | undefined): KeyUsageType {
  const possible: KeyUsageType[] =
    keySpec === 'SYMMETRIC_DEFAULT'
      ? ['ENCRYPT_DECRYPT']
      : keySpec.startsWith('HMAC')
        ? ['GENERATE_VERIFY_MAC']
        : keySpec.startsWith('ECC')
          ? ['SIGN_VERIFY']
          : ['SIGN_VERIFY', 'ENCRYPT_DECRYPT'];
  if (given === undefined && keySpec !== 'SYMMETRIC_DEFAULT') {
    throw new AwsError(
      'ValidationException',
      `You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.`,
    );
  }
  const usage = given ?? 'ENCRYPT_DECRYPT';
  if (possible.includes(usage)) return usage;
  throw new AwsError('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${keySpec}`);
}

function checkPolicy(policy: string): void {
  try {
    const document: unknown = JSON.parse(policy);
    if (typeof document === 'object' && document !== null && 'Statement' in document) return;
  } catch {
    // Told below.
  }
  throw new AwsError('MalformedPolicyDocumentException', '');
}

function requestedTags(
  tags: readonly { TagKey?: string | undefined; TagValue?: string | undefined }[] | undefined,
): Record<string, string> {
  const map = Object.fromEntries((tags ?? []).map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
  checkTags(map, () => new AwsError('TagException', 'Tags beginning with aws: are reserved'));
  return map;
}

function listKeys({ Limit = 100, Marker }: ListKeysRequest, scope: Scope): ListKeysResponse {
  const { items, nextToken } = pageOf(
    Object.values(kmsState(scope).keys),
    checkRange(Limit, 'limit', [1, 1000]),
    Marker,
    () => new AwsError('InvalidMarkerException', 'Could not deserialize marker'),
  );
  return {
    Keys: items.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })),
    NextMarker: nextToken,
    Truncated: nextToken !== undefined,
  };
}

/** A key that only its owner may change: not one of AWS's own. */
export function ownKey(scope: Scope, keyId: string | undefined): KeyRecord {
  const key = keyNamed(scope, required(keyId, 'keyId'));
  if (key.manager === 'CUSTOMER') return key;
  throw new AwsError(
    'AccessDeniedException',
    `You are not authorized to perform this operation on the AWS managed key ${key.arn}`,
  );
}

export function setEnabled(scope: Scope, keyId: string | undefined, enabled: boolean): object {
  const key = ownKey(scope, keyId);
  checkNotDoomed(key);
  key.state = enabled ? 'Enabled' : 'Disabled';
  return {};
}

export function scheduleKeyDeletion(
  { KeyId, PendingWindowInDays = 30 }: ScheduleKeyDeletionRequest,
  scope: Scope,
) {
  const key = ownKey(scope, KeyId);
  checkNotDoomed(key);
  const days = checkRange(PendingWindowInDays, 'pendingWindowInDays', [7, 30]);
  key.state = 'PendingDeletion';
  key.deletedAt = scope.world.now() + days * DAY;
  scope.world.wake(DELETION_TASK, scope.region, key.deletedAt);
  return {
    KeyId: key.arn,
    DeletionDate: new Date(key.deletedAt),
    KeyState: key.state,
    PendingWindowInDays: days,
  };
}

function cancelKeyDeletion({ KeyId }: DescribeKeyRequest, scope: Scope) {
  const key = ownKey(scope, KeyId);
  if (key.state !== 'PendingDeletion') {
    throw new AwsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
  }
  key.state = 'Disabled';
  delete key.deletedAt;
  return { KeyId: key.arn };
}

/** Deletes the keys whose waiting time is over, with the aliases that point to them. */
export const deleteDueKeys: Task = (world, region) => {
  const scope = world.scope(region);
  const { keys, aliases } = kmsState(scope);
  for (const { keyId, deletedAt } of Object.values(keys)) {
    if (deletedAt === undefined) continue;
    if (deletedAt > world.now()) {
      world.wake(DELETION_TASK, region, deletedAt);
      continue;
    }
    remove(keys, keyId);
    for (const { name, targetKeyId } of Object.values(aliases))
      if (targetKeyId === keyId) remove(aliases, name);
  }
};

export function putKeyPolicy(
  { KeyId, Policy, PolicyName = 'default' }: PutKeyPolicyRequest,
  scope: Scope,
): object {
  checkText(PolicyName, 'policyName', { values: ['default'] });
  const key = ownKey(scope, KeyId);
  const policy = required(Policy, 'policy');
  checkPolicy(policy);
  key.policy = policy;
  return {};
}

function getKeyPolicy({ KeyId, PolicyName = 'default' }: GetKeyPolicyRequest, scope: Scope) {
  if (PolicyName !== 'default') throw new AwsError('NotFoundException', 'No such policy exists');
  return { Policy: keyNamed(scope, required(KeyId, 'keyId')).policy, PolicyName };
}

export function setRotation(
  scope: Scope,
  keyId: string | undefined,
  rotates: boolean,
  days?: number,
): object {
  const key = ownKey(scope, keyId);
  checkNotDoomed(key);
  if (key.keySpec !== 'SYMMETRIC_DEFAULT') throw new AwsError('UnsupportedOperationException', '');
  if (days !== undefined) key.rotationDays = checkRange(days, 'rotationPeriodInDays', [90, 2560]);
  key.rotates = rotates;
  return {};
}

function getKeyRotationStatus({ KeyId }: DescribeKeyRequest, scope: Scope) {
  const key = keyNamed(scope, required(KeyId, 'keyId'));
  return {
    KeyId: key.keyId,
    KeyRotationEnabled: key.rotates,
    ...(key.rotates && { RotationPeriodInDays: key.rotationDays }),
  };
}

function updateKeyDescription({ KeyId, Description }: UpdateKeyDescriptionRequest, scope: Scope): object {
  const key = ownKey(scope, KeyId);
  checkNotDoomed(key);
  key.description = required(Description, 'description');
  return {};
}

function tagResource({ KeyId, Tags }: TagResourceRequest, scope: Scope): object {
  const key = ownKey(scope, KeyId);
  checkNotDoomed(key);
  key.tags = { ...key.tags, ...requestedTags(Tags) };
  return {};
}

function untagResource({ KeyId, TagKeys }: UntagResourceRequest, scope: Scope): object {
  const key = ownKey(scope, KeyId);
  key.tags = withoutTags(key.tags, TagKeys);
  return {};
}

function listResourceTags({ KeyId }: ListResourceTagsRequest, scope: Scope) {
  const { tags } = keyNamed(scope, required(KeyId, 'keyId'));
  return { Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })), Truncated: false };
}

export const keyOperations = {
  CreateKey: (input: CreateKeyRequest, scope: Scope) => ({
    KeyMetadata: keyMetadata(createKey(input, scope), scope),
  }),
  DescribeKey: ({ KeyId }: DescribeKeyRequest, scope: Scope) => ({
    KeyMetadata: keyMetadata(keyNamed(scope, required(KeyId, 'keyId')), scope),
  }),
  ListKeys: listKeys,
  EnableKey: ({ KeyId }: DescribeKeyRequest, scope: Scope) => setEnabled(scope, KeyId, true),
  DisableKey: ({ KeyId }: DescribeKeyRequest, scope: Scope) => setEnabled(scope, KeyId, false),
  ScheduleKeyDeletion: scheduleKeyDeletion,
  CancelKeyDeletion: cancelKeyDeletion,
  PutKeyPolicy: putKeyPolicy,
  GetKeyPolicy: getKeyPolicy,
  ListKeyPolicies: ({ KeyId }: DescribeKeyRequest, scope: Scope) => {
    keyNamed(scope, required(KeyId, 'keyId'));
    return { PolicyNames: ['default'], Truncated: false };
  },
  EnableKeyRotation: (
    { KeyId, RotationPeriodInDays }: { KeyId?: string; RotationPeriodInDays?: number },
    scope: Scope,
  ) => setRotation(scope, KeyId, true, RotationPeriodInDays),
  DisableKeyRotation: ({ KeyId }: DescribeKeyRequest, scope: Scope) => setRotation(scope, KeyId, false),
  GetKeyRotationStatus: getKeyRotationStatus,
  RotateKeyOnDemand: ({ KeyId }: DescribeKeyRequest, scope: Scope) => rotate(scope, KeyId),
  UpdateKeyDescription: updateKeyDescription,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListResourceTags: listResourceTags,
};

function rotate(scope: Scope, keyId: string | undefined) {
  const key = usableKey(scope, ownKey(scope, keyId).keyId);
  if (key.keySpec !== 'SYMMETRIC_DEFAULT') throw new AwsError('UnsupportedOperationException', '');
  key.material.push(newMaterial(key.keySpec));
  return { KeyId: key.keyId };
}
