import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError, UsageError } from '../../errors.ts';
import { type Asset, programs } from '../assets/index.ts';
import type { StackParameter } from '../deployment/request.ts';
import { type Template, templateFrom } from '../parameters/index.ts';
import { VERSION_TAG } from '../naming/tags.ts';
import type { Tags } from '../naming/tags.ts';
import { templateVersion } from '../template/facts.ts';
import { formerParameters } from './former.ts';
import { newPrograms, templateFor, type RolloutOptions, type UpdateRequest, withPrograms } from './order.ts';
import {
  type ParameterPlan,
  planParameters,
  type CurrentParameters,
  currentParameters,
} from './parameters.ts';
import type { UpdateServices } from './site.ts';

/** What an update is to make of a stack: something new, or what it was before its last update. */
export type Target =
  | { readonly kind: 'order'; readonly order: UpdateRequest }
  | { readonly kind: 'former'; readonly manner: RolloutOptions };

/** Asks a person for parameters, starting from those that the stack has. */
export type Asking = (
  template: Template,
  standing: CurrentParameters,
  given: ReadonlySet<string>,
) => Promise<ReadonlyMap<string, string>>;

/** What there is of a stack before an update. */
export interface Present {
  readonly stack: Stack;
  readonly stackId: string;
  readonly template: string;
}

/** What it is to become. */
export interface Wanted {
  readonly template: Template;
  readonly plan: ParameterPlan;
  readonly tags: Tags;
  readonly manner: RolloutOptions;
  readonly assets: readonly Asset[];
  readonly assetsBucket?: string;
  readonly roleArn?: string;
  /** Works the parameters out once more, when the bucket's name is known. */
  readonly parametersIn: (bucket: string) => readonly StackParameter[];
}

/**
 * Works out what a stack is to become.
 * @throws UsageError for what cannot be used; OperationError where what it was before is not known
 */
export function resolveUpdate(
  site: UpdateServices,
  present: Present,
  target: Target,
  ask: Asking | undefined,
): Promise<Wanted> {
  return target.kind === 'order'
    ? wantedBy(present, target.order, ask)
    : wantedFormer(site, present, target.manner);
}

async function wantedBy(present: Present, ordered: UpdateRequest, ask: Asking | undefined): Promise<Wanted> {
  const { stack } = present;
  const standing = currentParameters(stack.Parameters);
  refuseToken(stack.StackName ?? '', standing, ordered);
  const template = await templateFor(stack, ordered, present.template);
  const given = new Set([...ordered.file.keys(), ...ordered.flags.keys()]);
  const answers = [...((await ask?.(template, standing, given)) ?? [])];
  const order: UpdateRequest = {
    ...ordered,
    flags: new Map([
      ...ordered.flags,
      ...answers.map(([name, value]) => [name, { value, from: 'as answered' }] as const),
    ]),
  };
  const shipped = order.keepTemplate ? [] : newPrograms(template, standing, order, programs());
  const bucket = standing.get('AssetsBucket') ?? '';
  const planIn = (place: string) => planParameters(template, standing, withPrograms(order, shipped, place));
  const own = order.assetsBucket ?? (/^bk-stack-assets-\d{12}-/.test(bucket) ? '' : bucket);
  const version = templateVersion(template.document.body);
  const tags = tagsOf(stack);
  return {
    template,
    plan: planIn(bucket === '' ? 'assets' : bucket),
    parametersIn: (place) => planIn(place).request,
    tags: {
      ...tags,
      ...(version !== undefined && VERSION_TAG in tags && { [VERSION_TAG]: version }),
      ...order.tags,
    },
    manner: order,
    assets: shipped,
    ...(own !== '' && { assetsBucket: own }),
    ...(order.roleArn !== undefined && { roleArn: order.roleArn }),
  };
}

function refuseToken(
  stackName: string,
  standing: ReadonlyMap<string, string | undefined>,
  { file, flags }: UpdateRequest,
): void {
  const name = 'BuildkiteAgentToken';
  if (!standing.get('BuildkiteAgentTokenParameterStorePath')) return;
  if (!flags.has(name) && !file.has(name)) return;
  throw new UsageError(`${name} is no parameter to be updated: ${stackName} has its token in SSM`, {
    hint: `Give it another: bk-stack token rotate ${stackName} --token-stdin < new-token.txt`,
  });
}

async function wantedFormer(
  site: UpdateServices,
  { stack }: Present,
  manner: RolloutOptions,
): Promise<Wanted> {
  const stackName = stack.StackName ?? '';
  const place = await site.formers.remembered(stackName);
  if (place === undefined) {
    throw new OperationError(`What ${stackName} was before is not known: bk-stack has not updated it yet`, {
      hint: `Nothing was changed. Change it: bk-stack update ${stackName}`,
    });
  }
  const former = await site.formers.read(place);
  const template = templateFrom(await site.formers.template(place, former), 'the former template');
  const request = formerParameters(former);
  const given = Object.entries(former.parameters).flatMap(([name, value]) =>
    value === null ? [] : [[name, { value, from: 'as it was before' }] as const],
  );
  const standing = currentParameters(stack.Parameters);
  const file = new Map(given);
  return {
    template,
    plan: planParameters(template, standing, { file, flags: new Map() }),
    parametersIn: () => request,
    tags: former.tags,
    manner,
    assets: [],
    assetsBucket: place.bucket,
  };
}

export function tagsOf(stack: Stack): Readonly<Record<string, string>> {
  return Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
