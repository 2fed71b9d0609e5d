import type { ActivitiesType, Activity, DescribeScalingActivitiesType } from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../kernel/world.ts';
import { describedPage, groupNamed } from './errors.ts';
import { autoScalingState, type ActivityRecord } from './state.ts';

/** An activity as DescribeScalingActivities shows it. */
export function describedActivity(
  group: { readonly name: string; readonly arn: string },
  activity: ActivityRecord,
): Activity {
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAt),
    ...(activity.endedAt !== undefined && { EndTime: new Date(activity.endedAt) }),
    StatusCode: activity.status,
    ...(activity.message !== undefined && { StatusMessage: activity.message }),
    Progress: activity.progress,
    Details: activity.details,
  };
}

/** The newest first. Those of groups that are gone are shown only when asked for. */
function describeScalingActivities(input: DescribeScalingActivitiesType, scope: Scope): ActivitiesType {
  const { groups, history } = autoScalingState(scope);
  const name = input.AutoScalingGroupName;
  const past = input.IncludeDeletedGroups
    ? Object.entries(history).map(([gone, { arn, activities }]) => ({ name: gone, arn, activities }))
    : [];
  if (name !== undefined && !past.some((group) => group.name === name)) groupNamed(scope, name);
  const ids = input.ActivityIds ?? [];
  const all = [...past, ...Object.values(groups)]
    .filter((group) => name === undefined || group.name === name)
    .flatMap((group) => group.activities.map((activity) => ({ group, activity })))
    .filter(({ activity }) => ids.length === 0 || ids.includes(activity.id))
    .reverse()
    .sort((one, other) => other.activity.startedAt - one.activity.startedAt);
  const { items, nextToken } = describedPage(all, input, [100, 100]);
  return {
    Activities: items.map(({ group, activity }) => describedActivity(group, activity)),
    NextToken: nextToken,
  };
}

export const activityOperations = { DescribeScalingActivities: describeScalingActivities };
