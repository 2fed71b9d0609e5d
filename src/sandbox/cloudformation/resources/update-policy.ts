import { durationMilliseconds } from '../syntax/duration.ts';
import type { Properties } from '../../providers/provider.ts';
import { isMap, sameValue, type TemplateBody, type TemplateValue } from '../template/index.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html */
export interface RollingPolicy {
  readonly maxBatchSize: number;
  readonly minInstancesInService: number;
  readonly minSuccessfulInstancesPercent: number;
  /** As written, for the events. */
  readonly pauseTime: string;
  readonly pauseMilliseconds: number;
  readonly suspendProcesses: readonly string[];
  readonly waitOnResourceSignals: boolean;
}

export function rollingPolicy(updatePolicy: TemplateBody | undefined): RollingPolicy | undefined {
  const written = updatePolicy?.AutoScalingRollingUpdate;
  if (!isMap(written)) return undefined;
  const waits = isTrue(written.WaitOnResourceSignals);
  const pauseTime = typeof written.PauseTime === 'string' ? written.PauseTime : waits ? 'PT5M' : 'PT0S';
  return {
    maxBatchSize: Number(written.MaxBatchSize ?? 1),
    minInstancesInService: Number(written.MinInstancesInService ?? 0),
    minSuccessfulInstancesPercent: Number(written.MinSuccessfulInstancesPercent ?? 100),
    pauseTime,
    pauseMilliseconds: durationMilliseconds(pauseTime) ?? 0,
    suspendProcesses: Array.isArray(written.SuspendProcesses) ? written.SuspendProcesses.map(String) : [],
    waitOnResourceSignals: waits,
  };
}

/** Whether a change of instances makes a new group in place of the old. */
export function willReplace(updatePolicy: TemplateBody | undefined): boolean {
  const written = updatePolicy?.AutoScalingReplacingUpdate;
  return isMap(written) && isTrue(written.WillReplace);
}

const INSTANCE_PROPERTIES = [
  'AvailabilityZones',
  'LaunchConfigurationName',
  'LaunchTemplate',
  'MixedInstancesPolicy',
  'PlacementGroup',
  'VPCZoneIdentifier',
];

/** Whether the instances of a group are no longer those that its properties describe. */
export function changesInstances(previous: Properties, next: Properties): boolean {
  return INSTANCE_PROPERTIES.some(
    (name) =>
      !sameValue(previous[name] as TemplateValue | undefined, next[name] as TemplateValue | undefined),
  );
}

const SIZES = ['MinSize', 'MaxSize', 'DesiredCapacity'];

/**
 * With AutoScalingScheduledAction's IgnoreUnmodifiedGroupSizeProperties: the properties without the sizes that the
 * template has not changed, so that what a schedule has set since stays.
 */
export function withoutUnmodifiedSizes(
  updatePolicy: TemplateBody | undefined,
  previous: Properties,
  next: Properties,
): Properties {
  const written = updatePolicy?.AutoScalingScheduledAction;
  if (!isMap(written) || !isTrue(written.IgnoreUnmodifiedGroupSizeProperties)) return next;
  return Object.fromEntries(
    Object.entries(next).filter(
      ([name, value]) =>
        !SIZES.includes(name) ||
        !sameValue(previous[name] as TemplateValue | undefined, value as TemplateValue | undefined),
    ),
  );
}

function isTrue(value: TemplateValue | undefined): boolean {
  return value === true || value === 'true';
}
