import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { isDenied } from '../../aws/errors.ts';
import { describedGroup, existingGroup } from '../facts/group/group.ts';
import { queueState } from '../facts/service/queue.ts';
import { scalerRule, stackResources } from '../facts/stack/resources.ts';
import { type Draining, readDraining } from '../facts/group/draining.ts';
import { type EndingOperation, type UndrainedStack, undrainedError } from './refusal.ts';

/** The facts in a refusal about the stack that a group belongs to. */
export type OwningStack = Pick<Stack, 'StackName' | 'StackId' | 'Parameters'>;

/**
 * Makes sure that instances which an operation terminates finish their jobs. Asks and changes nothing else.
 * @param name of the stack's group; one that is gone has no jobs to lose
 * @param because what of the operation terminates instances, where it doesn't always
 * @throws UsageError with the reason and what to do by hand where jobs would be lost
 */
export async function requireDraining(
  aws: AwsContext,
  stack: OwningStack,
  name: string,
  operation: EndingOperation,
  because?: string,
): Promise<void> {
  const group = await describedGroup(aws, name);
  if (group === undefined) return;
  const draining = await readDraining(aws, group);
  if (!draining.drains)
    throw undrainedError(await undrained(aws, stack, group, draining), operation, because);
}

/** Reads the facts for the refusal on a stack whose instances don't drain. */
export async function undrained(
  aws: AwsContext,
  stack: OwningStack,
  group: AutoScalingGroup,
  { lacks }: Extract<Draining, { drains: false }>,
): Promise<UndrainedStack> {
  const [queue, rule] = await Promise.all([queueState(aws, stack), ruleOf(aws, stack)]);
  return {
    stackName: stack.StackName ?? '',
    region: aws.region,
    group: group.AutoScalingGroupName ?? '',
    minSize: group.MinSize ?? 0,
    lacks,
    queue,
    ...(rule !== undefined && { scalerRule: rule }),
    unprotected: unprotectedOf(group),
  };
}

/**
 * Whether instances of a group that it terminates are known to finish their jobs: not where the caller may not read that.
 * @throws OperationError where the group is gone
 */
export async function knownToDrain(aws: AwsContext, name: string): Promise<boolean> {
  const group = await existingGroup(aws, name);
  try {
    return (await readDraining(aws, group)).drains;
  } catch (error) {
    if (isDenied(error)) return false;
    throw error;
  }
}

/** Instances that scale-in would terminate. */
function unprotectedOf({ Instances = [] }: AutoScalingGroup): string[] {
  return Instances.flatMap(({ InstanceId, ProtectedFromScaleIn, LifecycleState = '' }) =>
    InstanceId === undefined || ProtectedFromScaleIn === true || LifecycleState.startsWith('Terminating')
      ? []
      : [InstanceId],
  );
}

/** Undefined also where the caller may not list the stack's resources. */
async function ruleOf(aws: AwsContext, { StackId }: OwningStack): Promise<string | undefined> {
  if (StackId === undefined) return undefined;
  try {
    return scalerRule(await stackResources(aws, StackId))?.PhysicalResourceId;
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}
