import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';
import { isPublic } from './name.ts';

export interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterType;
  /** Of a SecureString: KMS's ciphertext in Base64. */
  readonly value: string;
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly tier: ParameterTier;
  readonly dataType: string;
  readonly policies?: string;
  labels: string[];
  readonly modifiedAt: Instant;
  readonly modifiedBy: string;
}

export interface ParameterRecord {
  readonly name: string;
  /** Oldest first. */
  readonly versions: ParameterVersion[];
  tags: Record<string, string>;
}

interface SsmState {
  readonly parameters: Table<ParameterRecord>;
}

export const ssmState = defineSlice<SsmState>('ssm', () => ({ parameters: {} }));

/** A public parameter belongs to no account. */
export function parameterArn(scope: Scope, name: string): string {
  if (isPublic(name)) return `arn:${scope.partition}:ssm:${scope.region}::parameter${name}`;
  return arn(scope, 'ssm', `parameter${name.startsWith('/') ? name : `/${name}`}`);
}

/** A parameter's name, from the name or the ARN that a request gives. */
export function nameOf(given: string, scope: Scope): string {
  const [, path = ''] = /^arn:[^:]+:ssm:[^:]*:\d*:parameter(\/.+)$/.exec(given) ?? [];
  if (path === '') return given;
  // The ARN of a parameter without a path has a slash that its name has not.
  const { parameters } = ssmState(scope);
  return own(parameters, path) === undefined && path.lastIndexOf('/') === 0 ? path.slice(1) : path;
}

export function newest({ versions, name }: ParameterRecord): ParameterVersion {
  const version = versions.at(-1);
  if (version === undefined) throw new Error(`the parameter ${name} has no version`);
  return version;
}

/** AWS gives this error no message. */
export function parameterNotFound(): AwsError {
  return new AwsError('ParameterNotFound', '');
}

/** @throws AwsError ParameterNotFound */
export function existing(scope: Scope, given: string): ParameterRecord {
  const found = own(ssmState(scope).parameters, nameOf(given, scope));
  if (found === undefined) throw parameterNotFound();
  return found;
}

/** For a page's token that was not given. */
export function invalidToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The specified token is not valid.');
}
