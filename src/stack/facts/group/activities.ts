import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';

/** Scaling activities of a group, newest first. */
export interface GroupActivities {
  readonly activities: readonly Activity[];
  /** Whether the group has older ones than were asked for. */
  readonly more: boolean;
}

/** DescribeScalingActivities gives a hundred a page. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html */
const PAGE = 100;

/**
 * Reads what a group did and tried to do. None where it does not exist (yet, or any more): unlike its description, that is a
 * ValidationError of AWS.
 * @param options.most how many are enough; whole pages come beyond fifty
 * @param options.deleted whether a group that is deleted by now tells its activities too
 */
export async function readActivities(
  aws: AwsContext,
  group: string,
  { most = 50, deleted = false }: { readonly most?: number; readonly deleted?: boolean } = {},
): Promise<GroupActivities> {
  const { DescribeScalingActivitiesCommand } = await import('../../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const activities: Activity[] = [];
  let NextToken: string | undefined;
  try {
    do {
      const page = await client.send(
        new DescribeScalingActivitiesCommand({
          AutoScalingGroupName: group,
          MaxRecords: Math.min(most, PAGE),
          NextToken,
          ...(deleted && { IncludeDeletedGroups: true }),
        }),
      );
      activities.push(...(page.Activities ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined && activities.length < most);
  } catch (error) {
    if (awsErrorCode(error) !== 'ValidationError') throw error;
    return { activities: [], more: false };
  }
  return { activities, more: NextToken !== undefined };
}
