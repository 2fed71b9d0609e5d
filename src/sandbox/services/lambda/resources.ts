import type { CreateFunctionRequest } from '@aws-sdk/client-lambda';
import { completeCreation } from '../../providers/complete-creation.ts';
import { generatedName } from '../../providers/generated-name.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../../providers/provider.ts';
import { own } from '../../kernel/table.ts';
import type { Scope } from '../../kernel/world.ts';
import { integer, member, tagsOf, text, texts, typed } from '../../providers/properties.ts';
import { inlineCode, requestedCode } from './code.ts';
import { reserve } from './functions/concurrency.ts';
import { addFunction, changeFunction, removeFunction } from './functions/functions.ts';
import { addPermission, dropPermission } from './functions/permissions.ts';
import { settingsOf } from './functions/settings.ts';
import {
  functionArn,
  functionNamed,
  lambdaState,
  parseFunctionName,
  type Code,
  type FunctionRecord,
  type Settings,
} from './state.ts';
import { createAlias, publish, updateAlias } from './functions/versions.ts';

const LONGEST_NAME = 64;
const KINDS = { numbers: new Set(['Size']), booleans: new Set(['Ipv6AllowedForDualStack']) };

function codeOf(properties: Properties, scope: Scope): Code {
  const code = member(properties, 'Code') ?? {};
  const source = text(code, 'ZipFile');
  if (source !== undefined) return inlineCode(scope, source, text(properties, 'Runtime') ?? '');
  return requestedCode(
    {
      S3Bucket: text(code, 'S3Bucket'),
      S3Key: text(code, 'S3Key'),
      S3ObjectVersion: text(code, 'S3ObjectVersion'),
      ImageUri: text(code, 'ImageUri'),
    },
    scope,
  );
}

/** Settings as a template gives them: what it leaves out has its default again. */
function templateSettings(properties: Properties, name: string): Settings {
  const nested = (of: string) => typed(member(properties, of), KINDS) as never;
  const variables = member(member(properties, 'Environment') ?? {}, 'Variables') ?? {};
  const input = {
    Runtime: text(properties, 'Runtime'),
    Role: text(properties, 'Role'),
    Handler: text(properties, 'Handler'),
    Description: text(properties, 'Description'),
    Timeout: integer(properties, 'Timeout'),
    MemorySize: integer(properties, 'MemorySize'),
    PackageType: text(properties, 'PackageType'),
    KMSKeyArn: text(properties, 'KmsKeyArn'),
    Layers: texts(properties, 'Layers'),
    Architectures: texts(properties, 'Architectures'),
    ...(member(properties, 'Environment') !== undefined && {
      Environment: {
        Variables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
      },
    }),
    VpcConfig: nested('VpcConfig'),
    DeadLetterConfig: nested('DeadLetterConfig'),
    TracingConfig: nested('TracingConfig'),
    EphemeralStorage: nested('EphemeralStorage'),
    LoggingConfig: nested('LoggingConfig'),
    ImageConfig: nested('ImageConfig'),
    SnapStart: nested('SnapStart'),
  };
  return settingsOf(input as Partial<CreateFunctionRequest>, name);
}

function settleReservation(scope: Scope, record: FunctionRecord, properties: Properties): void {
  const executions = integer(properties, 'ReservedConcurrentExecutions');
  if (executions === undefined) delete record.reservedConcurrency;
  else reserve(scope, record, executions);
}

const functionProvider: ResourceProvider = {
  type: 'AWS::Lambda::Function',
  seconds: { create: 5, update: 5, delete: 2 },
  create(properties, context) {
    const name = text(properties, 'FunctionName') ?? generatedName(context, LONGEST_NAME);
    const settings = templateSettings(properties, name);
    const record = addFunction(context, name, settings, codeOf(properties, context));
    completeCreation(
      () => {
        settleReservation(context, record, properties);
      },
      () => {
        removeFunction(context, record);
      },
    );
    record.tags = tagsOf(properties, context.tags);
    return name;
  },
  update(name, next, _previous, context) {
    const record = functionNamed(context, name);
    settleReservation(context, record, next);
    changeFunction(context, record, { settings: templateSettings(next, name), code: codeOf(next, context) });
    record.tags = tagsOf(next, context.tags);
  },
  delete(name, _properties, context) {
    const record = own(lambdaState(context).functions, name);
    if (record !== undefined) removeFunction(context, record);
  },
  isStable: (name, _properties, context) =>
    context.world.now() >= functionNamed(context, name).latest.readyAt,
  attributes: (name, _properties, context) => ({
    Arn: functionArn(context, name),
    'SnapStartResponse.ApplyOn': 'None',
    'SnapStartResponse.OptimizationStatus': 'Off',
  }),
};

/** The function that another resource names, if it is still there. */
function namedIn(properties: Properties, scope: Scope) {
  const given = text(properties, 'FunctionName') ?? '';
  const { name, qualifier } = parseFunctionName(scope, given);
  return { given, record: own(lambdaState(scope).functions, name), qualifier: qualifier ?? '' };
}

function permit(sid: string, properties: Properties, context: ResourceContext): void {
  addPermission(
    {
      FunctionName: text(properties, 'FunctionName'),
      StatementId: sid,
      Action: text(properties, 'Action'),
      Principal: text(properties, 'Principal'),
      SourceArn: text(properties, 'SourceArn'),
      SourceAccount: text(properties, 'SourceAccount'),
      EventSourceToken: text(properties, 'EventSourceToken'),
      PrincipalOrgID: text(properties, 'PrincipalOrgID'),
    },
    context,
  );
}

const permission: ResourceProvider = {
  type: 'AWS::Lambda::Permission',
  create(properties, context) {
    const sid = generatedName(context, 100);
    permit(sid, properties, context);
    return sid;
  },
  delete(sid, properties, context) {
    const { record, qualifier } = namedIn(properties, context);
    if (record !== undefined) dropPermission(record, qualifier, sid);
  },
  attributes: (sid) => ({ Id: sid }),
};

const version: ResourceProvider = {
  type: 'AWS::Lambda::Version',
  create(properties, context) {
    const record = functionNamed(context, text(properties, 'FunctionName') ?? '');
    const revision = publish(context, record, text(properties, 'Description'));
    return functionArn(context, record.name, revision.version);
  },
  delete(id, properties, context) {
    const { record } = namedIn(properties, context);
    const at = record?.versions.findIndex((revision) => id.endsWith(`:${revision.version}`)) ?? -1;
    if (at >= 0) record?.versions.splice(at, 1);
  },
  attributes: (id) => ({ Version: id.split(':').at(-1), FunctionArn: id }),
};

const alias: ResourceProvider = {
  type: 'AWS::Lambda::Alias',
  create(properties, context) {
    const made = createAlias(
      {
        FunctionName: text(properties, 'FunctionName'),
        Name: text(properties, 'Name'),
        FunctionVersion: text(properties, 'FunctionVersion'),
        Description: text(properties, 'Description'),
      },
      context,
    );
    return made.AliasArn ?? '';
  },
  update(_id, next, _previous, context) {
    updateAlias(
      {
        FunctionName: text(next, 'FunctionName'),
        Name: text(next, 'Name'),
        FunctionVersion: text(next, 'FunctionVersion'),
        Description: text(next, 'Description') ?? '',
      },
      context,
    );
  },
  delete(_id, properties, context) {
    const { record } = namedIn(properties, context);
    if (record !== undefined) Reflect.deleteProperty(record.aliases, text(properties, 'Name') ?? '');
  },
  attributes: (id) => ({ AliasArn: id }),
};

function configure(properties: Properties, context: Scope): void {
  const { record } = namedIn(properties, context);
  if (record === undefined) return;
  const attempts = integer(properties, 'MaximumRetryAttempts');
  const ageSeconds = integer(properties, 'MaximumEventAgeInSeconds');
  record.eventConfig = {
    ...(attempts !== undefined && { attempts }),
    ...(ageSeconds !== undefined && { ageSeconds }),
  };
}

const eventInvokeConfig: ResourceProvider = {
  type: 'AWS::Lambda::EventInvokeConfig',
  create(properties, context) {
    configure(properties, context);
    return generatedName(context, 100);
  },
  update(_id, next, _previous, context) {
    configure(next, context);
  },
  delete(_id, properties, context) {
    const { record } = namedIn(properties, context);
    if (record !== undefined) delete record.eventConfig;
  },
};

export const lambdaResources = [functionProvider, permission, version, alias, eventInvokeConfig];
