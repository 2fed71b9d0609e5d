import type {
  AliasConfiguration,
  CreateAliasRequest,
  DeleteAliasRequest,
  FunctionConfiguration,
  GetAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  ListVersionsByFunctionRequest,
  ListVersionsByFunctionResponse,
  PublishVersionRequest,
  UpdateAliasRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { own, put, remove, sorted } from '../../../kernel/table.ts';
import { pageOf } from '../../common/paging.ts';
import { checkRange, checkText, required } from '../../common/validation.ts';
import {
  configurationOf,
  functionArn,
  functionNamed,
  functionNotFound,
  revisionOf,
  type FunctionRecord,
  type Revision,
} from '../state.ts';

const ALIAS_NAME = { least: 1, most: 128, pattern: '(?!^[0-9]+$)([a-zA-Z0-9-_]+)' };

/** Publishes a version, unless nothing was changed since the last one: then that one is it. */
export function publish(scope: Scope, record: FunctionRecord, description?: string): Revision {
  const { latest } = record;
  const last = record.versions.at(-1);
  if (last?.code.sha256 === latest.code.sha256 && same(last.settings, latest.settings)) return last;
  record.published += 1;
  const revision: Revision = {
    ...latest,
    version: String(record.published),
    settings: { ...latest.settings, Description: description ?? latest.settings.Description },
    revisionId: scope.world.ids.uuid(),
  };
  record.versions.push(revision);
  return revision;
}

/** The description of a version may be its own. */
function same(one: Revision['settings'], other: Revision['settings']): boolean {
  const bare = (settings: Revision['settings']) => JSON.stringify({ ...settings, Description: '' });
  return bare(one) === bare(other);
}

function publishVersion(input: PublishVersionRequest, scope: Scope): FunctionConfiguration {
  const record = functionNamed(scope, required(input.FunctionName, 'functionName'));
  if (input.CodeSha256 !== undefined && input.CodeSha256 !== record.latest.code.sha256) {
    throw new AwsError(
      'InvalidParameterValueException',
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${record.latest.code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  return configurationOf(scope, record, publish(scope, record, input.Description));
}

function listVersions(
  { FunctionName, Marker, MaxItems = 50 }: ListVersionsByFunctionRequest,
  scope: Scope,
): ListVersionsByFunctionResponse {
  const record = functionNamed(scope, required(FunctionName, 'functionName'));
  const { items, nextToken } = pageOf(
    [record.latest, ...record.versions],
    Math.min(50, checkRange(MaxItems, 'maxItems', [1, 10_000])),
    Marker,
    () => new AwsError('InvalidParameterValueException', 'Invalid marker'),
  );
  return {
    Versions: items.map((revision) => configurationOf(scope, record, revision, revision.version)),
    ...(nextToken !== undefined && { NextMarker: nextToken }),
  };
}

function aliasNamed(scope: Scope, functionName: string | undefined, name: string | undefined) {
  const record = functionNamed(scope, required(functionName, 'functionName'));
  const alias = own(record.aliases, required(name, 'name'));
  if (alias === undefined) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Cannot find alias arn: ${functionArn(scope, record.name, name)}`,
      404,
    );
  }
  return { record, alias };
}

/** @throws AwsError ResourceConflictException (409), ResourceNotFoundException (404), ValidationException */
export function createAlias(input: CreateAliasRequest, scope: Scope): AliasConfiguration {
  const record = functionNamed(scope, required(input.FunctionName, 'functionName'));
  const name = checkText(required(input.Name, 'name'), 'name', ALIAS_NAME);
  const version = checkedVersion(scope, record, required(input.FunctionVersion, 'functionVersion'));
  const arn = functionArn(scope, record.name, name);
  if (own(record.aliases, name) !== undefined)
    throw new AwsError('ResourceConflictException', `Alias already exists: ${arn}`, 409);
  return put(record.aliases, name, {
    AliasArn: arn,
    Name: name,
    FunctionVersion: version,
    Description: input.Description ?? '',
    ...(input.RoutingConfig !== undefined && { RoutingConfig: { ...input.RoutingConfig } }),
    RevisionId: scope.world.ids.uuid(),
  });
}

function checkedVersion(scope: Scope, record: FunctionRecord, version: string): string {
  if (/^(?:\$LATEST|[0-9]+)$/.test(version) && revisionOf(record, version) !== undefined) return version;
  throw functionNotFound(functionArn(scope, record.name, version));
}

export function updateAlias(input: UpdateAliasRequest, scope: Scope): AliasConfiguration {
  const { record, alias } = aliasNamed(scope, input.FunctionName, input.Name);
  if (input.FunctionVersion !== undefined)
    alias.FunctionVersion = checkedVersion(scope, record, input.FunctionVersion);
  if (input.Description !== undefined) alias.Description = input.Description;
  if (input.RoutingConfig !== undefined) alias.RoutingConfig = { ...input.RoutingConfig };
  alias.RevisionId = scope.world.ids.uuid();
  return alias;
}

function deleteAlias({ FunctionName, Name }: DeleteAliasRequest, scope: Scope): object {
  remove(functionNamed(scope, required(FunctionName, 'functionName')).aliases, required(Name, 'name'));
  return {};
}

function getAlias({ FunctionName, Name }: GetAliasRequest, scope: Scope): AliasConfiguration {
  return aliasNamed(scope, FunctionName, Name).alias;
}

function listAliases(
  { FunctionName, FunctionVersion, Marker, MaxItems = 50 }: ListAliasesRequest,
  scope: Scope,
): ListAliasesResponse {
  const record = functionNamed(scope, required(FunctionName, 'functionName'));
  const { items, nextToken } = pageOf(
    sorted(record.aliases).filter(
      (alias) => FunctionVersion === undefined || alias.FunctionVersion === FunctionVersion,
    ),
    Math.min(50, checkRange(MaxItems, 'maxItems', [1, 10_000])),
    Marker,
    () => new AwsError('InvalidParameterValueException', 'Invalid marker'),
  );
  return { Aliases: items, ...(nextToken !== undefined && { NextMarker: nextToken }) };
}

export const versionOperations = {
  PublishVersion: publishVersion,
  ListVersionsByFunction: listVersions,
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  GetAlias: getAlias,
  ListAliases: listAliases,
};
