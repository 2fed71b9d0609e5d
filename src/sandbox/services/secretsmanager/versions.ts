import type {
  GetSecretValueRequest,
  GetSecretValueResponse,
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  UpdateSecretVersionStageRequest,
} from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { decryptWith, encryptWith } from '../kms/cryptography.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange, required } from '../common/validation.ts';
import {
  invalidParameter,
  invalidRequest,
  notFound,
  secretNamed,
  usableSecret,
  type SecretRecord,
  type VersionRecord,
} from './state.ts';

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const MOST_VERSIONS = 100;
const MOST_BYTES = 65_536;

/** What a request may give as a secret's value. */
export interface Value {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
  readonly ClientRequestToken?: string | undefined;
}

export function hasValue({ SecretString, SecretBinary }: Value): boolean {
  return SecretString !== undefined || SecretBinary !== undefined;
}

/**
 * Gives a secret a new version, which takes over the staging labels. The same token with the same value is the same
 * version once more.
 * @throws AwsError InvalidParameterException, ResourceExistsException, EncryptionFailure
 */
export function addVersion(
  scope: Scope,
  secret: SecretRecord,
  given: Value,
  stages: readonly string[] = [CURRENT],
): VersionRecord {
  const { bytes, kind } = contentOf(given);
  const id = given.ClientRequestToken ?? scope.world.ids.uuid();
  if (id.length < 32 || id.length > 64)
    throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
  const before = secret.versions.find((version) => version.id === id);
  if (before !== undefined) {
    if (before.kind === kind && Buffer.compare(opened(scope, secret, before), bytes) === 0) return before;
    throw new AwsError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const sealed = sealedFor(scope, secret, id, bytes);
  const version: VersionRecord = { id, createdAt: scope.world.now(), kind, sealed, stages: [] };
  secret.versions.push(version);
  for (const stage of stages) moveStage(secret, stage, version);
  secret.changedAt = scope.world.now();
  makeRoom(secret);
  return version;
}

function contentOf({ SecretString, SecretBinary }: Value): Pick<VersionRecord, 'kind'> & { bytes: Buffer } {
  if ((SecretString === undefined) === (SecretBinary === undefined))
    throw invalidParameter('You must provide either SecretString or SecretBinary.');
  const bytes = SecretString === undefined ? Buffer.from(SecretBinary ?? []) : Buffer.from(SecretString);
  if (bytes.length > MOST_BYTES) {
    throw invalidParameter(`The secret value can't be longer than ${MOST_BYTES} bytes.`);
  }
  return { bytes, kind: SecretString === undefined ? 'binary' : 'text' };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
function encryptionContext({ arn }: SecretRecord, versionId: string): Record<string, string> {
  return { SecretARN: arn, SecretVersionId: versionId };
}

function sealedFor(scope: Scope, secret: SecretRecord, versionId: string, bytes: Buffer): string {
  const keyId = secret.kmsKeyId ?? 'alias/aws/secretsmanager';
  try {
    const { ciphertext } = encryptWith(scope, keyId, bytes, encryptionContext(secret, versionId));
    return Buffer.from(ciphertext).toString('base64');
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(
      'EncryptionFailure',
      `Secrets Manager can't encrypt the protected secret text: ${error.message}`,
    );
  }
}

function opened(scope: Scope, secret: SecretRecord, { id, sealed }: VersionRecord): Buffer {
  try {
    const context = encryptionContext(secret, id);
    return Buffer.from(decryptWith(scope, Buffer.from(sealed, 'base64'), context).plaintext);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(
      'DecryptionFailure',
      `Secrets Manager can't decrypt the protected secret text: ${error.message}`,
    );
  }
}

/** A label is on one version at a time. The version that loses AWSCURRENT becomes AWSPREVIOUS. */
function moveStage(secret: SecretRecord, stage: string, to: VersionRecord | undefined): void {
  const from = secret.versions.find(({ stages }) => stages.includes(stage));
  if (from === to) return;
  if (from !== undefined) from.stages = from.stages.filter((label) => label !== stage);
  to?.stages.push(stage);
  if (stage === CURRENT && from !== undefined) moveStage(secret, PREVIOUS, from);
  if (stage === CURRENT && to !== undefined) to.stages = to.stages.filter((label) => label !== PREVIOUS);
}

/** Versions without a label go when there are too many. */
function makeRoom(secret: SecretRecord): void {
  const excess = secret.versions.length - MOST_VERSIONS;
  const spare = secret.versions.filter(({ stages }) => stages.length === 0).slice(0, Math.max(0, excess));
  secret.versions = secret.versions.filter((version) => !spare.includes(version));
}

export function putSecretValue(input: PutSecretValueRequest, scope: Scope): PutSecretValueResponse {
  const secret = usableSecret(scope, required(input.SecretId, 'secretId'));
  const { id, stages } = addVersion(scope, secret, input, input.VersionStages);
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
}

/** @throws AwsError ResourceNotFoundException, InvalidRequestException, DecryptionFailure */
export function getSecretValue(input: GetSecretValueRequest, scope: Scope): GetSecretValueResponse {
  const secret = usableSecret(scope, required(input.SecretId, 'secretId'));
  const version = wanted(secret, input);
  const bytes = opened(scope, secret, version);
  secret.accessedAt = scope.world.now();
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...(version.kind === 'text' ? { SecretString: bytes.toString() } : { SecretBinary: bytes }),
    VersionStages: version.stages,
    CreatedDate: new Date(version.createdAt),
  };
}

function wanted(
  { versions }: SecretRecord,
  { VersionId, VersionStage }: GetSecretValueRequest,
): VersionRecord {
  if (VersionId === undefined) {
    const stage = VersionStage ?? CURRENT;
    const labelled = versions.find(({ stages }) => stages.includes(stage));
    if (labelled !== undefined) return labelled;
    throw notFound(`Secrets Manager can't find the specified secret value for staging label: ${stage}`);
  }
  const found = versions.find(({ id }) => id === VersionId);
  if (found === undefined)
    throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${VersionId}`);
  if (VersionStage !== undefined && !found.stages.includes(VersionStage)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return found;
}

function updateSecretVersionStage(input: UpdateSecretVersionStageRequest, scope: Scope) {
  const secret = usableSecret(scope, required(input.SecretId, 'secretId'));
  const stage = required(input.VersionStage, 'versionStage');
  const holder = secret.versions.find(({ stages }) => stages.includes(stage));
  const { MoveToVersionId, RemoveFromVersionId } = input;
  if (holder !== undefined && holder.id !== RemoveFromVersionId && holder.id !== MoveToVersionId) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (RemoveFromVersionId !== undefined && holder?.id !== RemoveFromVersionId) {
    throw invalidParameter(
      `You can't remove the staging label ${stage} from version ${RemoveFromVersionId} because it isn't attached to it.`,
    );
  }
  if (MoveToVersionId === undefined && stage === CURRENT) {
    throw invalidParameter("You can't remove the staging label AWSCURRENT. You can only move it.");
  }
  moveStage(
    secret,
    stage,
    MoveToVersionId === undefined
      ? undefined
      : wanted(secret, { SecretId: secret.name, VersionId: MoveToVersionId }),
  );
  secret.changedAt = scope.world.now();
  return { ARN: secret.arn, Name: secret.name };
}

function listSecretVersionIds(
  input: ListSecretVersionIdsRequest,
  scope: Scope,
): ListSecretVersionIdsResponse {
  const secret = secretNamed(scope, required(input.SecretId, 'secretId'));
  const { items, nextToken } = pageOf(
    secret.versions.filter(({ stages }) => input.IncludeDeprecated === true || stages.length > 0),
    checkRange(input.MaxResults ?? 100, 'maxResults', [1, 100]),
    input.NextToken,
    () => new AwsError('InvalidNextTokenException', 'Invalid token'),
  );
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: items.map(({ id, stages, createdAt }) => ({
      VersionId: id,
      VersionStages: stages,
      CreatedDate: new Date(createdAt),
    })),
    NextToken: nextToken,
  };
}

export const versionOperations = {
  GetSecretValue: getSecretValue,
  PutSecretValue: putSecretValue,
  UpdateSecretVersionStage: updateSecretVersionStage,
  ListSecretVersionIds: listSecretVersionIds,
};
