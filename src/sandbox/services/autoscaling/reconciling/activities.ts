import type { Scope } from '../../../kernel/world.ts';
import type { Instant } from '../../../kernel/time.ts';
import type { ActivityRecord, ActivityStatus, GroupRecord } from '../state.ts';

/** AWS keeps six weeks of activities; this bounds the state where much happens in them. */
const MOST_ACTIVITIES = 5000;

/** An instant as the causes of activities give it: whole seconds, UTC. */
export function causeTime(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Starts the record of an activity. */
export function startActivity(
  scope: Scope,
  group: GroupRecord,
  activity: {
    readonly description: string;
    readonly cause: string;
    readonly status: ActivityStatus;
    readonly progress: number;
    readonly subnetId?: string | undefined;
    readonly zone: string;
  },
): ActivityRecord {
  const { description, cause, status, progress, subnetId, zone } = activity;
  const record: ActivityRecord = {
    id: scope.world.ids.uuid(),
    description,
    cause,
    startedAt: scope.world.now(),
    status,
    progress,
    details: JSON.stringify({
      ...(subnetId !== undefined && { 'Subnet ID': subnetId }),
      'Availability Zone': zone,
    }),
  };
  group.activities.push(record);
  if (group.activities.length > MOST_ACTIVITIES)
    group.activities.splice(0, group.activities.length - MOST_ACTIVITIES);
  return record;
}

export function activityOf(group: GroupRecord, id: string): ActivityRecord | undefined {
  return group.activities.findLast((activity) => activity.id === id);
}

/** Ends an activity; the reason of one that did not succeed is shown in its description too. */
export function endActivity(
  group: GroupRecord,
  id: string,
  now: Instant,
  status: 'Successful' | 'Failed' | 'Cancelled',
  message?: string,
): void {
  const index = group.activities.findLastIndex((activity) => activity.id === id);
  const activity = group.activities[index];
  if (activity === undefined || activity.endedAt !== undefined) return;
  group.activities[index] = {
    ...activity,
    ...(message !== undefined && {
      message,
      description: `${activity.description}.  Status Reason: ${message}`,
    }),
    status,
    progress: 100,
    endedAt: now,
  };
}
