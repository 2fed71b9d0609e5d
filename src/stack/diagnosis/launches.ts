import type { AwsContext } from '../../aws/context.ts';
import { readActivities } from '../facts/group/activities.ts';
import { failedLaunches, isAbandoned } from '../facts/group/launches.ts';
import { adviceFor } from './advice.ts';
import type { FirstCause } from './first-cause.ts';

/** Why Auto Scaling could not launch instances, in its words, newest first. The group may be deleted already. */
export type LaunchFailures = (autoScalingGroupName: string) => Promise<readonly string[]>;

/**
 * A group that got no signal may never have had an instance: then the refused launch is the cause, and not the boot
 * that CloudFormation waited for. Any other cause comes back as it is.
 */
export async function explainMissingSignals(
  cause: FirstCause | undefined,
  region: string,
  launchFailures: LaunchFailures,
): Promise<FirstCause | undefined> {
  if (cause?.type !== 'AWS::AutoScaling::AutoScalingGroup' || cause.physicalId === undefined) return cause;
  if (!/ signal/.test(cause.reason)) return cause;
  // Whoever may create a stack need not be allowed to read this, and the cause is true without it.
  const failures = await launchFailures(cause.physicalId).catch(() => []);
  const first = failures.at(-1);
  if (first === undefined) return cause;
  const advice = adviceFor({ reason: first }, { stackName: cause.stackName, region });
  return {
    ...cause,
    launchFailure: first,
    ...(advice !== undefined && { advice }),
  };
}

/** Reads why launches failed on AWS; without those that a hook abandoned, whose instances are what sent no signal. */
export function launchFailuresOf(aws: AwsContext): LaunchFailures {
  return async (autoScalingGroupName) => {
    const { activities } = await readActivities(aws, autoScalingGroupName, { most: 100, deleted: true });
    return failedLaunches(activities)
      .filter((launch) => launch.reason !== '' && !isAbandoned(launch))
      .map(({ reason }) => reason);
  };
}
