import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingInstancesCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetInstanceHealthCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { clientSettings } from '../program/aws.ts';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../contract/hooks.ts';
import { isAtMinimum } from '../contract/refusal.ts';

/** The instance's group, as far as an instance's end concerns it. */
export interface GroupCalls {
  /** `Pending:Wait`, `Warmed:Pending:Wait`, ...; undefined outside a group. */
  lifecycleState(): Promise<string | undefined>;
  heartbeat(): Promise<void>;
  /** Ends the waiting of the terminating hook. */
  complete(): Promise<void>;
  /** Tells the launching hook that the boot still goes on. */
  heartbeatLaunch(): Promise<void>;
  /** Ends the waiting of the launching hook: the instance enters service, or is ended and replaced. */
  completeLaunch(result: 'CONTINUE' | 'ABANDON'): Promise<void>;
  /** Scale-in protection doesn't stop it. @returns false where the group is at its minimum and can't shrink */
  terminate(options: { readonly decrement: boolean }): Promise<boolean>;
  /** Lets Auto Scaling choose this instance when it scales the group in. */
  unprotect(): Promise<void>;
  markUnhealthy(): Promise<void>;
}

/** Whether the launching hook of an instance is still to come. */
export function isBeforeHook(lifecycleState: string | undefined): boolean {
  return lifecycleState === 'Pending' || lifecycleState === 'Warmed:Pending';
}

/**
 * The group by its own API.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
 */
export function groupCalls(region: string, instanceId: string): GroupCalls {
  // Many instances may end at once, and Auto Scaling throttles by account.
  const client = new AutoScalingClient({ ...clientSettings(region, 10), retryMode: 'adaptive' });
  let group: string | undefined;
  const inHook = async (LifecycleHookName: string) => {
    group ??= await groupName();
    return { AutoScalingGroupName: group, LifecycleHookName, InstanceId: instanceId };
  };
  const complete = async (hook: string, LifecycleActionResult: 'CONTINUE' | 'ABANDON') => {
    await client.send(new CompleteLifecycleActionCommand({ ...(await inHook(hook)), LifecycleActionResult }));
  };
  const heartbeat = async (hook: string) => {
    await client.send(new RecordLifecycleActionHeartbeatCommand(await inHook(hook)));
  };
  const described = async () => {
    const { AutoScalingInstances: [instance] = [] } = await client.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
    );
    return instance;
  };
  const groupName = async () => {
    const instance = await described();
    if (instance?.AutoScalingGroupName === undefined) throw new Error(`${instanceId} is in no group`);
    return instance.AutoScalingGroupName;
  };
  return {
    lifecycleState: async () => (await described())?.LifecycleState,
    heartbeat: () => heartbeat(TERMINATING_HOOK),
    complete: () => complete(TERMINATING_HOOK, 'CONTINUE'),
    heartbeatLaunch: () => heartbeat(LAUNCHING_HOOK),
    async completeLaunch(result) {
      await complete(LAUNCHING_HOOK, result).catch(async (error: unknown) => {
        if (!/no active lifecycle action/i.test((error as Error).message)) throw error;
        // The first instances of a stack are older than its hooks, and nothing waits for them. One of the warm pool starts in
        // less time than the group may take to see that it runs: what it says before the hook holds it would be lost.
        if (isBeforeHook((await described())?.LifecycleState)) throw error;
      });
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
        const { name, message } = error as Error;
        if (decrement && isAtMinimum(name, message)) return false;
        throw error;
      }
    },
    async unprotect() {
      const { AutoScalingGroupName, ProtectedFromScaleIn } = (await described()) ?? {};
      if (!ProtectedFromScaleIn) return;
      await client.send(
        new SetInstanceProtectionCommand({
          AutoScalingGroupName,
          InstanceIds: [instanceId],
          ProtectedFromScaleIn: false,
        }),
      );
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
