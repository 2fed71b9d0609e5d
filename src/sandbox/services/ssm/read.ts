import type {
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope, World } from '../../kernel/world.ts';
import { own, sorted } from '../../kernel/table.ts';
import { decryptWith } from '../kms/cryptography.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange, constraintFault, required } from '../common/validation.ts';
import { filtered, PATH_FILTERS } from './filters.ts';
import { isPublic } from './name.ts';
import { publicNames, publicParameter } from './public-parameters.ts';
import { encryptionContext } from './put.ts';
import {
  existing,
  invalidToken,
  nameOf,
  newest,
  parameterArn,
  parameterNotFound,
  ssmState,
  type ParameterRecord,
  type ParameterVersion,
} from './state.ts';

const MOST_NAMES = 10;

/** Which version of a parameter a request asks for. */
interface Selected {
  readonly record: ParameterRecord;
  readonly version: ParameterVersion;
  /** As it was asked for: `:3` or `:label`. */
  readonly selector?: string;
}

/**
 * The parameter and version that `name`, `name:version` or `name:label` selects; an ARN may stand for the name.
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound
 */
function select(scope: Scope, given: string): Selected {
  const [, base = given, selector] = /^(arn(?::[^:]*){4}:[^:]+|[^:]*)(:.+)?$/.exec(given) ?? [];
  const name = nameOf(base, scope);
  const record = isPublic(name)
    ? publicParameter(scope.region, name, scope.world.now())
    : own(ssmState(scope).parameters, name);
  if (record === undefined) throw parameterNotFound();
  if (selector === undefined) return { record, version: newest(record) };
  const wanted = selector.slice(1);
  const version = record.versions.find(
    ({ version, labels }) => String(version) === wanted || labels.includes(wanted),
  );
  if (version === undefined) throw versionNotFound(name, wanted);
  return { record, version, selector };
}

export function versionNotFound(name: string, version: string | number): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
}

/**
 * The parameter that a name selects, as clients see it. For CloudFormation and the machines as well.
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound, InvalidKeyId
 */
export function readParameter(scope: Scope, name: string, withDecryption = false): Parameter {
  const { record, version, selector } = select(scope, name);
  return {
    ...described(scope, record, version, withDecryption),
    ...(selector !== undefined && { Selector: selector }),
  };
}

/** Whether the newest version of a parameter, of any region, holds this text. */
export function isStored(world: World, text: string): boolean {
  return world.regionsOf('ssm').some((region) => {
    const scope = world.scope(region);
    return Object.values(ssmState(scope).parameters).some((record) => {
      try {
        return valueOf(scope, record.name, newest(record), true).trim() === text;
      } catch (error) {
        if (error instanceof AwsError) return false;
        throw error;
      }
    });
  });
}

function described(
  scope: Scope,
  { name }: ParameterRecord,
  version: ParameterVersion,
  withDecryption: boolean | undefined,
): Parameter {
  return {
    Name: name,
    Type: version.type,
    Value: valueOf(scope, name, version, withDecryption),
    Version: version.version,
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: parameterArn(scope, name),
    DataType: version.dataType,
  };
}

function valueOf(
  scope: Scope,
  name: string,
  { type, value }: ParameterVersion,
  withDecryption: boolean | undefined,
): string {
  if (type !== 'SecureString' || !withDecryption) return value;
  try {
    const { plaintext } = decryptWith(scope, Buffer.from(value, 'base64'), encryptionContext(scope, name));
    return Buffer.from(plaintext).toString();
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError('InvalidKeyId', error.message);
    throw error;
  }
}

function getParameter({ Name, WithDecryption }: GetParameterRequest, scope: Scope) {
  return { Parameter: readParameter(scope, required(Name, 'name'), WithDecryption) };
}

function getParameters({ Names, WithDecryption }: GetParametersRequest, scope: Scope): GetParametersResult {
  const names = checkNames(Names);
  const result = { Parameters: [] as Parameter[], InvalidParameters: [] as string[] };
  for (const name of new Set(names)) {
    try {
      result.Parameters.push(readParameter(scope, name, WithDecryption));
    } catch (error) {
      const missing = error instanceof AwsError && /^Parameter(?:Version)?NotFound$/.test(error.code);
      if (!missing) throw error;
      result.InvalidParameters.push(name);
    }
  }
  return result;
}

/** @throws AwsError ValidationException for no name, or for more than ten */
export function checkNames(given: readonly string[] | undefined): readonly string[] {
  const names = required(given, 'names');
  const shown = `[${names.join(', ')}]`;
  if (names.length === 0)
    throw constraintFault('names', 'Member must have length greater than or equal to 1', shown);
  if (names.length > MOST_NAMES)
    throw constraintFault('names', `Member must have length less than or equal to ${MOST_NAMES}`, shown);
  return names;
}

function getParametersByPath(input: GetParametersByPathRequest, scope: Scope): GetParametersByPathResult {
  const path = checkPath(required(input.Path, 'path'));
  const records = isPublic(`${path}/`)
    ? publicNames()
        .filter((name) => isUnder(name, path, input.Recursive))
        .sort()
        .flatMap((name) => publicParameter(scope.region, name, scope.world.now()) ?? [])
    : sorted(ssmState(scope).parameters).filter(({ name }) => isUnder(name, path, input.Recursive));
  const { items, nextToken } = pageOf(
    filtered(records, input.ParameterFilters, PATH_FILTERS),
    checkRange(input.MaxResults ?? 10, 'maxResults', [1, 10]),
    input.NextToken,
    invalidToken,
  );
  return {
    Parameters: items.map(({ record, version }) => described(scope, record, version, input.WithDecryption)),
    NextToken: nextToken,
  };
}

/** Whether a name lies below a path, at any depth or directly. */
export function isUnder(name: string, path: string, recursive: boolean | undefined): boolean {
  if (!name.startsWith(`${path}/`)) return false;
  return recursive === true || !name.slice(path.length + 1).includes('/');
}

/**
 * A path without the slash at its end; the root is empty.
 * @throws AwsError ValidationException
 */
export function checkPath(path: string): string {
  const bare = path.replace(/\/$/, '');
  if (bare === '' ? path === '/' : /^(?:\/[a-zA-Z0-9_.-]+)+$/.test(bare)) return bare;
  throw new AwsError(
    'ValidationException',
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
}

function getParameterHistory(input: GetParameterHistoryRequest, scope: Scope): GetParameterHistoryResult {
  const { name, versions } = existing(scope, required(input.Name, 'name'));
  const { items, nextToken } = pageOf(
    versions,
    checkRange(input.MaxResults ?? 50, 'maxResults', [1, 50]),
    input.NextToken,
    invalidToken,
  );
  return {
    Parameters: items.map((version) => ({
      ...versionMetadata(name, version),
      Value: valueOf(scope, name, version, input.WithDecryption),
      Labels: version.labels,
    })),
    NextToken: nextToken,
  };
}

/** What history and description tell of a version alike. */
export function versionMetadata(name: string, version: ParameterVersion) {
  const { keyId, description, allowedPattern, policies } = version;
  return {
    Name: name,
    Type: version.type,
    ...(keyId !== undefined && { KeyId: keyId }),
    LastModifiedDate: new Date(version.modifiedAt),
    LastModifiedUser: version.modifiedBy,
    ...(description !== undefined && { Description: description }),
    ...(allowedPattern !== undefined && { AllowedPattern: allowedPattern }),
    Version: version.version,
    Tier: version.tier,
    Policies: policies === undefined ? [] : policiesOf(policies),
    DataType: version.dataType,
  };
}

function policiesOf(policies: string) {
  return (JSON.parse(policies) as { Type?: string }[]).map((policy) => ({
    PolicyText: JSON.stringify(policy),
    PolicyType: policy.Type,
    PolicyStatus: 'Pending',
  }));
}

export const readOperations = {
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  GetParameterHistory: getParameterHistory,
};
