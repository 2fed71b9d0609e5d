import type {
  DeleteScheduledActionType,
  DescribeScheduledActionsType,
  PutScheduledUpdateGroupActionType,
  ScheduledActionsType,
  ScheduledUpdateGroupAction,
} from '@aws-sdk/client-auto-scaling';
import { arn } from '../../../kernel/location.ts';
import type { Scope, Task } from '../../../kernel/world.ts';
import { own } from '../../../kernel/table.ts';
import type { Instant } from '../../../kernel/time.ts';
import { describedPage, groupNamed, required, validationError } from '../errors.ts';
import { changeDesired } from '../groups/lifecycle.ts';
import { causeTime } from '../reconciling/activities.ts';
import { reconcileSoon } from '../reconciling/task.ts';
import { groupsOf, isSuspended, type GroupRecord, type ScheduledRecord } from '../state.ts';
import { isCron, isTimeZone, nextCron } from './cron.ts';

/** The task that runs the scheduled actions of a group that are due; its key is `region/group name`. */
export const SCHEDULE_TASK = 'autoscaling.schedule';

const MOST_ACTIONS = 125;

/** Makes or changes a scheduled action. @throws AwsError ValidationError */
export function putScheduledAction(input: PutScheduledUpdateGroupActionType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const name = required(input.ScheduledActionName, 'scheduledActionName');
  const now = scope.world.now();
  const startAt = (input.StartTime ?? input.Time)?.getTime();
  const endAt = input.EndTime?.getTime();
  const { Recurrence: recurrence, TimeZone: timeZone } = input;
  if (input.MinSize === undefined && input.MaxSize === undefined && input.DesiredCapacity === undefined) {
    throw validationError('At least one of MinSize, MaxSize or DesiredCapacity must be specified.');
  }
  if (startAt === undefined && recurrence === undefined) {
    throw validationError('Either StartTime or Recurrence must be specified.');
  }
  if (startAt !== undefined && startAt <= now) throw validationError('Given start time is in the past');
  if (endAt !== undefined && (endAt <= now || (startAt !== undefined && endAt <= startAt))) {
    throw validationError('Given end time must be after the start time and in the future');
  }
  if (recurrence !== undefined && !isCron(recurrence)) {
    throw validationError(`Given recurrence string:${recurrence} is invalid`);
  }
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw validationError(`Given time zone ${timeZone} is invalid`);
  }
  const held = group.scheduled[name];
  if (held === undefined && Object.keys(group.scheduled).length >= MOST_ACTIONS) {
    throw validationError(
      `The maximum number of scheduled actions per Auto Scaling group, ${MOST_ACTIONS}, has been reached.`,
    );
  }
  const action: ScheduledRecord = {
    name,
    arn:
      held?.arn ??
      arn(
        scope,
        'autoscaling',
        `scheduledUpdateGroupAction:${scope.world.ids.uuid()}:autoScalingGroupName/${group.name}:scheduledActionName/${name}`,
      ),
    ...(startAt !== undefined && { startAt }),
    ...(endAt !== undefined && { endAt }),
    ...(recurrence !== undefined && { recurrence }),
    ...(timeZone !== undefined && { timeZone }),
    ...(input.MinSize !== undefined && { min: input.MinSize }),
    ...(input.MaxSize !== undefined && { max: input.MaxSize }),
    ...(input.DesiredCapacity !== undefined && { desired: input.DesiredCapacity }),
  };
  group.scheduled[name] = action;
  planNext(scope, group, action, now);
  return {};
}

/** When an action runs after an instant: at its start time, then as its recurrence has it, until its end. */
export function nextRun(action: ScheduledRecord, after: Instant): Instant | undefined {
  const { startAt, endAt, recurrence, timeZone } = action;
  const from = startAt === undefined ? after : Math.max(after, startAt - 1);
  const next = recurrence === undefined ? startAt : nextCron(recurrence, from, timeZone);
  const isOver = next === undefined || next <= after || (endAt !== undefined && next >= endAt);
  return isOver ? undefined : next;
}

/** @returns when it runs next; undefined where it is over */
function planNext(
  { world, region }: Scope,
  group: GroupRecord,
  action: ScheduledRecord,
  after: Instant,
): Instant | undefined {
  const next = nextRun(action, after);
  if (next === undefined) {
    Reflect.deleteProperty(action, 'nextAt');
    return undefined;
  }
  action.nextAt = next;
  world.wake(SCHEDULE_TASK, `${region}/${group.name}`, next);
  return next;
}

/** Runs what is due. An action that is over is forgotten, as in AWS. */
export const runSchedule: Task = (world, key) => {
  const slash = key.indexOf('/');
  const scope = world.scope(key.slice(0, slash));
  const group = own(groupsOf(scope), key.slice(slash + 1));
  if (group === undefined) return;
  const now = world.now();
  for (const action of Object.values(group.scheduled)) {
    if (action.nextAt === undefined) continue;
    if (action.nextAt <= now) {
      if (!isSuspended(group, 'ScheduledActions') && !group.deleting) apply(scope, group, action);
      const next = planNext(scope, group, action, now);
      if (next === undefined || next <= now) Reflect.deleteProperty(group.scheduled, action.name);
    } else {
      world.wake(SCHEDULE_TASK, key, action.nextAt);
    }
  }
};

function apply(scope: Scope, group: GroupRecord, action: ScheduledRecord): void {
  const min = action.min ?? group.min;
  const max = Math.max(action.max ?? group.max, min);
  const desired = Math.max(min, Math.min(max, action.desired ?? group.desired));
  if (desired !== group.desired) {
    group.reasons.push(
      `At ${causeTime(scope.world.now())} a scheduled action update of AutoScalingGroup constraints to min: ${min}, max: ${max}, desired: ${desired} changing the desired capacity from ${group.desired} to ${desired}.`,
    );
  }
  Object.assign(group, { min, max });
  changeDesired(group, desired);
  reconcileSoon(scope, group);
}

export function deleteScheduledAction(input: DeleteScheduledActionType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const name = required(input.ScheduledActionName, 'scheduledActionName');
  if (group.scheduled[name] === undefined) throw validationError('Scheduled action name not found');
  Reflect.deleteProperty(group.scheduled, name);
  return {};
}

function describeScheduledActions(input: DescribeScheduledActionsType, scope: Scope): ScheduledActionsType {
  const names = input.ScheduledActionNames ?? [];
  const groups =
    input.AutoScalingGroupName === undefined
      ? Object.values(groupsOf(scope))
      : [groupNamed(scope, input.AutoScalingGroupName)];
  const after = input.StartTime?.getTime() ?? Number.NEGATIVE_INFINITY;
  const before = input.EndTime?.getTime() ?? Number.POSITIVE_INFINITY;
  const all = groups.flatMap((group) =>
    Object.values(group.scheduled)
      .filter(
        ({ name, nextAt = 0 }) =>
          (names.length === 0 || names.includes(name)) && nextAt >= after && nextAt <= before,
      )
      .map((action) => described(group, action)),
  );
  const { items, nextToken } = describedPage(all, input);
  return { ScheduledUpdateGroupActions: items, NextToken: nextToken };
}

function described(group: GroupRecord, action: ScheduledRecord): ScheduledUpdateGroupAction {
  const next = action.nextAt ?? action.startAt;
  return {
    AutoScalingGroupName: group.name,
    ScheduledActionName: action.name,
    ScheduledActionARN: action.arn,
    ...(next !== undefined && { Time: new Date(next), StartTime: new Date(next) }),
    ...(action.endAt !== undefined && { EndTime: new Date(action.endAt) }),
    Recurrence: action.recurrence,
    TimeZone: action.timeZone,
    MinSize: action.min,
    MaxSize: action.max,
    DesiredCapacity: action.desired,
  };
}

export const scheduledOperations = {
  PutScheduledUpdateGroupAction: putScheduledAction,
  DeleteScheduledAction: deleteScheduledAction,
  DescribeScheduledActions: describeScheduledActions,
};
