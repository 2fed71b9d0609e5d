import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError, UsageError } from '../../errors.ts';
import type { Program } from '../assets/index.ts';
import {
  type GivenParameters,
  parseParamFlags,
  readConfig,
  readTemplate,
  type Template,
  templateFrom,
} from '../parameters/index.ts';
import { VERSION_TAG } from '../naming/tags.ts';
import { originOf } from '../facts/stack/summary.ts';
import { parseTags, type Tags } from '../naming/tags.ts';
import { templateVersion } from '../template/facts.ts';
import type { CurrentParameters } from './parameters.ts';
import type { Strategy } from './preview/meaning.ts';
import type { RefreshPreferences } from '../rollout/refresh.ts';

/** What can be given on the command line. */
export interface UpdateFlags {
  readonly config?: string | undefined;
  readonly param?: readonly string[] | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly template?: string | undefined;
  readonly 'keep-template': boolean;
  readonly 'role-arn'?: string | undefined;
  readonly 'assets-bucket'?: string | undefined;
  readonly strategy: string;
  readonly 'min-healthy': number;
  readonly batch: number;
  readonly checkpoint?: string | undefined;
  readonly 'checkpoint-delay': number;
  readonly 'drain-timeout': number;
  readonly 'allow-replacement'?: readonly string[] | undefined;
}

/** How an update is to be carried out. */
export interface RolloutOptions {
  readonly strategy: Strategy;
  readonly refresh: RefreshPreferences;
  /** For the strategy `drain`: how long instances may take for their jobs, in seconds. */
  readonly drainSeconds: number;
  readonly allowed: ReadonlySet<string>;
}

/** What is to be changed, as it was given. */
export interface UpdateRequest extends RolloutOptions {
  readonly file: GivenParameters;
  readonly flags: GivenParameters;
  readonly tags: Tags;
  /** A file or an address; undefined for the template of bk-stack, or with `keepTemplate` the stack's own. */
  readonly template?: string;
  readonly keepTemplate: boolean;
  readonly roleArn?: string;
  readonly assetsBucket?: string;
}

/**
 * Reads and checks what was given, by flags, files and stdin. Sends nothing to AWS.
 * @throws UsageError for what cannot be used
 */
export async function gatherUpdate(flags: UpdateFlags, stdin: () => Promise<string>): Promise<UpdateRequest> {
  const given = {
    file: flags.config === undefined ? new Map() : await readConfig(flags.config, stdin),
    flags: parseParamFlags(flags.param ?? []),
  };
  return {
    ...given,
    ...mannerOf(flags),
    tags: parseTags(flags.tag ?? []),
    ...(flags.template !== undefined && { template: flags.template }),
    keepTemplate: flags['keep-template'],
    ...(flags['role-arn'] !== undefined && { roleArn: flags['role-arn'] }),
    ...(flags['assets-bucket'] !== undefined && { assetsBucket: flags['assets-bucket'] }),
  };
}

/** An update of parameters alone that leaves instances as they are; `params` are of the form `Key=Value`. */
export function parametersOrder(params: readonly string[]): UpdateRequest {
  return {
    ...{ file: new Map(), flags: parseParamFlags(params), tags: {}, keepTemplate: true },
    ...{ strategy: 'in-place', allowed: new Set(), drainSeconds: 0 },
    refresh: { minHealthy: 100, batch: 10, skipMatching: true },
  };
}

/** @throws UsageError for shares that cannot go together */
export function mannerOf(
  flags: Pick<
    UpdateFlags,
    | 'strategy'
    | 'min-healthy'
    | 'batch'
    | 'checkpoint'
    | 'checkpoint-delay'
    | 'drain-timeout'
    | 'allow-replacement'
  >,
): RolloutOptions {
  const { batch, 'min-healthy': minHealthy } = flags;
  if (batch === 0 && minHealthy === 100) {
    throw new UsageError('With --batch 0 and --min-healthy 100 no instance could ever be replaced', {
      hint: 'Launch some before others end (--batch 10), or let some end before (--min-healthy 90).',
    });
  }
  if (batch > minHealthy) {
    throw new UsageError(`--batch ${batch} is more than --min-healthy ${minHealthy}`, {
      hint: 'Auto Scaling lets the two shares be 100 percent apart at most: lower --batch, or raise --min-healthy.',
    });
  }
  const checkpoints = flags.checkpoint === undefined ? undefined : checkpointsOf(flags.checkpoint);
  return {
    strategy: flags.strategy as Strategy,
    refresh: {
      minHealthy,
      batch,
      ...(checkpoints !== undefined && { checkpoints, checkpointDelay: flags['checkpoint-delay'] }),
      skipMatching: true,
    },
    drainSeconds: flags['drain-timeout'],
    allowed: new Set(flags['allow-replacement'] ?? []),
  };
}

/** Auto Scaling replaces no more after the last one, so that it has to be 100. */
function checkpointsOf(text: string): number[] {
  const shares = text.split(',').map((each) => Number(each.trim()));
  const rising = shares.every((share, index) => share > (shares[index - 1] ?? 0));
  if (!rising || shares.some((share) => !Number.isInteger(share) || share < 1 || share > 100)) {
    throw new UsageError(`--checkpoint ${text} is no list of rising percents`, {
      hint: 'For example: --checkpoint 10,50',
    });
  }
  return shares.at(-1) === 100 ? shares : [...shares, 100];
}

/**
 * The template that a stack is to have.
 * @throws UsageError where the stack's own is newer than ours, or it cannot be read
 */
export async function templateFor(
  stack: Stack,
  { template, keepTemplate }: Pick<UpdateRequest, 'template' | 'keepTemplate'>,
  present: string,
): Promise<Template> {
  if (template !== undefined) return readTemplate(template);
  const theirs = stack.Tags?.find(({ Key }) => Key === VERSION_TAG)?.Value;
  // Another template than ours has other resources: to put ours in its place would remove them.
  if (keepTemplate || originOf(stack) !== 'bk-stack' || theirs === undefined)
    return templateFrom(present, "the stack's own template");
  const ours = await readTemplate();
  const own = templateVersion(ours.document.body);
  if (own !== undefined && isNewer(theirs, own)) {
    throw new OperationError(
      `${stack.StackName ?? 'The stack'} was made by bk-stack ${theirs}, and this is ${own}`,
      {
        hint: 'Nothing was changed. Install the newer one (npm install -g bk-stack), or change parameters alone: --keep-template',
      },
    );
  }
  return ours;
}

function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => version.split(/[.-]/).map((part) => Number(part) || 0));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

const BUCKET = 'AssetsBucket';
/** Keys that `programs` makes; a person's own are left alone. */
const OURS = /^(host|scaler)\/[0-9a-f]{64}\.(mjs|zip)$/;

/** The programs of this version that a stack is to have in place of its own. */
export function newPrograms(
  template: Template,
  standing: CurrentParameters,
  given: Pick<UpdateRequest, 'file' | 'flags'>,
  programs: readonly Program[],
): Program[] {
  const declared = new Set(template.definitions.map(({ name }) => name));
  return programs.filter(({ parameter, key }) => {
    if (!declared.has(parameter) || given.file.has(parameter) || given.flags.has(parameter)) return false;
    const has = standing.get(parameter) ?? '';
    return has !== key && (has === '' || OURS.test(has));
  });
}

/** What was given, with the places of new programs. `bucket` is where they are staged. */
export function withPrograms(
  given: Pick<UpdateRequest, 'file' | 'flags'>,
  programs: readonly Program[],
  bucket: string,
): Pick<UpdateRequest, 'file' | 'flags'> {
  if (programs.length === 0) return given;
  const added = [
    ...programs.map(({ parameter, key }) => [parameter, key] as const),
    [BUCKET, bucket] as const,
  ];
  const file = new Map([
    ...given.file,
    ...added.map(([name, value]) => [name, { value, from: 'bk-stack' }] as const),
  ]);
  return { ...given, file };
}
