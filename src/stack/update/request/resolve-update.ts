import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError, UsageError } from '../../../errors.ts';
import { type Asset, type Program, programs } from '../../assets/index.ts';
import type { StackParameter } from '../../deployment/request.ts';
import { VERSION_TAG } from '../../naming/tags.ts';
import type { Tags } from '../../naming/tags.ts';
import { type Template, templateFrom } from '../../parameters/index.ts';
import type { ImageCalls } from '../../image/calls.ts';
import { imageParameter, keptImage, RESOLVED_IMAGE, takesResolvedImage } from '../../image/source.ts';
import { templateVersion } from '../../template/facts.ts';
import type { RolloutOptions } from './options.ts';
import {
  type CurrentParameters,
  currentParameters,
  type ParameterPlan,
  planParameters,
} from './parameters.ts';
import { groupNameOf } from '../../facts/stack/values.ts';
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
  /** The image that instances are launched from, before and afterwards; absent where the template takes none from bk-stack. */
  readonly image?: ResolvedImage;
  readonly assetsBucket?: string;
  readonly roleArn?: string;
  /** The parameters for CloudFormation, once the name of the assets bucket is known. */
  readonly parametersIn: (bucket: string) => readonly StackParameter[];
}

/** The ids of the images that an update is about. */
export interface ResolvedImage {
  /** Absent where it cannot be told. */
  readonly before?: string;
  readonly after: string;
  /** The newest, where it was looked up. */
  readonly newest?: string;
}

/** What filling in a request reads. */
export interface RequestServices {
  readonly rollbacks: ReadableRollbacks;
  readonly images: Pick<ImageCalls, 'named' | 'launched'>;
}

type ReadableRollbacks = Pick<RollbackStore, 'read' | 'template' | 'remembered'>;

/**
 * Fills in what a request leaves open.
 * @param shipped the programs of this bk-stack; read only for an update that may change them
 * @throws UsageError for what cannot be used; OperationError where the rollback point is not known
 */
export function resolveUpdate(
  services: RequestServices,
  current: CurrentStack,
  target: Target,
  ask?: AskParameters,
  shipped: () => readonly Program[] = programs,
): Promise<ResolvedUpdate> {
  return target.kind === 'update'
    ? resolveRequest(services, current, target.request, ask, shipped)
    : resolveRollback(services, current, target.options);
}

async function resolveRequest(
  { images }: RequestServices,
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
  const planWith = (place: string, image?: string) =>
    planParameters(template, current, withImage(withPrograms(request, added, place), image));
  const place = bucket === '' ? 'assets' : bucket;
  const image = await imageOf(images, stack, ownTemplate, template, planWith(place).effective, request);
  const planIn = (place: string) => planWith(place, image?.after);
  // One that bk-stack makes by itself is found by its name again.
  const own = request.assetsBucket ?? (/^bk-stack-assets-\d{12}-/.test(bucket) ? '' : bucket);
  const version = templateVersion(template.document.body);
  const tags = tagsOf(stack);
  return {
    template,
    plan: planIn(place),
    parametersIn: (place) => planIn(place).request,
    ...(image !== undefined && image.after !== '' && { image }),
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

/** What was given, with the image that bk-stack has found. */
function withImage(
  given: Pick<UpdateRequest, 'file' | 'flags'>,
  image: string | undefined,
): Pick<UpdateRequest, 'file' | 'flags'> {
  if (image === undefined) return given;
  return { ...given, file: new Map([...given.file, [RESOLVED_IMAGE, { value: image, from: 'bk-stack' }]]) };
}

/**
 * The image of an update; `after` is empty for a stack with an image of its own. Undefined where bk-stack has no say in it.
 * @throws UsageError where the image cannot be kept, or its SSM parameter is missing
 */
async function imageOf(
  images: RequestServices['images'],
  stack: Stack,
  ownTemplate: string,
  template: Template,
  effective: ReadonlyMap<string, string>,
  { file, flags, image: choice }: UpdateRequest,
): Promise<ResolvedImage | undefined> {
  const { body } = template.document;
  if (!takesResolvedImage(body) || file.has(RESOLVED_IMAGE) || flags.has(RESOLVED_IMAGE)) return undefined;
  if (effective.get('ImageId')) return { after: '' };
  const after = imageParameter(body, effective);
  if (after === undefined) return undefined;
  const before = imageParameter(
    templateFrom(ownTemplate, "the stack's own template").document.body,
    known(stack),
  );
  const newest = await images.named(after);
  if (newest === undefined) {
    throw new UsageError(`There is no SSM parameter ${after} to take the image from`, {
      hint: 'Nothing was changed. Name another: --param ImageIdParameter=...',
    });
  }
  const group = groupNameOf(stack);
  const launched = group === undefined ? undefined : await images.launched(group);
  const current = known(stack).get(RESOLVED_IMAGE) || launched;
  const decision = { source: { before, after }, current, choice };
  const kept = keptImage(stack.StackName ?? '', decision);
  return { ...(current !== undefined && { before: current }), after: kept ?? newest, newest };
}

/** The values of a stack that CloudFormation tells. */
function known(stack: Stack): ReadonlyMap<string, string> {
  return new Map(
    [...currentParameters(stack.Parameters)].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
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
  { rollbacks, images }: RequestServices,
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
  const after = point.parameters['ImageId'] || point.parameters[RESOLVED_IMAGE];
  const group = groupNameOf(stack);
  const before = group === undefined ? undefined : await images.launched(group);
  return {
    template,
    ...(after && { image: { after, ...(before !== undefined && { before }) } }),
    plan: planParameters(template, currentParameters(stack.Parameters), { file, flags: new Map() }),
    parametersIn: () => request,
    tags: point.tags,
    options,
    assets: [],
    assetsBucket: location.bucket,
  };
}
