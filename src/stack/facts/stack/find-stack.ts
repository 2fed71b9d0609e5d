import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';
import { OperationError } from '../../../errors.ts';
import { edits, nearestNames } from '../../../terminal/nearest.ts';
import { listStacks } from './list-stacks.ts';

/** The stack with this name or id, or undefined where there is none. A deleted stack is found by its id only. */
export async function findStack(aws: AwsContext, stack: string): Promise<Stack | undefined> {
  const { DescribeStacksCommand } = await import('../../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks?.[0];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** CloudFormation has no code of its own for this: a ValidationError, "Stack with id x does not exist". */
function isMissing(error: unknown): boolean {
  return awsErrorCode(error) === 'ValidationError' && /does not exist/.test((error as Error).message);
}

/**
 * The stack with this name.
 * @param farthest how many edits a proposal may be away, where typing the wrong one cannot be undone
 * @throws OperationError that names the stacks there are, when there is no such one.
 */
export async function requireStack(aws: AwsContext, stackName: string, farthest?: number): Promise<Stack> {
  const stack = await findStack(aws, stackName);
  if (stack !== undefined) return stack;
  const { stacks } = await listStacks(aws, { allRegions: false });
  throw new OperationError(`There is no stack named ${stackName} in ${aws.region}`, {
    hint: whereElse(
      stackName,
      stacks.map((each) => each.stackName),
      farthest,
    ),
    details: { stackName, region: aws.region, status: null },
  });
}

/** What to type instead of a name that does not exist. */
export function whereElse(stackName: string, names: readonly string[], farthest = Infinity): string {
  const near = nearestNames(stackName, names).filter((name) => edits(stackName, name) <= farthest);
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  const known =
    names.length === 0
      ? 'There are no agent stacks in this region.'
      : `Stacks there: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', ...' : ''}.`;
  return `${known} To look everywhere: bk-stack list --all-regions`;
}
