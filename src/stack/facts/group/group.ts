import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';
import { OperationError } from '../../../errors.ts';
import { FORECAST_MIN_SIZE_TAG, minSizesOf } from '../../../scaler/group/forecast-min-size.ts';
import { PAUSED_TAG } from '../../../scaler/group/paused-tag.ts';
import { SPOT_FALLBACK_TAG, spotFallbackOf } from '../../../scaler/spot/fallback.ts';
import { STUCK_TAG, stuckOf } from '../../../scaler/sizing/stuck-jobs.ts';
import { isDenied } from '../../../aws/errors.ts';
import { type WarmInstance, warmInstances, type WarmPoolState, warmPoolState } from './warm-pool.ts';

/** An instance as its group sees it. */
export interface GroupInstance {
  readonly instanceId: string;
  /** Pending, InService, Terminating:Wait, ... */
  readonly lifecycleState: string;
  readonly health: string;
  readonly instanceType: string;
  readonly zone: string;
  /** Of the launch template that it was launched from. */
  readonly version?: string;
  /** Whether new instances are launched from that version. */
  readonly current: boolean;
  /** Whether Auto Scaling leaves it out when it scales the group in. */
  readonly protectedFromScaleIn: boolean;
}

/** Something that the group tried and did not get done. */
export interface FailedActivity {
  readonly at: string;
  readonly activity: string;
  readonly reason: string;
  /** The instance that was launched and did not come up, where there was one. */
  readonly instanceId?: string;
}

/** An Auto Scaling group as it is now. */
export interface GroupState {
  readonly autoScalingGroupName: string;
  readonly minSize: number;
  /** The group's own `minSize`, where the scaler has raised it to keep idle instances. */
  readonly ownMinSize?: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  readonly instances: readonly GroupInstance[];
  readonly warmPool?: WarmPoolState;
  /** Auto Scaling processes that somebody has suspended. */
  readonly suspended: readonly string[];
  /** Why the scaler leaves it alone, where somebody has paused it. */
  readonly paused?: string;
  /** Until when everything is on-demand, as spot has no capacity; an ISO date. */
  readonly onDemandUntil?: string;
  /** Jobs that no agent has taken, as the scaler has found out, and when it tries them next; an ISO date. */
  readonly stuckJobs?: { readonly jobs: number; readonly nextAttemptAt: string };
  /** The latest failures, newest first. */
  readonly failures: readonly FailedActivity[];
  /** Whether nothing of the kind (a launch, a termination) has succeeded since the newest failure. */
  readonly failing: boolean;
}

const MOST_FAILURES = 3;

/** A group as AWS describes it, or undefined where it does not exist (yet, or any more). */
export async function describedGroup(aws: AwsContext, name: string): Promise<AutoScalingGroup | undefined> {
  const { DescribeAutoScalingGroupsCommand } = await import('../../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const { AutoScalingGroups } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return AutoScalingGroups?.[0];
}

/** The same of one that somebody works on. @throws OperationError where it is gone */
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

/** A group with its latest activities, or undefined where it does not exist (yet, or any more). */
export async function readGroup(aws: AwsContext, name: string): Promise<GroupState | undefined> {
  const { DescribeScalingActivitiesCommand } = await import('../../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const [group, { Activities }] = await Promise.all([
    describedGroup(aws, name),
    client
      .send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: 50 }))
      .catch((error: unknown) => {
        // Unlike the description, the activities of a group that does not exist are an error.
        if (awsErrorCode(error) !== 'ValidationError') throw error;
        return { Activities: [] };
      }),
  ]);
  return group === undefined ? undefined : groupState(group, Activities ?? [], await warmOf(aws, group));
}

/** What is in a group's warm pool; undefined where it has none, or where nobody may look. */
async function warmOf(
  aws: AwsContext,
  { AutoScalingGroupName = '', WarmPoolConfiguration }: AutoScalingGroup,
): Promise<readonly WarmInstance[] | undefined> {
  if (WarmPoolConfiguration === undefined) return undefined;
  return warmInstances(aws, AutoScalingGroupName).catch((error: unknown) => {
    if (!isDenied(error)) throw error;
    return undefined;
  });
}

/**
 * A group and its activities, newest first, as what people want to know of them.
 * @param warm what is in its warm pool, where that may be looked at
 */
export function groupState(
  group: AutoScalingGroup,
  activities: readonly Activity[],
  warm?: readonly WarmInstance[],
): GroupState {
  const failed = activities.filter(hasFailed);
  const paused = group.Tags?.find(({ Key, Value }) => Key === PAUSED_TAG && Value !== 'false')?.Value;
  return {
    autoScalingGroupName: group.AutoScalingGroupName ?? '',
    minSize: group.MinSize ?? 0,
    ...ownMinSize(group),
    maxSize: group.MaxSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    instances: groupInstances(group),
    ...warmPool(group, warm),
    suspended: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
    ...(paused !== undefined && { paused }),
    ...onDemandUntil(group),
    ...stuckJobs(group),
    failures: failed.slice(0, MOST_FAILURES).map(failedActivity),
    failing: isFailing(activities),
  };
}

/** A group's instances, without those of its warm pool. */
export function groupInstances(group: AutoScalingGroup): GroupInstance[] {
  const current = launchVersion(group);
  return (group.Instances ?? []).map((instance) => ({
    instanceId: instance.InstanceId ?? '',
    lifecycleState: instance.LifecycleState ?? '',
    health: instance.HealthStatus ?? '',
    instanceType: instance.InstanceType ?? '',
    zone: instance.AvailabilityZone ?? '',
    ...(instance.LaunchTemplate?.Version !== undefined && { version: instance.LaunchTemplate.Version }),
    current: instance.LaunchTemplate?.Version === current,
    protectedFromScaleIn: instance.ProtectedFromScaleIn ?? false,
  }));
}

function warmPool(
  { WarmPoolConfiguration, WarmPoolSize = 0 }: AutoScalingGroup,
  instances: readonly WarmInstance[] | undefined,
): Pick<GroupState, 'warmPool'> {
  if (WarmPoolConfiguration === undefined) return {};
  const { MinSize: wanted = 0 } = WarmPoolConfiguration;
  return {
    warmPool: instances === undefined ? { size: WarmPoolSize, wanted } : warmPoolState(wanted, instances),
  };
}

/** The version of the launch template that a group's new instances are launched from. */
export function launchVersion({
  MixedInstancesPolicy,
  LaunchTemplate,
}: AutoScalingGroup): string | undefined {
  return (MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? LaunchTemplate)?.Version;
}

/** A launch that its hook gave up counts as cancelled, and is a failure all the same. */
export function hasFailed({ StatusCode, StatusMessage = '' }: Activity): boolean {
  return (
    StatusCode === 'Failed' ||
    (StatusCode === 'Cancelled' && /Lifecycle Action .*abandoned/.test(StatusMessage))
  );
}

/** An instance that did not come up is ended, and that succeeds: only a launch makes a launch good. */
function isFailing(activities: readonly Activity[]): boolean {
  const newest = activities.findIndex(hasFailed);
  const failed = activities[newest];
  if (failed === undefined) return false;
  return !activities
    .slice(0, newest)
    .some((activity) => activity.StatusCode === 'Successful' && kindOf(activity) === kindOf(failed));
}

/** Launching, Terminating: the first word of what Auto Scaling says of an activity. */
function kindOf({ Description = '' }: Activity): string | undefined {
  return Description.split(' ')[0];
}

function failedActivity({ StartTime, Description = '', StatusMessage = '' }: Activity): FailedActivity {
  const instanceId = /^Launching .*\b(i-[0-9a-f]+)/.exec(Description)?.[1];
  return {
    at: (StartTime ?? new Date(0)).toISOString(),
    activity: Description,
    reason: StatusMessage,
    ...(instanceId !== undefined && { instanceId }),
  };
}

function stuckJobs({ Tags = [] }: AutoScalingGroup): Pick<GroupState, 'stuckJobs'> {
  const stuck = stuckOf(Tags.find(({ Key }) => Key === STUCK_TAG)?.Value);
  if (stuck === undefined) return {};
  return { stuckJobs: { jobs: stuck.jobs, nextAttemptAt: new Date(stuck.retryAt).toISOString() } };
}

function ownMinSize({ Tags = [], MinSize = 0 }: AutoScalingGroup): Pick<GroupState, 'ownMinSize'> {
  const { min, held } = minSizesOf(Tags.find(({ Key }) => Key === FORECAST_MIN_SIZE_TAG)?.Value, MinSize);
  return held === undefined ? {} : { ownMinSize: min };
}

/** What is written down counts where the group buys like that: an update of the stack may have undone it. */
function onDemandUntil({
  Tags = [],
  MixedInstancesPolicy,
}: AutoScalingGroup): Pick<GroupState, 'onDemandUntil'> {
  const purchase = spotFallbackOf(Tags.find(({ Key }) => Key === SPOT_FALLBACK_TAG)?.Value);
  const { OnDemandPercentageAboveBaseCapacity } = MixedInstancesPolicy?.InstancesDistribution ?? {};
  if (purchase.kind !== 'on-demand' || OnDemandPercentageAboveBaseCapacity !== 100) return {};
  return { onDemandUntil: new Date(purchase.until).toISOString() };
}
