import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { AwsContext } from '../../../aws/context.ts';
import { isDenied } from '../../../aws/errors.ts';
import { OperationError } from '../../../errors.ts';
import { groupInstances } from './instances.ts';
import { type WarmInstance, warmInstances } from './warm-pool.ts';

/** Reads a group; undefined where it does not exist (yet, or any more). */
export async function describedGroup(aws: AwsContext, name: string): Promise<AutoScalingGroup | undefined> {
  const { DescribeAutoScalingGroupsCommand } = await import('../../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const { AutoScalingGroups } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return AutoScalingGroups?.[0];
}

/** Reads a group that somebody works on. @throws OperationError where it is gone */
export async function existingGroup(aws: AwsContext, name: string): Promise<AutoScalingGroup> {
  const group = await describedGroup(aws, name);
  if (group === undefined) throw new OperationError(`There is no Auto Scaling group ${name} any more`);
  return group;
}

/** The ids of the instances that a group has, in its warm pool too; none where it does not exist. */
export async function instancesOfGroup(aws: AwsContext, name: string): Promise<string[]> {
  const group = await describedGroup(aws, name);
  if (group === undefined) return [];
  const members = [...groupInstances(group), ...((await warmOf(aws, group)) ?? [])];
  return members.map(({ instanceId }) => instanceId);
}

/** Reads the instances of a group's warm pool; undefined where it has none, or where the caller may not read them. */
export async function warmOf(
  aws: AwsContext,
  { AutoScalingGroupName = '', WarmPoolConfiguration }: AutoScalingGroup,
): Promise<readonly WarmInstance[] | undefined> {
  if (WarmPoolConfiguration === undefined) return undefined;
  return warmInstances(aws, AutoScalingGroupName).catch((error: unknown) => {
    if (!isDenied(error)) throw error;
    return undefined;
  });
}
