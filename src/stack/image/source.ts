import { UsageError } from '../../errors.ts';

/** The template's parameter for the image that bk-stack has found. */
export const RESOLVED_IMAGE = 'ResolvedImageId';

type Parameters = ReadonlyMap<string, string>;

/** What an update does about the image: `keep if possible` for a template that can only read the newest by itself. */
export type ImageChoice = 'newest' | 'keep' | 'keep if possible';

/**
 * The SSM parameter that names the newest image of a stack: the person's own, or the one that the template's mapping `Images` has
 * for the distribution and the architecture. Undefined for a stack with an image of its own, and for a template without the
 * mapping or without a place for the result.
 */
export function imageParameter(
  body: Readonly<Record<string, unknown>>,
  parameters: Parameters,
): string | undefined {
  if (!takesResolvedImage(body) || parameters.get('ImageId')) return undefined;
  const own = parameters.get('ImageIdParameter');
  if (own) return own;
  const { Images } = (body['Mappings'] ?? {}) as Record<string, Record<string, Record<string, string>>>;
  return Images?.[parameters.get('LinuxDistribution') ?? '']?.[architectureOf(parameters)];
}

/** Tells whether a template takes the image that bk-stack has found. */
export function takesResolvedImage(body: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(body['Parameters'] ?? {}, RESOLVED_IMAGE);
}

/** By the template's own rule (its condition IsArm): a family on Graviton has a g behind its first letter. */
function architectureOf(parameters: Parameters): 'arm64' | 'amd64' {
  const [family = ''] = (parameters.get('InstanceTypes') ?? '').split('.');
  return family === 'a1' || /.g/.test(family) ? 'arm64' : 'amd64';
}

/** What decides about the image of an update. */
export interface ImageDecision {
  /** The SSM parameters that name the newest image before the update and afterwards. */
  readonly source: { readonly before?: string | undefined; readonly after?: string | undefined };
  /** The image that instances are launched from now. */
  readonly current: string | undefined;
  readonly choice: ImageChoice;
}

/**
 * Decides whether an update keeps the stack's image.
 * @returns the image that stays, or undefined where the newest is to be read
 * @throws UsageError where it cannot be kept
 */
export function keptImage(stackName: string, { source, current, choice }: ImageDecision): string | undefined {
  if (choice === 'newest' || current === undefined) return undefined;
  if (source.before === undefined || source.before === source.after) return current;
  if (choice === 'keep if possible') return undefined;
  throw new UsageError(
    `--keep-image can't keep ${current}: the update takes its image from ${source.after ?? 'elsewhere'}, not from ${source.before}`,
    {
      hint: `Nothing was changed. Leave out --keep-image, or leave the distribution and the architecture as they are. See bk-stack params ${stackName}`,
    },
  );
}
