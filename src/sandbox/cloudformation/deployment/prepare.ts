import type { Capability, Parameter, RollbackConfiguration, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { exportNamed } from '../stacks/exports.ts';
import type { StackIdentity } from '../stacks/stack.ts';
import { pseudoParameters } from '../evaluation/evaluation.ts';
import { zonesOf } from '../evaluation/zones.ts';
import type { Deployment } from '../stacks/records.ts';
import {
  checkCapabilities,
  checkOutputReferences,
  checkRules,
  dependencies,
  evaluate,
  importedNames,
  KNOWN_AFTER_APPLY,
  missingParameterValues,
  processTemplate,
  readTemplate,
  resolveParameters,
  type Evaluation,
  type Template,
} from '../template/index.ts';
import { parameterLookups } from './lookups.ts';
import { ruleLookups } from './rule-lookups.ts';
import { textAt } from './template-url.ts';

/** What the requests to create and to update, directly or by change set, have in common. */
export interface DeploymentRequest {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly UsePreviousTemplate?: boolean;
  readonly Parameters?: readonly Parameter[];
  readonly Capabilities?: readonly Capability[];
  readonly Tags?: readonly Tag[];
  readonly NotificationARNs?: readonly string[];
  readonly RoleARN?: string;
  readonly RollbackConfiguration?: RollbackConfiguration;
}

export interface Prepared {
  readonly deployment: Deployment;
  /** Processed: with its transforms applied. */
  readonly template: Template;
  /** Why the operation will fail as soon as it has begun. */
  readonly fault?: string;
}

/**
 * Checks a request and works out everything that CloudFormation works out before it answers.
 * @param previous what the stack is made from so far
 * @throws AwsError ValidationError or InsufficientCapabilitiesException
 */
export async function prepare(
  scope: Scope,
  identity: StackIdentity,
  request: DeploymentRequest,
  { previous, changeSet = false }: { readonly previous?: Deployment; readonly changeSet?: boolean } = {},
): Promise<Prepared> {
  const { text, source } = await templateText(scope, request, previous);
  const template = readTemplate(text, { source });
  const capabilities = [...(request.Capabilities ?? [])];
  checkCapabilities(template, capabilities, { changeSet });
  const notificationArns = request.NotificationARNs ?? previous?.notificationArns ?? [];
  const lookups = parameterLookups(scope);
  const parameters = await resolveParameters(template, request.Parameters ?? [], {
    previous: previous?.parameters,
    lookups,
  });
  const pseudo = pseudoParameters(scope, identity, notificationArns);
  checkRules(template, parameters, pseudo, await ruleLookups(scope, template));
  const processed = processTemplate(template, parameters, pseudo);
  const evaluation = evaluate({ template: processed, parameters, pseudo, references: nothingMade(scope) });
  dependencies(evaluation);
  checkOutputReferences(evaluation);
  const { imports, fault } = await foresee(scope, evaluation, lookups);
  const roleArn = request.RoleARN ?? previous?.roleArn;
  return {
    template: processed,
    fault,
    deployment: {
      templateBody: text,
      parameters,
      tags: request.Tags === undefined ? (previous?.tags ?? {}) : tagsOf(request.Tags),
      capabilities,
      notificationArns,
      imports,
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(request.RollbackConfiguration === undefined
        ? {}
        : { rollbackConfiguration: request.RollbackConfiguration }),
    },
  };
}

/**
 * The text of the template that a request names, in one of the three ways.
 * @throws AwsError ValidationError
 */
export async function templateText(
  scope: Scope,
  { TemplateBody, TemplateURL, UsePreviousTemplate }: DeploymentRequest,
  previous?: Pick<Deployment, 'templateBody'>,
): Promise<{ readonly text: string; readonly source: 'body' | 'url' }> {
  if (UsePreviousTemplate === true) {
    if (TemplateBody !== undefined || TemplateURL !== undefined) {
      throw new AwsError(
        'ValidationError',
        'You cannot specify both usePreviousTemplate and Template Body/Template URL.',
      );
    }
    if (previous === undefined) {
      throw new AwsError('ValidationError', 'Cannot use the previous template: the stack has none.');
    }
    return { text: previous.templateBody, source: 'url' };
  }
  if (TemplateBody !== undefined && TemplateURL !== undefined) {
    throw new AwsError('ValidationError', 'You cannot specify both Template URL and Template Body.');
  }
  if (TemplateURL !== undefined) return { text: await textAt(scope, TemplateURL), source: 'url' };
  if (TemplateBody === undefined) {
    throw new AwsError('ValidationError', 'Either Template URL or Template Body must be specified.');
  }
  return { text: TemplateBody, source: 'body' };
}

/** References of a stack in which nothing is made yet. */
function nothingMade(scope: Scope): Evaluation['references'] {
  return {
    ref: () => KNOWN_AFTER_APPLY,
    attribute: () => KNOWN_AFTER_APPLY,
    importValue: (name) => exportNamed(scope, name)?.value ?? KNOWN_AFTER_APPLY,
    stackOutput: () => KNOWN_AFTER_APPLY,
    availabilityZones: (region) => zonesOf(scope, region),
  };
}

/** What the stack imports, and what CloudFormation finds missing only once the operation has begun. */
async function foresee(
  scope: Scope,
  evaluation: Evaluation,
  lookups: ReturnType<typeof parameterLookups>,
): Promise<{ readonly imports: readonly string[]; readonly fault?: string }> {
  const imports = importedNames(evaluation);
  const missing = imports.find((name) => exportNamed(scope, name) === undefined);
  const values = await missingParameterValues([...evaluation.parameters.values()], lookups);
  // The operation itself adds that the rollback was asked for.
  const fault =
    values?.replace(/ Rollback requested by user\.$/, '') ?? (missing && `No export named ${missing} found.`);
  return { imports, ...(fault === undefined ? {} : { fault }) };
}

const MOST_TAGS = 50;

/** @throws AwsError ValidationError */
function tagsOf(tags: readonly Tag[]): Record<string, string> {
  if (tags.length > MOST_TAGS) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to ${MOST_TAGS}`,
    );
  }
  if (tags.some(({ Key = '' }) => Key.toLowerCase().startsWith('aws:'))) {
    throw new AwsError('ValidationError', 'aws: prefixed tag key names are not allowed for external use.');
  }
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
