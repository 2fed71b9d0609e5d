import type {
  DeleteWarmPoolType,
  DescribeWarmPoolAnswer,
  DescribeWarmPoolType,
  PutWarmPoolType,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { templateOf, versionOf } from '../ec2/compute/launch-templates.ts';
import { ec2State } from '../ec2/state/state.ts';
import { describedPage, groupNamed, validationError } from './errors.ts';
import { describedMember, describedWarmPool } from './groups/description.ts';
import { currentVersion } from './reconciling/launching.ts';
import { reconcileSoon } from './reconciling/task.ts';
import { beginTermination, endMember, isLeaving } from './reconciling/terminating.ts';
import { causeTime } from './reconciling/activities.ts';
import type { GroupRecord, WarmPoolRecord } from './state.ts';

/** Whether a group may launch spot instances, be it by its policy or by its launch template. */
export function launchesSpot(scope: Scope, group: GroupRecord): boolean {
  const { OnDemandPercentageAboveBaseCapacity: onDemand = 100 } = group.mixed?.InstancesDistribution ?? {};
  if (group.mixed !== undefined && onDemand < 100) return true;
  const template = currentVersion(scope, group);
  if (template === undefined) return false;
  const { data } = versionOf(
    templateOf(ec2State(scope), { LaunchTemplateId: template.id }),
    template.version,
  );
  return data.InstanceMarketOptions?.MarketType === 'spot';
}

/** @throws AwsError ValidationError for a group with a warm pool that launches spot instances */
export function refuseWarmSpot(scope: Scope, group: GroupRecord): void {
  if (!launchesSpot(scope, group)) return;
  throw validationError(
    `The Auto Scaling group ${group.name} cannot have a warm pool and launch Spot Instances.`,
  );
}

/**
 * Makes or changes the warm pool of a group. What is left out goes back to its default.
 * @throws AwsError ValidationError; NotImplemented for pools that the sandbox does not have
 */
export function putWarmPool(input: PutWarmPoolType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const { MinSize: minSize = 0, MaxGroupPreparedCapacity: maxPrepared, PoolState = 'Stopped' } = input;
  if (!['Stopped', 'Running', 'Hibernated'].includes(PoolState)) {
    throw validationError('PoolState must be one of: Stopped, Running, Hibernated');
  }
  if (PoolState !== 'Stopped' || input.InstanceReusePolicy?.ReuseOnScaleIn === true) {
    throw new AwsError(
      'NotImplemented',
      'The sandbox has warm pools of stopped instances only, to which none return.',
      501,
    );
  }
  if (minSize < 0) throw validationError('MinSize must not be negative.');
  if (maxPrepared !== undefined && maxPrepared < -1) {
    throw validationError('MaxGroupPreparedCapacity must be -1 or more.');
  }
  refuseWarmSpot(scope, group);
  if (group.warmPool?.deleting) {
    throw validationError(`The warm pool of the Auto Scaling group ${group.name} is being deleted.`);
  }
  const pool: WarmPoolRecord = {
    minSize,
    // "To remove a value that you previously set, include the property but specify -1 for the value."
    ...(maxPrepared !== undefined && maxPrepared >= 0 && { maxPrepared }),
    deleting: false,
    members: group.warmPool?.members ?? {},
    failures: 0,
  };
  group.warmPool = pool;
  reconcileSoon(scope, group);
  return {};
}

/**
 * Without ForceDelete, only an empty pool goes. With it, its instances are terminated without waiting for lifecycle actions.
 * @throws AwsError ResourceInUse, ScalingActivityInProgress
 */
export function deleteWarmPool(input: DeleteWarmPoolType, scope: Scope): object {
  const group = groupNamed(scope, input.AutoScalingGroupName);
  const pool = poolOf(group);
  const members = Object.values(pool.members);
  if (members.length > 0 && !input.ForceDelete) {
    if (members.some(({ lifecycle }) => lifecycle !== 'Warmed:Stopped')) {
      throw new AwsError(
        'ScalingActivityInProgress',
        'You cannot delete a warm pool while there are scaling activities in progress for it.',
      );
    }
    throw new AwsError('ResourceInUse', 'You cannot delete a warm pool while there are instances in it.');
  }
  pool.deleting = true;
  endPool(scope, group, `At ${causeTime(scope.world.now())} a user request deleted the warm pool.`);
  reconcileSoon(scope, group);
  return {};
}

/** Ends the instances of a group's pool, whatever holds them. */
export function endPool(scope: Scope, group: GroupRecord, cause: string): void {
  for (const member of Object.values(group.warmPool?.members ?? {})) {
    if (!isLeaving(member)) beginTermination(scope, group, member, cause);
    member.actions = {};
    endMember(scope, member);
  }
}

function poolOf(group: GroupRecord): WarmPoolRecord {
  if (group.warmPool !== undefined) return group.warmPool;
  throw validationError(`No warm pool found for the Auto Scaling group ${group.name}.`);
}

function describeWarmPool(input: DescribeWarmPoolType, scope: Scope): DescribeWarmPoolAnswer {
  const { warmPool } = groupNamed(scope, input.AutoScalingGroupName);
  const { items, nextToken } = describedPage(Object.values(warmPool?.members ?? {}), input, [50, 50]);
  return {
    ...(warmPool && { WarmPoolConfiguration: describedWarmPool(warmPool) }),
    Instances: items.map((member) => describedMember(member, false)),
    NextToken: nextToken,
  };
}

export const warmPoolOperations = {
  PutWarmPool: putWarmPool,
  DeleteWarmPool: deleteWarmPool,
  DescribeWarmPool: describeWarmPool,
};
