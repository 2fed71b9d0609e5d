import type { Stack } from '@aws-sdk/client-cloudformation';
import { UsageError } from '../../../../errors.ts';
import type { ImageChange } from '../../../image/image.ts';
import { VERSION_TAG } from '../../../naming/tags.ts';
import { templateVersion } from '../../../template/facts.ts';
import type { Strategy } from '../../request/options.ts';
import type { ParameterChange } from '../../request/parameters.ts';
import type { ResolvedUpdate } from '../../request/resolve-update.ts';
import { tagsOf } from '../../request/rollback-point.ts';
import type { PlannedChange } from './changes.ts';
import type { Drift } from './drift.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { tagChanges, type TagChange } from './tags.ts';

/** A resource that an update touches, and what that means. */
export interface WeighedChange extends PlannedChange {
  readonly meaning: Meaning;
}

/** What an update would do; nothing of it has been done. */
export interface UpdatePreview {
  readonly stackName: string;
  readonly region: string;
  readonly strategy: Strategy;
  readonly template: string;
  readonly version?: { readonly before?: string; readonly after?: string };
  readonly parameters: readonly ParameterChange[];
  /** Absent where the template takes no image from bk-stack. */
  readonly image?: ImageChange;
  /** Parameters that the template does not take any more. */
  readonly gone: readonly string[];
  /** The stack's own. */
  readonly tags: readonly TagChange[];
  readonly resources: readonly WeighedChange[];
  /** What somebody has changed past the stack on these resources. */
  readonly drift: readonly Drift[];
}

/** Properties of a group that bk-stack itself sets while the stack is at zero. */
const SIZES = /^(MinSize|MaxSize|DesiredCapacity)$/;

/** Puts together what an update would do. `paused` says that the group is at zero by a person's will. */
export function updatePreview({
  stack,
  region,
  resolved: { template, plan, tags, options, image },
  changes,
  drift,
  paused,
}: {
  readonly stack: Stack;
  readonly region: string;
  readonly resolved: Pick<ResolvedUpdate, 'template' | 'plan' | 'tags' | 'options'> & {
    readonly image?: ImageChange | undefined;
  };
  readonly changes: readonly PlannedChange[];
  readonly drift: readonly Drift[];
  readonly paused: boolean;
}): UpdatePreview {
  const current = tagsOf(stack);
  const [before, after] = [current[VERSION_TAG], templateVersion(template.document.body)];
  return {
    stackName: stack.StackName ?? '',
    region,
    strategy: options.strategy,
    template: template.name,
    ...((before ?? after) !== undefined && {
      version: { ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
    }),
    parameters: plan.changes,
    ...(image !== undefined && { image }),
    gone: plan.gone,
    tags: tagChanges(current, tags),
    resources: weighed(changes, options.strategy, options.allowed),
    drift: drift.filter(({ property }) => !paused || !SIZES.test(property)),
  };
}

/** Adds to changes what they mean. */
export function weighed(
  changes: readonly PlannedChange[],
  strategy: Strategy,
  allowed: ReadonlySet<string>,
): WeighedChange[] {
  return changes.map((change) => ({ ...change, meaning: meaningOf(change, strategy, allowed) }));
}

/** @throws UsageError for changes that take something away which cannot be made again */
export function assertNothingLost({
  stackName,
  resources,
}: Pick<UpdatePreview, 'stackName' | 'resources'>): void {
  const refused = resources.filter(({ meaning }) => meaning.weight === 'refused');
  if (refused.length === 0) return;
  throw new UsageError(
    `The update of ${stackName} is refused, as it takes away what cannot be made again:\n${refused.map(refusalLine).join('\n')}`,
    {
      hint: `Nothing was changed. Leave out what causes it; or where it is meant, say so: ${refused
        .map(({ logicalId }) => `--allow-replacement ${logicalId}`)
        .join(' ')}`,
      details: { stackName, refused },
    },
  );
}

function refusalLine({ logicalId, type, meaning, properties }: WeighedChange): string {
  const because = properties.find(({ recreates }) => recreates !== 'never');
  const cause = because?.cause === undefined ? '' : `, by ${because.cause}`;
  const why = because === undefined ? '' : ` (${because.path} changes${cause})`;
  return `- ${logicalId} (${type}): ${meaning.text}${why}`;
}
