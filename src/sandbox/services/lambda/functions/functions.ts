import type {
  CreateFunctionRequest,
  DeleteFunctionRequest,
  FunctionConfiguration,
  GetFunctionRequest,
  GetFunctionResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { own, put, remove, sorted } from '../../../kernel/table.ts';
import { pageOf } from '../../common/paging.ts';
import { checkRange, required } from '../../common/validation.ts';
import { requestedCode } from '../code.ts';
import { retireEnvironments } from '../execution/pool.ts';
import { settingsOf } from './settings.ts';
import {
  configurationOf,
  functionArn,
  functionNamed,
  LATEST,
  lambdaState,
  parseFunctionName,
  revisionNamed,
  type Code,
  type FunctionRecord,
  type Settings,
} from '../state.ts';
import { publish } from './versions.ts';

/** Until a function can be used after it is made or changed, in milliseconds. */
const READY_AFTER = 1000;

/** @throws AwsError ResourceConflictException (409) */
export function addFunction(scope: Scope, name: string, settings: Settings, code: Code): FunctionRecord {
  const { functions } = lambdaState(scope);
  checkFree(scope, name);
  const now = scope.world.now();
  return put(functions, name, {
    name,
    arn: functionArn(scope, name),
    latest: {
      version: LATEST,
      settings,
      code,
      revisionId: scope.world.ids.uuid(),
      modifiedAt: now,
      readyAt: now + READY_AFTER,
      change: 'create',
    },
    versions: [],
    published: 0,
    aliases: {},
    policies: {},
    tags: {},
  });
}

function checkFree(scope: Scope, name: string): void {
  if (own(lambdaState(scope).functions, name) === undefined) return;
  throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
}

/** @throws AwsError ResourceConflictException (409) while an earlier change is under way */
export function changeFunction(
  scope: Scope,
  { arn, latest }: FunctionRecord,
  change: { readonly settings?: Settings; readonly code?: Code },
): void {
  checkSettled(scope, arn, latest);
  const now = scope.world.now();
  latest.settings = change.settings ?? latest.settings;
  latest.code = change.code ?? latest.code;
  latest.revisionId = scope.world.ids.uuid();
  latest.modifiedAt = now;
  latest.readyAt = now + READY_AFTER;
  latest.change = 'update';
}

function checkSettled(scope: Scope, arn: string, latest: FunctionRecord['latest']): void {
  if (scope.world.now() >= latest.readyAt) return;
  throw new AwsError(
    'ResourceConflictException',
    latest.change === 'create'
      ? 'The operation cannot be performed at this time. The function is currently in the following state: Pending'
      : `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
    409,
  );
}

export function removeFunction(scope: Scope, { name, arn }: FunctionRecord): void {
  remove(lambdaState(scope).functions, name);
  retireEnvironments(scope.world, arn);
}

/** @throws AwsError PreconditionFailedException (412) when the function was changed since */
export function checkRevision(asked: string | undefined, current: string): void {
  if (asked === undefined || asked === current) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId',
    412,
  );
}

function createFunction(input: CreateFunctionRequest, context: Scope): FunctionConfiguration {
  const { name } = parseFunctionName(context, required(input.FunctionName, 'functionName'));
  const settings = settingsOf(input, name);
  checkFree(context, name);
  const record = addFunction(context, name, settings, requestedCode(required(input.Code, 'code'), context));
  record.tags = { ...input.Tags };
  const revision = input.Publish ? publish(context, record) : record.latest;
  return configurationOf(context, record, revision);
}

function getFunction({ FunctionName, Qualifier }: GetFunctionRequest, scope: Scope): GetFunctionResponse {
  const { record, revision, qualifier } = revisionNamed(scope, FunctionName ?? '', Qualifier);
  const { imageUri } = revision.code;
  return {
    Configuration: configurationOf(scope, record, revision, qualifier),
    Code:
      imageUri === undefined
        ? { RepositoryType: 'S3' }
        : { RepositoryType: 'ECR', ImageUri: imageUri, ResolvedImageUri: imageUri },
    ...(Object.keys(record.tags).length > 0 && { Tags: record.tags }),
    ...(record.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency },
    }),
  };
}

function getFunctionConfiguration(
  { FunctionName, Qualifier }: GetFunctionRequest,
  scope: Scope,
): FunctionConfiguration {
  const { record, revision, qualifier } = revisionNamed(scope, FunctionName ?? '', Qualifier);
  return configurationOf(scope, record, revision, qualifier);
}

function updateFunctionCode(input: UpdateFunctionCodeRequest, context: Scope): FunctionConfiguration {
  const record = functionNamed(context, required(input.FunctionName, 'functionName'));
  checkRevision(input.RevisionId, record.latest.revisionId);
  checkSettled(context, record.arn, record.latest);
  const code = requestedCode(input, context);
  if (input.DryRun) {
    return configurationOf(context, record, { ...record.latest, code });
  }
  const settings = {
    ...record.latest.settings,
    ...(input.Architectures && { Architectures: input.Architectures }),
  };
  changeFunction(context, record, { code, settings });
  return configurationOf(context, record, input.Publish ? publish(context, record) : record.latest);
}

function updateFunctionConfiguration(
  input: UpdateFunctionConfigurationRequest,
  scope: Scope,
): FunctionConfiguration {
  const record = functionNamed(scope, required(input.FunctionName, 'functionName'));
  checkRevision(input.RevisionId, record.latest.revisionId);
  const settings = settingsOf(input, record.name, record.latest.settings);
  changeFunction(scope, record, { settings });
  return configurationOf(scope, record, record.latest);
}

function deleteFunction({ FunctionName, Qualifier }: DeleteFunctionRequest, scope: Scope): object {
  const { record, revision, qualifier } = revisionNamed(
    scope,
    required(FunctionName, 'functionName'),
    Qualifier,
  );
  if (qualifier === undefined) {
    removeFunction(scope, record);
    return {};
  }
  if (revision.version === LATEST) {
    throw new AwsError(
      'InvalidParameterValueException',
      '$LATEST version cannot be deleted without deleting the function.',
    );
  }
  const alias = Object.values(record.aliases).find((one) => one.FunctionVersion === revision.version);
  if (alias !== undefined) {
    throw new AwsError(
      'ResourceConflictException',
      `Version ${revision.version} is referenced by alias(es): [${alias.Name}]`,
      409,
    );
  }
  record.versions.splice(record.versions.indexOf(revision), 1);
  return {};
}

function listFunctions(
  { Marker, MaxItems = 50, FunctionVersion }: ListFunctionsRequest,
  scope: Scope,
): ListFunctionsResponse {
  const all = sorted(lambdaState(scope).functions).flatMap((record) =>
    [record.latest, ...(FunctionVersion === 'ALL' ? record.versions : [])].map((revision) =>
      configurationOf(scope, record, revision, FunctionVersion === 'ALL' ? revision.version : undefined),
    ),
  );
  // AWS takes up to 10000 and gives 50 at most.
  const size = Math.min(50, checkRange(MaxItems, 'maxItems', [1, 10_000]));
  const { items, nextToken } = pageOf(all, size, Marker, () => badMarker());
  // What changes with time is not in the list.
  for (const item of items) for (const name of TRANSIENT) Reflect.deleteProperty(item, name);
  return { Functions: items, ...(nextToken !== undefined && { NextMarker: nextToken }) };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html names what the list leaves out. */
const TRANSIENT = [
  ...['State', 'StateReason', 'StateReasonCode', 'LastUpdateStatus', 'LastUpdateStatusReason'],
  ...['LastUpdateStatusReasonCode', 'RuntimeVersionConfig'],
];

export function badMarker(): AwsError {
  return new AwsError('InvalidParameterValueException', 'Invalid marker');
}

export const functionOperations = {
  CreateFunction: createFunction,
  GetFunction: getFunction,
  GetFunctionConfiguration: getFunctionConfiguration,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
  DeleteFunction: deleteFunction,
  ListFunctions: listFunctions,
};
