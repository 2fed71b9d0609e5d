import type { ResourceContext } from './provider.ts';

const SUFFIX_LENGTH = 12;

/**
 * The name that CloudFormation makes up for a resource without one: stack, logical id and a suffix of its own. Where
 * that is too long, the logical id keeps at least half of what the suffix leaves, and the stack's name the rest.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 * @param limit the greatest length that the service takes, in characters
 */
export function generatedName(
  { world, stackName, logicalId }: Pick<ResourceContext, 'world' | 'stackName' | 'logicalId'>,
  limit: number,
  letters: 'mixed' | 'lower' = 'mixed',
): string {
  const room = limit - SUFFIX_LENGTH - 2;
  const half = Math.floor(room / 2);
  const forLogicalId = Math.min(logicalId.length, Math.max(half, room - stackName.length));
  const stack = stackName.slice(0, room - forLogicalId);
  const name = `${stack}-${logicalId.slice(0, forLogicalId)}-${world.ids.suffix(SUFFIX_LENGTH)}`;
  return letters === 'lower' ? name.toLowerCase() : name;
}
