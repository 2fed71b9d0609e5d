import type { InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { AwsContext } from '../../../aws/context.ts';

/** How a refresh ends. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRefresh.html */
const ENDED = /^(Successful|Failed|Cancelled|RollbackSuccessful|RollbackFailed)$/;

/** Tells whether an instance refresh with this status is over. One that is being cancelled or rolled back still changes instances. */
export function hasEnded(status: string | undefined): boolean {
  return ENDED.test(status ?? '');
}

/** Reads instance refreshes of a group, newest first: all that AWS remembers, or those with these ids. */
export async function readRefreshes(
  aws: AwsContext,
  group: string,
  ids?: readonly string[],
): Promise<readonly InstanceRefresh[]> {
  const { DescribeInstanceRefreshesCommand } = await import('../../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const { InstanceRefreshes } = await client.send(
    new DescribeInstanceRefreshesCommand({
      AutoScalingGroupName: group,
      ...(ids !== undefined && { InstanceRefreshIds: [...ids] }),
    }),
  );
  return InstanceRefreshes ?? [];
}
