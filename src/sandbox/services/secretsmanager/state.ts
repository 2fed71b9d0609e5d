import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';

export interface VersionRecord {
  readonly id: string;
  readonly createdAt: Instant;
  /** What a request gave: a text, or bytes. */
  readonly kind: 'text' | 'binary';
  /** KMS's ciphertext in Base64. */
  readonly sealed: string;
  /** Staging labels, such as AWSCURRENT. */
  stages: string[];
}

export interface SecretRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Instant;
  changedAt: Instant;
  accessedAt?: Instant;
  /** When its deletion was asked for. */
  markedAt?: Instant;
  /** When it will be gone. */
  deletedAt?: Instant;
  description?: string;
  kmsKeyId?: string;
  policy?: string;
  tags: Record<string, string>;
  /** Oldest first. */
  versions: VersionRecord[];
}

interface SecretsState {
  /** By name. */
  readonly secrets: Table<SecretRecord>;
}

export const secretsState = defineSlice<SecretsState>('secretsmanager', () => ({ secrets: {} }));

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A secret's ARN ends in six characters of its own, so that a name used again is not the same secret. */
export function newSecretArn(scope: Scope, name: string): string {
  const suffix = Array.from({ length: 6 }, () => SUFFIX[Math.floor(scope.world.random() * SUFFIX.length)]);
  return arn(scope, 'secretsmanager', `secret:${name}-${suffix.join('')}`);
}

/** The secret that a name, an ARN or an ARN without its last characters names. */
export function findSecret(scope: Scope, given: string): SecretRecord | undefined {
  const { secrets } = secretsState(scope);
  if (!given.startsWith('arn:')) return own(secrets, given);
  return Object.values(secrets).find(({ arn }) => arn === given || arn.slice(0, -'-xxxxxx'.length) === given);
}

/** @throws AwsError ResourceNotFoundException */
export function secretNamed(scope: Scope, given: string): SecretRecord {
  const found = findSecret(scope, given);
  if (found === undefined) throw notFound("Secrets Manager can't find the specified secret.");
  return found;
}

/** The secret, if it is not about to be deleted. @throws AwsError ResourceNotFoundException, InvalidRequestException */
export function usableSecret(scope: Scope, given: string): SecretRecord {
  const secret = secretNamed(scope, given);
  if (secret.deletedAt === undefined) return secret;
  throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
