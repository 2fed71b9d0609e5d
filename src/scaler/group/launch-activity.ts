import type { Activity } from '@aws-sdk/client-auto-scaling';

/** How a scaling activity stands. */
export type ActivityOutcome = 'under way' | 'done' | 'failed';

/**
 * The outcome by the status code, of which three are final:
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html
 *
 * A launch whose instance was refused by EC2 has failed. One whose instance did not come into service, because its launching hook
 * abandoned it or EC2 ended it, is cancelled:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/tutorial-lifecycle-hook-instance-metadata.html
 */
export function activityOutcome({ StatusCode }: Pick<Activity, 'StatusCode'>): ActivityOutcome {
  if (StatusCode === 'Successful') return 'done';
  return StatusCode === 'Failed' || StatusCode === 'Cancelled' ? 'failed' : 'under way';
}

/** Tells launches from the other activities of a group. "Launching a new EC2 instance: i-...", "... from warm pool: i-..." */
export function isLaunch({ Description = '' }: Pick<Activity, 'Description'>): boolean {
  return Description.startsWith('Launching ');
}

/**
 * Tells whether an activity is a launch that brought no instance into service: the one rule of the scaler, status, doctor and
 * rollouts. A scale-in that is cancelled, as all remaining instances are protected, is none:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
 */
export function isFailedLaunch(activity: Pick<Activity, 'StatusCode' | 'Description'>): boolean {
  return isLaunch(activity) && activityOutcome(activity) === 'failed';
}

/** The instance that an activity is about; undefined for a launch that got none. */
export function instanceOf({ Description = '' }: Pick<Activity, 'Description'>): string | undefined {
  return /^[^.]*?\b(i-[0-9a-f]+)/.exec(Description)?.[1];
}
