import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { FORECAST_MIN_SIZE_TAG, minSizesOf } from '../../scaler/group/forecast-min-size.ts';
import { isPaused, PAUSED_TAG } from '../../scaler/group/paused-tag.ts';

/** The capacity limits and desired capacity of a group, in instances. */
export interface GroupSize {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
}

/** An instance as far as scaling in has to do with it. */
export interface SizedInstance {
  readonly instanceId: string;
  readonly lifecycleState: string;
  readonly protectedFromScaleIn: boolean;
}

/** A group with its size, instances and tags: all that a change of its capacity is decided by. */
export interface SizedGroup {
  readonly size: GroupSize;
  readonly instances: readonly SizedInstance[];
  readonly tags: Readonly<Record<string, string>>;
}

/** On a paused group, its size before the pause: `min/max/desired`. */
export const SIZE_TAG = 'bk-stack:size';

/** The size of a group without instances, which nothing can scale out. */
export const ZERO: GroupSize = { min: 0, max: 0, desired: 0 };

/** The instances of a group as AWS describes it. */
export function sizedInstances({ Instances = [] }: AutoScalingGroup): SizedInstance[] {
  return Instances.map((instance) => ({
    instanceId: instance.InstanceId ?? '',
    lifecycleState: instance.LifecycleState ?? '',
    protectedFromScaleIn: instance.ProtectedFromScaleIn ?? false,
  }));
}

/** A group as AWS describes it. */
export function sizedGroup(group: AutoScalingGroup): SizedGroup {
  return {
    size: { min: group.MinSize ?? 0, max: group.MaxSize ?? 0, desired: group.DesiredCapacity ?? 0 },
    instances: sizedInstances(group),
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

/** Whether two sizes are equal. */
export function isSameSize(one: GroupSize, other: GroupSize): boolean {
  return one.min === other.min && one.max === other.max && one.desired === other.desired;
}

/** Tells whether the scaler leaves a group alone. */
export function isPausedGroup({ tags }: Pick<SizedGroup, 'tags'>): boolean {
  return isPaused(tags[PAUSED_TAG]);
}

/** A group's size without what the scaler has raised its minimum to. */
export function ownSize({ size, tags }: Pick<SizedGroup, 'size' | 'tags'>): GroupSize {
  return { ...size, min: minSizesOf(tags[FORECAST_MIN_SIZE_TAG], size.min).min };
}

/** The size that a group had before it was paused; undefined where none is remembered. */
export function rememberedSize({ tags }: Pick<SizedGroup, 'tags'>): GroupSize | undefined {
  const [, min, max, desired] = /^(\d+)\/(\d+)\/(\d+)$/.exec(tags[SIZE_TAG] ?? '') ?? [];
  return min === undefined ? undefined : { min: Number(min), max: Number(max), desired: Number(desired) };
}

/** Whether the terminating hook holds an instance, so that its jobs can end. */
export function isFinishing({ lifecycleState }: SizedInstance): boolean {
  return lifecycleState === 'Terminating:Wait';
}

/**
 * The ids of the instances whose protection can be removed. Auto Scaling refuses that for one on its way into service, which
 * is unprotected when it is there.
 */
export function protectedInService(instances: readonly SizedInstance[]): string[] {
  return instances
    .filter(
      ({ protectedFromScaleIn, lifecycleState }) => protectedFromScaleIn && lifecycleState === 'InService',
    )
    .map(({ instanceId }) => instanceId);
}

/**
 * Whether Auto Scaling terminates instances of a group to give it this size: there are more than desired, and some of them are
 * not protected from scale-in.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
 */
export function terminatesInstances(
  { instances }: Pick<SizedGroup, 'instances'>,
  { desired }: Pick<GroupSize, 'desired'>,
): boolean {
  const staying = instances.filter(({ lifecycleState }) => !lifecycleState.startsWith('Terminating'));
  return staying.length > desired && staying.some(({ protectedFromScaleIn }) => !protectedFromScaleIn);
}
