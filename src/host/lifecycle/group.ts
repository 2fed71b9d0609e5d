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
export async function groupCalls(region: string, instanceId: string): Promise<GroupCalls> {
  const sdk = await import('@aws-sdk/client-auto-scaling');
  // Many instances may end at once, and Auto Scaling throttles by account.
  const client = new sdk.AutoScalingClient({ region, maxAttempts: 10, retryMode: 'adaptive' });
  let group: string | undefined;
  const inHook = async () => {
    group ??= await groupName();
    return { AutoScalingGroupName: group, LifecycleHookName: HOOK, InstanceId: instanceId };
  };
  const groupName = async () => {
    const { AutoScalingInstances: [instance] = [] } = await client.send(
      new sdk.DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
    );
    if (instance?.AutoScalingGroupName === undefined) throw new Error(`${instanceId} is in no group`);
    return instance.AutoScalingGroupName;
  };
  return {
    async heartbeat() {
      await client.send(new sdk.RecordLifecycleActionHeartbeatCommand(await inHook()));
    },
    async complete() {
      await client.send(
        new sdk.CompleteLifecycleActionCommand({ ...(await inHook()), LifecycleActionResult: 'CONTINUE' }),
      );
    },
    async terminate({ decrement }) {
      try {
        await client.send(
          new sdk.TerminateInstanceInAutoScalingGroupCommand({
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
        new sdk.SetInstanceHealthCommand({
          InstanceId: instanceId,
          HealthStatus: 'Unhealthy',
          ShouldRespectGracePeriod: false,
        }),
      );
    },
  };
}
