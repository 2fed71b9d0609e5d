import type {
  CancelInstanceRefreshAnswer,
  CancelInstanceRefreshType,
  DescribeInstanceRefreshesAnswer,
  DescribeInstanceRefreshesType,
  DesiredConfiguration,
  InstanceRefresh,
  InstanceRefreshProgressDetails,
  RollbackInstanceRefreshAnswer,
  RollbackInstanceRefreshType,
  StartInstanceRefreshAnswer,
  StartInstanceRefreshType,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { describedPage, groupNamed, validationError } from './errors.ts';
import { checkedPolicy, checkedTemplate } from './groups/template.ts';
import {
  activeRefresh,
  membersToRefresh,
  percentageComplete,
  percentageOf,
  remainingOf,
} from './reconciling/refreshing.ts';
import { reconcileSoon } from './reconciling/task.ts';
import type { GroupRecord, RefreshRecord } from './state.ts';

const noneActive = (group: GroupRecord) =>
  new AwsError(
    'ActiveInstanceRefreshNotFound',
    `No in progress or pending Instance Refresh found for Auto Scaling group ${group.name}`,
  );

/** @throws AwsError InstanceRefreshInProgress, ValidationError */
function startInstanceRefresh(input: StartInstanceRefreshType, scope: Scope): StartInstanceRefreshAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const preferences = input.Preferences ?? {};
  if (activeRefresh(group) !== undefined) {
    throw new AwsError(
      'InstanceRefreshInProgress',
      'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.',
    );
  }
  const { MinHealthyPercentage: least = 90 } = preferences;
  if (least < 0 || least > 100) throw validationError('MinHealthyPercentage must be between 0 and 100.');
  const { MaxHealthyPercentage: most } = preferences;
  if (most !== undefined) {
    if (most < 100 || most > 200) throw validationError('MaxHealthyPercentage must be between 100 and 200.');
    if (preferences.MinHealthyPercentage === undefined) {
      throw validationError('MinHealthyPercentage must be specified with MaxHealthyPercentage.');
    }
    if (most - least > 100) {
      throw validationError(
        'The difference between MaxHealthyPercentage and MinHealthyPercentage cannot be greater than 100.',
      );
    }
  }
  if (preferences.AutoRollback && input.DesiredConfiguration === undefined) {
    throw validationError('AutoRollback requires a desired configuration.');
  }
  const previous = {
    ...(group.launchTemplate && { launchTemplate: group.launchTemplate }),
    ...(group.mixed && { mixed: group.mixed }),
  };
  if (input.DesiredConfiguration !== undefined) applyConfiguration(scope, group, input.DesiredConfiguration);
  const remaining = membersToRefresh(scope, group, preferences.SkipMatching ?? false);
  const refresh: RefreshRecord = {
    id: scope.world.ids.uuid(),
    status: 'Pending',
    startedAt: scope.world.now(),
    preferences: JSON.parse(JSON.stringify(preferences)) as RefreshRecord['preferences'],
    ...(input.DesiredConfiguration && {
      desired: JSON.parse(JSON.stringify(input.DesiredConfiguration)) as DesiredConfiguration,
    }),
    previous,
    remaining,
    total: remaining.length,
    ...(group.warmPool && {
      totalWarm: remaining.filter((id) => group.warmPool?.members[id] !== undefined).length,
    }),
    checkpointsPassed: 0,
  };
  group.refreshes.unshift(refresh);
  reconcileSoon(scope, group);
  return { InstanceRefreshId: refresh.id };
}

function applyConfiguration(scope: Scope, group: GroupRecord, desired: DesiredConfiguration): void {
  if (desired.MixedInstancesPolicy !== undefined) {
    group.mixed = checkedPolicy(scope, desired.MixedInstancesPolicy);
    Reflect.deleteProperty(group, 'launchTemplate');
  } else if (desired.LaunchTemplate !== undefined) {
    group.launchTemplate = checkedTemplate(scope, desired.LaunchTemplate);
    Reflect.deleteProperty(group, 'mixed');
  }
}

/** What is being replaced at that moment still is; nothing more will be. */
function cancelInstanceRefresh(input: CancelInstanceRefreshType, scope: Scope): CancelInstanceRefreshAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const refresh = activeRefresh(group);
  if (refresh === undefined) throw noneActive(group);
  refresh.status = 'Cancelling';
  refresh.statusReason = 'Cancelled due to user request.';
  reconcileSoon(scope, group);
  return { InstanceRefreshId: refresh.id };
}

/** Puts the former configuration back, and replaces what has been replaced once more. */
function rollbackInstanceRefresh(
  input: RollbackInstanceRefreshType,
  scope: Scope,
): RollbackInstanceRefreshAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const refresh = activeRefresh(group);
  if (refresh === undefined) throw noneActive(group);
  if (refresh.desired === undefined) {
    throw new AwsError(
      'IrreversibleInstanceRefresh',
      'The Instance Refresh cannot be rolled back, as no desired configuration was specified for it.',
    );
  }
  const { launchTemplate, mixed } = refresh.previous;
  Reflect.deleteProperty(group, 'launchTemplate');
  Reflect.deleteProperty(group, 'mixed');
  if (launchTemplate !== undefined) group.launchTemplate = launchTemplate;
  if (mixed !== undefined) group.mixed = mixed;
  refresh.status = 'RollbackInProgress';
  refresh.statusReason = 'Rolled back due to user request.';
  refresh.remaining = membersToRefresh(scope, group, true);
  Reflect.deleteProperty(refresh, 'pausedUntil');
  reconcileSoon(scope, group);
  return { InstanceRefreshId: refresh.id };
}

function describeInstanceRefreshes(
  input: DescribeInstanceRefreshesType,
  scope: Scope,
): DescribeInstanceRefreshesAnswer {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const ids = input.InstanceRefreshIds ?? [];
  const asked = group.refreshes.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const { items, nextToken } = describedPage(asked, input);
  return { InstanceRefreshes: items.map((refresh) => described(group, refresh)), NextToken: nextToken };
}

function described(group: GroupRecord, refresh: RefreshRecord): InstanceRefresh {
  const percentage =
    refresh.endedAt !== undefined && refresh.status === 'Successful'
      ? 100
      : percentageComplete(group, refresh);
  return {
    InstanceRefreshId: refresh.id,
    AutoScalingGroupName: group.name,
    Status: refresh.status,
    ...(refresh.statusReason !== undefined && { StatusReason: refresh.statusReason }),
    StartTime: new Date(refresh.startedAt),
    ...(refresh.endedAt !== undefined && { EndTime: new Date(refresh.endedAt) }),
    PercentageComplete: percentage,
    InstancesToUpdate: remainingOf(group, refresh).length,
    ...(refresh.totalWarm !== undefined && {
      ProgressDetails: progressDetails(group, refresh, refresh.totalWarm),
    }),
    Preferences: {
      MinHealthyPercentage: 90,
      ...refresh.preferences,
    },
    ...(refresh.desired && { DesiredConfiguration: refresh.desired }),
  };
}

/** Given "for an Auto Scaling group that has a warm pool". */
function progressDetails(
  group: GroupRecord,
  refresh: RefreshRecord,
  totalWarm: number,
): InstanceRefreshProgressDetails {
  const left = remainingOf(group, refresh);
  const live = left.filter((id) => group.members[id] !== undefined).length;
  const warm = left.length - live;
  return {
    LivePoolProgress: {
      PercentageComplete: percentageOf(refresh.total - totalWarm, live),
      InstancesToUpdate: live,
    },
    WarmPoolProgress: { PercentageComplete: percentageOf(totalWarm, warm), InstancesToUpdate: warm },
  };
}

export const refreshOperations = {
  StartInstanceRefresh: startInstanceRefresh,
  CancelInstanceRefresh: cancelInstanceRefresh,
  RollbackInstanceRefresh: rollbackInstanceRefresh,
  DescribeInstanceRefreshes: describeInstanceRefreshes,
};
