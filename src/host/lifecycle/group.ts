import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingInstancesCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetInstanceHealthCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';

/** The instance's group, as far as an instance's end concerns it. */
export interface GroupCalls {
  heartbeat(): Promise<void>;
  /** Ends the waiting of the terminating hook. */
  complete(): Promise<void>;
  /** @returns false where the group may not become smaller */
  terminate(options: { readonly decrement: boolean }): Promise<boolean>;
  markUnhealthy(): Promise<void>;
}

/** The name of the hook in template/bk-stack.yml. */
const HOOK = 'bk-stack-terminating';

/**
 * The group by its own API.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
 */
export function groupCalls(region: string, instanceId: string): GroupCalls {
  // Many instances may end at once, and Auto Scaling throttles by account.
  const client = new AutoScalingClient({ region, maxAttempts: 10, retryMode: 'adaptive' });
  let group: string | undefined;
  const inHook = async () => {
    group ??= await groupName();
    return { AutoScalingGroupName: group, LifecycleHookName: HOOK, InstanceId: instanceId };
  };
  const groupName = async () => {
    const { AutoScalingInstances: [instance] = [] } = await client.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
    );
    if (instance?.AutoScalingGroupName === undefined) throw new Error(`${instanceId} is in no group`);
    return instance.AutoScalingGroupName;
  };
  return {
    async heartbeat() {
      await client.send(new RecordLifecycleActionHeartbeatCommand(await inHook()));
    },
    async complete() {
      await client.send(
        new CompleteLifecycleActionCommand({ ...(await inHook()), LifecycleActionResult: 'CONTINUE' }),
      );
    },
    async terminate({ decrement }) {
      try {
        await client.send(
          new TerminateInstanceInAutoScalingGroupCommand({
            InstanceId: instanceId,
            ShouldDecrementDesiredCapacity: decrement,
          }),
        );
        return true;
      } catch (error) {
        // The code covers more than this, and the message is all that tells it apart.
        if (
          decrement &&
          (error as Error).name === 'ValidationError' &&
          /min/i.test((error as Error).message)
        ) {
          return false;
        }
        throw error;
      }
    },
    async markUnhealthy() {
      await client.send(
        new SetInstanceHealthCommand({
          InstanceId: instanceId,
          HealthStatus: 'Unhealthy',
          ShouldRespectGracePeriod: false,
        }),
      );
    },
  };
}
