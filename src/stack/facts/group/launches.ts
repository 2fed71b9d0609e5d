import type { Activity } from '@aws-sdk/client-auto-scaling';
import {
  activityOutcome,
  instanceOf,
  isFailedLaunch,
  isLaunch,
} from '../../../scaler/group/launch-activity.ts';

/** A launch that brought no instance into service. */
export interface FailedLaunch {
  /** When it began; an ISO date. */
  readonly at: string;
  readonly activity: string;
  readonly reason: string;
  /** The instance that was launched and did not come up, where there was one. */
  readonly instanceId?: string;
}

/** The launches among activities that failed, in the order of the activities. */
export function failedLaunches(activities: readonly Activity[]): FailedLaunch[] {
  return activities.filter(isFailedLaunch).map((activity) => {
    const instanceId = instanceOf(activity);
    return {
      at: (activity.StartTime ?? new Date(0)).toISOString(),
      activity: activity.Description ?? '',
      reason: activity.StatusMessage ?? '',
      ...(instanceId !== undefined && { instanceId }),
    };
  });
}

/**
 * The launches that have failed since one succeeded, which made good the failures before it; newest first, as activities are. The
 * end of an instance that did not come up succeeds, and makes nothing good.
 */
export function failedSinceSuccess(activities: readonly Activity[]): FailedLaunch[] {
  const success = activities.findIndex(
    (activity) => isLaunch(activity) && activityOutcome(activity) === 'done',
  );
  return failedLaunches(success < 0 ? activities : activities.slice(0, success));
}

/** Tells launches that start a stopped instance of a group's warm pool: they say nothing of whether new ones come up. */
export function isFromWarmPool({ Description = '' }: Pick<Activity, 'Description'>): boolean {
  return / from warm pool\b/.test(Description);
}

/**
 * Tells whether a launch was abandoned by its hook: EC2 had an instance, and its boot failed.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/tutorial-lifecycle-hook-instance-metadata.html
 */
export function isAbandoned({ reason }: Pick<FailedLaunch, 'reason'>): boolean {
  return /Lifecycle Action .*abandoned/.test(reason);
}

/**
 * Tells whether a launch failed for what AWS has to give at the moment, capacity, a quota or an answer, and not for how instances
 * are set up. Server.InternalError is AWS's own fault; Client.InternalError mostly is an encrypted volume whose KMS key Auto
 * Scaling may not use, which no waiting mends.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html
 */
export function isScarcity(reason: string): boolean {
  return SCARCITY.test(reason);
}

const SCARCITY = new RegExp(
  [
    'capacity',
    'MaxSpotInstanceCountExceeded',
    'VcpuLimitExceeded',
    'InstanceLimitExceeded',
    'vCPU limit',
    'quota',
    'Spot.*(price|interrupt)',
    // EC2 took a spot instance back while it booted.
    'Server\\.SpotInstance(Termination|Shutdown)',
    'RequestLimitExceeded',
    'Throttl',
    '(?<!Client\\.)InternalError',
    'ServiceUnavailable',
  ].join('|'),
  'i',
);
