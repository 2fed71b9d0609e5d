import type { AliasConfiguration, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';
import { constraintFault } from '../common/validation.ts';

/** What a function is told to be, in the form in which Lambda describes it. */
export type Settings = Pick<
  FunctionConfiguration,
  | 'Runtime'
  | 'Handler'
  | 'Description'
  | 'VpcConfig'
  | 'DeadLetterConfig'
  | 'Environment'
  | 'KMSKeyArn'
  | 'TracingConfig'
  | 'Layers'
  | 'FileSystemConfigs'
  | 'PackageType'
  | 'ImageConfigResponse'
  | 'Architectures'
  | 'EphemeralStorage'
  | 'SnapStart'
  | 'LoggingConfig'
> & {
  /** The ARN of the execution role. */
  readonly Role: string;
  /** In seconds. */
  readonly Timeout: number;
  /** In megabytes. */
  readonly MemorySize: number;
};

export interface Code {
  /** Where the deployment package lies; images have none. */
  readonly blob?: string;
  readonly imageUri?: string;
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** One version of a function: the one that can be changed, `$LATEST`, or one that was published. */
export interface Revision {
  readonly version: string;
  settings: Settings;
  code: Code;
  revisionId: string;
  modifiedAt: Instant;
  /** Until then it is Pending when it is new, and its update is InProgress when it was changed. */
  readyAt: Instant;
  change: 'create' | 'update';
}

export interface Statement {
  readonly Sid: string;
  readonly [member: string]: unknown;
}

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  readonly latest: Revision;
  /** Oldest first. */
  readonly versions: Revision[];
  published: number;
  readonly aliases: Table<AliasConfiguration & { Name: string; FunctionVersion: string }>;
  /** Who may use it, by qualifier; '' for none. */
  readonly policies: Table<Statement[]>;
  tags: Record<string, string>;
  reservedConcurrency?: number;
  /** How asynchronous invocations are tried, where it is not Lambda's own way. */
  eventConfig?: { readonly attempts?: number; readonly ageSeconds?: number };
}

/** An asynchronous invocation that is not done yet. */
export interface PendingEvent {
  readonly functionArn: string;
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly acceptedAt: Instant;
  failures: number;
}

interface LambdaState {
  readonly functions: Table<FunctionRecord>;
  readonly events: Table<PendingEvent>;
}

export const lambdaState = defineSlice<LambdaState>('lambda', () => ({ functions: {}, events: {} }));

export const LATEST = '$LATEST';

const NAME =
  /^(?:(?:arn:[^:]+:lambda:([^:]+):)?(?:(\d{12}):)?function:|(?:(\d{12}):))?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;
const NAME_PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?';

/**
 * A function's name and qualifier out of a name, a partial ARN or an ARN.
 * @throws AwsError ValidationException, ResourceNotFoundException (404)
 */
export function parseFunctionName(
  scope: Scope,
  given: string,
  qualifier?: string,
): { readonly name: string; readonly qualifier?: string } {
  const match = NAME.exec(given);
  if (match === null) {
    throw constraintFault(
      'functionName',
      `Member must satisfy regular expression pattern: ${NAME_PATTERN}`,
      given,
    );
  }
  const [, region = scope.region, account, bareAccount, name = '', own] = match;
  if ((account ?? bareAccount ?? scope.accountId) !== scope.accountId) throw functionNotFound(given);
  if (region !== scope.region) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Functions from '${region}' are not reachable in this region ('${scope.region}')`,
      404,
    );
  }
  if (own !== undefined && qualifier !== undefined && own !== qualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const chosen = qualifier ?? own;
  return { name, ...(chosen !== undefined && { qualifier: chosen }) };
}

export function functionArn(scope: Scope, name: string, qualifier?: string): string {
  return arn(scope, 'lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`);
}

export function functionNotFound(functionArnOrName: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${functionArnOrName}`, 404);
}

/** @throws AwsError ResourceNotFoundException (404), ValidationException */
export function functionNamed(scope: Scope, given: string): FunctionRecord {
  const { name } = parseFunctionName(scope, given);
  const found = own(lambdaState(scope).functions, name);
  if (found === undefined) throw functionNotFound(functionArn(scope, name));
  return found;
}

export interface Qualified {
  readonly record: FunctionRecord;
  readonly revision: Revision;
  readonly qualifier?: string;
}

/** The version that a name and a qualifier mean. @throws AwsError ResourceNotFoundException (404), ValidationException */
export function revisionNamed(scope: Scope, given: string, asked?: string): Qualified {
  const { name, qualifier } = parseFunctionName(scope, given, asked);
  const record = own(lambdaState(scope).functions, name);
  const revision = record && revisionOf(record, qualifier);
  if (record === undefined || revision === undefined)
    throw functionNotFound(functionArn(scope, name, qualifier));
  return { record, revision, ...(qualifier !== undefined && { qualifier }) };
}

export function revisionOf(record: FunctionRecord, qualifier: string = LATEST): Revision | undefined {
  if (qualifier === LATEST) return record.latest;
  const version = own(record.aliases, qualifier)?.FunctionVersion ?? qualifier;
  return version === LATEST ? record.latest : record.versions.find((one) => one.version === version);
}

/** A function's configuration as Lambda describes it. @param qualifier what the ARN ends in, as it was asked for */
export function configurationOf(
  scope: Scope,
  record: FunctionRecord,
  revision: Revision,
  qualifier?: string,
): FunctionConfiguration {
  const busy = scope.world.now() < revision.readyAt;
  const pending = busy && revision.change === 'create';
  const updating = busy && revision.change === 'update';
  const shown = qualifier ?? (revision.version === LATEST ? undefined : revision.version);
  return {
    FunctionName: record.name,
    FunctionArn: functionArn(scope, record.name, shown),
    ...revision.settings,
    CodeSize: revision.code.size,
    CodeSha256: revision.code.sha256,
    LastModified: new Date(revision.modifiedAt).toISOString().replace('Z', '+0000'),
    Version: revision.version,
    RevisionId: revision.revisionId,
    State: pending ? 'Pending' : 'Active',
    ...(pending && { StateReason: 'The function is being created.', StateReasonCode: 'Creating' as const }),
    ...(!pending && { LastUpdateStatus: updating ? ('InProgress' as const) : ('Successful' as const) }),
  };
}
