import { UsageError } from '../../errors.ts';

/** The name of the stack that a resource belongs to. */
export const STACK_TAG = 'bk-stack:stack';
/** The version of the template that a stack was made from. */
export const VERSION_TAG = 'bk-stack:version';

export type Tags = Readonly<Record<string, string>>;

/** AWS takes 50 on a resource. The Auto Scaling group has the most of its own: ours, Name, BuildkiteQueue and the cost tag. */
const MOST = 45;
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html */
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
/** What every service takes: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The tags of `--tag KEY=VALUE` flags. A value may be empty and may have further equals signs in it.
 * @throws UsageError for one that AWS would refuse, or that is ours.
 */
export function parseTags(flags: readonly string[]): Tags {
  const tags = new Map<string, string>();
  for (const flag of flags) {
    const at = flag.indexOf('=');
    if (at < 1) refuse(flag, 'it is no KEY=VALUE');
    const [key, value] = [flag.slice(0, at), flag.slice(at + 1)];
    const fault = tags.has(key) ? 'the key is there twice' : tagFault(key, value);
    if (fault !== undefined) refuse(flag, fault);
    tags.set(key, value);
  }
  if (tags.size > MOST) {
    throw new UsageError(
      `${tags.size} tags are too many: AWS takes 50, and the stack's resources need some of them`,
      {
        hint: `Give ${MOST} at most.`,
      },
    );
  }
  return Object.fromEntries(tags);
}

function tagFault(key: string, value: string): string | undefined {
  if (key.length > LONGEST_KEY) return `a key has at most ${LONGEST_KEY} characters`;
  if (value.length > LONGEST_VALUE) return `a value has at most ${LONGEST_VALUE} characters`;
  if (/^aws:/i.test(key)) return 'keys that begin with "aws:" are kept for AWS';
  if (/^bk-stack:/i.test(key)) return 'keys that begin with "bk-stack:" are set by bk-stack';
  if (!CHARACTERS.test(key) || !CHARACTERS.test(value)) {
    return 'a tag has letters, digits, spaces and _ . : / = + - @';
  }
  return undefined;
}

function refuse(flag: string, fault: string): never {
  throw new UsageError(`--tag ${flag}: ${fault}`, {
    hint: 'For example: --tag team=build --tag cost-center=42',
  });
}

/** The tags that tell our stacks from others. The version is the template's, where it names one. */
export function ownTags(stackName: string, version: string | undefined): Tags {
  return { [STACK_TAG]: stackName, ...(version !== undefined && { [VERSION_TAG]: version }) };
}
