import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DeleteResourcePolicyRequest,
  DeleteSecretRequest,
  DescribeSecretRequest,
  PutResourcePolicyRequest,
  RestoreSecretRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateSecretRequest,
} from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope, Task } from '../../kernel/world.ts';
import { own, put, remove } from '../../kernel/table.ts';
import { PolicyFault, readPolicy } from '../iam/policy/document.ts';
import { checkTags, tagMap, withoutTags } from '../common/tags.ts';
import { required } from '../common/validation.ts';
import {
  findSecret,
  invalidParameter,
  invalidRequest,
  newSecretArn,
  secretNamed,
  secretsState,
  usableSecret,
  type SecretRecord,
} from './state.ts';
import { addVersion, hasValue } from './versions.ts';

/** The task that deletes the secrets of a region whose recovery window is over; its key is the region. */
export const DELETION_TASK = 'secretsmanager.deletion';
const DAY = 86_400_000;

/** @throws AwsError ResourceExistsException, InvalidRequestException, InvalidParameterException */
export function createSecret(input: CreateSecretRequest, scope: Scope): CreateSecretResponse {
  const name = checkName(required(input.Name, 'name'));
  const { secrets } = secretsState(scope);
  const before = own(secrets, name);
  if (before?.deletedAt !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (before !== undefined) {
    throw new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    );
  }
  const tags = tagMap(input.Tags);
  checkTags(tags, reservedTag);
  const now = scope.world.now();
  const secret: SecretRecord = {
    name,
    arn: newSecretArn(scope, name),
    createdAt: now,
    changedAt: now,
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
    tags,
    versions: [],
  };
  const version = hasValue(input) ? addVersion(scope, secret, input) : undefined;
  put(secrets, name, secret);
  return { ARN: secret.arn, Name: name, ...(version !== undefined && { VersionId: version.id }) };
}

function checkName(name: string): string {
  if (/^[a-zA-Z0-9/_+=.@!-]{1,512}$/.test(name)) return name;
  throw new AwsError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}

function reservedTag(): AwsError {
  return invalidParameter('Tag keys starting with aws: are reserved for system use.');
}

/** @throws AwsError ResourceNotFoundException, InvalidRequestException, ResourceExistsException */
export function updateSecret(input: UpdateSecretRequest, scope: Scope) {
  const secret = usableSecret(scope, required(input.SecretId, 'secretId'));
  if (input.KmsKeyId !== undefined) secret.kmsKeyId = input.KmsKeyId;
  const version = hasValue(input) ? addVersion(scope, secret, input) : undefined;
  if (input.Description !== undefined) secret.description = input.Description;
  secret.changedAt = scope.world.now();
  return { ARN: secret.arn, Name: secret.name, ...(version !== undefined && { VersionId: version.id }) };
}

/** Deletes at once when forced; else when the recovery window is over. */
export function deleteSecret(input: DeleteSecretRequest, scope: Scope) {
  const given = required(input.SecretId, 'secretId');
  const { RecoveryWindowInDays, ForceDeleteWithoutRecovery: forced = false } = input;
  if (forced && RecoveryWindowInDays !== undefined) {
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  const days = RecoveryWindowInDays ?? 30;
  if (days < 7 || days > 30) {
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
  const { world } = scope;
  const now = world.now();
  // Forced, what is not there counts as deleted.
  if (forced && findSecret(scope, given) === undefined) {
    return { ARN: newSecretArn(scope, given), Name: given, DeletionDate: new Date(now) };
  }
  const secret = forced ? secretNamed(scope, given) : usableSecret(scope, given);
  if (forced) remove(secretsState(scope).secrets, secret.name);
  secret.markedAt = now;
  secret.deletedAt = forced ? now : now + days * DAY;
  if (!forced) world.wake(DELETION_TASK, scope.region, secret.deletedAt);
  return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(secret.deletedAt) };
}

/** Deletes the secrets whose recovery window is over. */
export const deleteDueSecrets: Task = (world, region) => {
  const { secrets } = secretsState(world.scope(region));
  for (const { name, deletedAt } of Object.values(secrets)) {
    if (deletedAt === undefined) continue;
    if (deletedAt > world.now()) world.wake(DELETION_TASK, region, deletedAt);
    else remove(secrets, name);
  }
};

function restoreSecret({ SecretId }: RestoreSecretRequest, scope: Scope) {
  const secret = secretNamed(scope, required(SecretId, 'secretId'));
  delete secret.markedAt;
  delete secret.deletedAt;
  return { ARN: secret.arn, Name: secret.name };
}

function tagResource({ SecretId, Tags }: TagResourceRequest, scope: Scope): object {
  const secret = usableSecret(scope, required(SecretId, 'secretId'));
  const added = tagMap(required(Tags, 'tags'));
  checkTags(added, reservedTag);
  secret.tags = { ...secret.tags, ...added };
  return {};
}

function untagResource({ SecretId, TagKeys }: UntagResourceRequest, scope: Scope): object {
  const secret = usableSecret(scope, required(SecretId, 'secretId'));
  secret.tags = withoutTags(secret.tags, TagKeys);
  return {};
}

function putResourcePolicy({ SecretId, ResourcePolicy }: PutResourcePolicyRequest, scope: Scope) {
  const secret = usableSecret(scope, required(SecretId, 'secretId'));
  const policy = required(ResourcePolicy, 'resourcePolicy');
  try {
    readPolicy(policy);
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    throw new AwsError('MalformedPolicyDocumentException', error.message);
  }
  secret.policy = policy;
  return { ARN: secret.arn, Name: secret.name };
}

function deleteResourcePolicy({ SecretId }: DeleteResourcePolicyRequest, scope: Scope) {
  const secret = usableSecret(scope, required(SecretId, 'secretId'));
  delete secret.policy;
  return { ARN: secret.arn, Name: secret.name };
}

function getResourcePolicy({ SecretId }: DescribeSecretRequest, scope: Scope) {
  const { arn, name, policy } = secretNamed(scope, required(SecretId, 'secretId'));
  return { ARN: arn, Name: name, ...(policy !== undefined && { ResourcePolicy: policy }) };
}

export const secretOperations = {
  CreateSecret: createSecret,
  UpdateSecret: updateSecret,
  DeleteSecret: deleteSecret,
  RestoreSecret: restoreSecret,
  TagResource: tagResource,
  UntagResource: untagResource,
  PutResourcePolicy: putResourcePolicy,
  GetResourcePolicy: getResourcePolicy,
  DeleteResourcePolicy: deleteResourcePolicy,
};
