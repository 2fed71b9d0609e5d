import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError, UsageError } from '../../../errors.ts';
import { type Asset, type Program, programs } from '../../assets/index.ts';
import type { StackParameter } from '../../deployment/request.ts';
import { VERSION_TAG } from '../../naming/tags.ts';
import type { Tags } from '../../naming/tags.ts';
import { type Template, templateFrom } from '../../parameters/index.ts';
import { templateVersion } from '../../template/facts.ts';
import type { RolloutOptions } from './options.ts';
import {
  type CurrentParameters,
  currentParameters,
  type ParameterPlan,
  planParameters,
} from './parameters.ts';
import { newPrograms, withPrograms } from './programs.ts';
import { rollbackParameters, tagsOf } from './rollback-point.ts';
import type { RollbackStore } from './rollback-store.ts';
import { templateFor } from './template.ts';
import type { UpdateRequest } from './update-request.ts';

/** Where an update leads: to something new, or back to what the stack was before its last update. */
export type Target =
  | { readonly kind: 'update'; readonly request: UpdateRequest }
  | { readonly kind: 'rollback'; readonly options: RolloutOptions };

/** Asks a person for parameters, starting from those that the stack has. */
export type AskParameters = (
  template: Template,
  current: CurrentParameters,
  given: ReadonlySet<string>,
) => Promise<ReadonlyMap<string, string>>;

/** A stack before an update. */
export interface CurrentStack {
  readonly stack: Stack;
  readonly stackId: string;
  /** The text of its template, as it was given. */
  readonly template: string;
}

/** A stack after an update: everything that a request leaves open is filled in. */
export interface ResolvedUpdate {
  readonly template: Template;
  readonly plan: ParameterPlan;
  readonly tags: Tags;
  readonly options: RolloutOptions;
  readonly assets: readonly Asset[];
  readonly assetsBucket?: string;
  readonly roleArn?: string;
  /** The parameters for CloudFormation, once the name of the assets bucket is known. */
  readonly parametersIn: (bucket: string) => readonly StackParameter[];
}

type ReadableRollbacks = Pick<RollbackStore, 'read' | 'template' | 'remembered'>;

/**
 * Fills in what a request leaves open.
 * @param shipped the programs of this bk-stack; read only for an update that may change them
 * @throws UsageError for what cannot be used; OperationError where the rollback point is not known
 */
export function resolveUpdate(
  rollbacks: ReadableRollbacks,
  current: CurrentStack,
  target: Target,
  ask?: AskParameters,
  shipped: () => readonly Program[] = programs,
): Promise<ResolvedUpdate> {
  return target.kind === 'update'
    ? resolveRequest(current, target.request, ask, shipped)
    : resolveRollback(rollbacks, current, target.options);
}

async function resolveRequest(
  { stack, template: ownTemplate }: CurrentStack,
  given: UpdateRequest,
  ask: AskParameters | undefined,
  shipped: () => readonly Program[],
): Promise<ResolvedUpdate> {
  const current = currentParameters(stack.Parameters);
  refuseToken(stack.StackName ?? '', current, given);
  const template = await templateFor(stack, given, ownTemplate);
  const request = await withAnswers(given, template, current, ask);
  const added = request.keepTemplate ? [] : newPrograms(template, current, request, shipped());
  const bucket = current.get('AssetsBucket') ?? '';
  const planIn = (place: string) => planParameters(template, current, withPrograms(request, added, place));
  // One that bk-stack makes by itself is found by its name again.
  const own = request.assetsBucket ?? (/^bk-stack-assets-\d{12}-/.test(bucket) ? '' : bucket);
  const version = templateVersion(template.document.body);
  const tags = tagsOf(stack);
  return {
    template,
    plan: planIn(bucket === '' ? 'assets' : bucket),
    parametersIn: (place) => planIn(place).request,
    tags: {
      ...tags,
      ...(version !== undefined && VERSION_TAG in tags && { [VERSION_TAG]: version }),
      ...request.tags,
    },
    options: request,
    assets: added,
    ...(own !== '' && { assetsBucket: own }),
    ...(request.roleArn !== undefined && { roleArn: request.roleArn }),
  };
}

async function withAnswers(
  request: UpdateRequest,
  template: Template,
  current: CurrentParameters,
  ask: AskParameters | undefined,
): Promise<UpdateRequest> {
  if (ask === undefined) return request;
  const given = new Set([...request.file.keys(), ...request.flags.keys()]);
  const answers = Array.from(
    await ask(template, current, given),
    ([name, value]) => [name, { value, from: 'as answered' }] as const,
  );
  return { ...request, flags: new Map([...request.flags, ...answers]) };
}

function refuseToken(
  stackName: string,
  current: CurrentParameters,
  { file, flags }: Pick<UpdateRequest, 'file' | 'flags'>,
): void {
  const name = 'BuildkiteAgentToken';
  if (!current.get('BuildkiteAgentTokenParameterStorePath')) return;
  if (!flags.has(name) && !file.has(name)) return;
  throw new UsageError(`${name} is no parameter to be updated: ${stackName} has its token in SSM`, {
    hint: `Give it another: bk-stack token rotate ${stackName} --token-stdin < new-token.txt`,
  });
}

async function resolveRollback(
  rollbacks: ReadableRollbacks,
  { stack }: CurrentStack,
  options: RolloutOptions,
): Promise<ResolvedUpdate> {
  const stackName = stack.StackName ?? '';
  const location = await rollbacks.remembered(stackName);
  if (location === undefined) {
    throw new OperationError(`What ${stackName} was before is not known: bk-stack has not updated it yet`, {
      hint: `Nothing was changed. Change it: bk-stack update ${stackName}`,
    });
  }
  const point = await rollbacks.read(location);
  const template = templateFrom(await rollbacks.template(location, point), 'the former template');
  const request = rollbackParameters(point);
  const file = new Map(
    Object.entries(point.parameters).flatMap(([name, value]) =>
      value === null ? [] : [[name, { value, from: 'as it was before' }] as const],
    ),
  );
  return {
    template,
    plan: planParameters(template, currentParameters(stack.Parameters), { file, flags: new Map() }),
    parametersIn: () => request,
    tags: point.tags,
    options,
    assets: [],
    assetsBucket: location.bucket,
  };
}
