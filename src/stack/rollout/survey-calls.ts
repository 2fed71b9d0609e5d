import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { activityOutcome, instanceOf, isLaunch } from '../../scaler/group/launch-activity.ts';
import { readActivities } from '../facts/group/activities.ts';
import { bootLogOf } from '../facts/service/boot-log.ts';
import { launchVersion } from '../facts/group/instances.ts';
import { existingGroup } from '../facts/group/group.ts';
import type { RolloutActivity, RolloutGroup } from './survey.ts';

/** What looking after a replacement needs of Auto Scaling and the logs. */
export interface SurveyCalls {
  group(name: string): Promise<RolloutGroup>;
  /** The latest hundred, newest first. */
  activities(name: string): Promise<RolloutActivity[]>;
  /** Ends instances, each when its jobs are done, and has the group launch others for them. */
  replace(instanceIds: readonly string[]): Promise<void>;
  /** The last lines that an instance wrote while it booted; empty where there are none. */
  bootLog(logGroup: string, instanceId: string): Promise<string[]>;
}

const AT_ONCE = 4;

/** The calls on AWS. A group's description has all of its instances, however many they are. */
export function surveyCalls(aws: AwsContext): SurveyCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/auto-scaling.ts'),
    client: await aws.clients.autoScaling(),
  });
  return {
    async group(name) {
      return rolloutGroup(await existingGroup(aws, name));
    },
    async activities(name) {
      const { activities } = await readActivities(aws, name, { most: 100 });
      return activities.flatMap((activity) => rolloutActivity(activity) ?? []);
    },
    async replace(instanceIds) {
      const { sdk, client } = await load();
      await pLimit(AT_ONCE).map(instanceIds, async (InstanceId) => {
        try {
          await client.send(
            new sdk.TerminateInstanceInAutoScalingGroupCommand({
              InstanceId,
              ShouldDecrementDesiredCapacity: false,
            }),
          );
        } catch (error) {
          // It has ended by itself meanwhile.
          if (awsErrorCode(error) !== 'ValidationError') throw error;
        }
      });
    },
    bootLog: (logGroup, instanceId) => bootLogOf(aws, logGroup, instanceId),
  };
}

function rolloutGroup(group: AutoScalingGroup): RolloutGroup {
  const version = launchVersion(group);
  return {
    ...(version !== undefined && { version }),
    size: { min: group.MinSize ?? 0, max: group.MaxSize ?? 0, desired: group.DesiredCapacity ?? 0 },
    warm: group.WarmPoolConfiguration !== undefined,
    instances: (group.Instances ?? []).map((one) => ({
      instanceId: one.InstanceId ?? '',
      lifecycleState: one.LifecycleState ?? '',
      ...(one.LaunchTemplate?.Version !== undefined && { version: one.LaunchTemplate.Version }),
    })),
  };
}

function rolloutActivity(activity: Activity): RolloutActivity | undefined {
  const { Description = '', StatusMessage, StartTime = new Date(0) } = activity;
  const kind = isLaunch(activity) ? 'launch' : /^Terminating/.test(Description) ? 'end' : undefined;
  if (kind === undefined) return undefined;
  const instanceId = instanceOf(activity);
  return {
    kind,
    ...(instanceId !== undefined && { instanceId }),
    startedAt: StartTime,
    outcome: activityOutcome(activity),
    ...(StatusMessage && { message: StatusMessage.replace(/\s+/g, ' ') }),
  };
}
