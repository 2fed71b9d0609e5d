import type { AwsContext } from '../../aws/context.ts';
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
  const refused = failures.at(-1);
  if (refused === undefined) return cause;
  const advice = adviceFor({ reason: refused }, { stackName: cause.stackName, region });
  return {
    ...cause,
    launchFailure: refused,
    ...(advice !== undefined && { advice }),
  };
}

/** The same from AWS. */
export function launchFailuresOf(aws: AwsContext): LaunchFailures {
  return async (autoScalingGroupName) => {
    const { DescribeScalingActivitiesCommand } = await import('../../aws/sdk/auto-scaling.ts');
    const client = await aws.clients.autoScaling();
    const { Activities } = await client.send(
      new DescribeScalingActivitiesCommand({
        AutoScalingGroupName: autoScalingGroupName,
        IncludeDeletedGroups: true,
      }),
    );
    return (Activities ?? [])
      .filter(({ StatusCode }) => StatusCode === 'Failed')
      .flatMap(({ StatusMessage }) => StatusMessage ?? []);
  };
}
