import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { isLeaving, warmInstances, type WarmInstance } from '../facts/group/warm-pool.ts';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../../host/contract/hooks.ts';

/** What looking after a warm pool needs of Auto Scaling. */
export interface WarmPoolCalls {
  instances(group: string): Promise<WarmInstance[]>;
  /** Has the group end instances and launch others for them. Nothing runs on them. */
  replace(
    group: string,
    instances: readonly Pick<WarmInstance, 'instanceId' | 'lifecycleState'>[],
  ): Promise<void>;
  /** Ends the waiting for an instance's jobs. */
  release(group: string, instanceId: string): Promise<void>;
}

/**
 * Has the instances of a pool replaced that were not launched from the group's present version: the group takes from its pool
 * whatever is there, and would run the former one.
 * @returns how many
 */
export async function replaceOutdatedWarm(
  calls: WarmPoolCalls,
  { group, version }: { readonly group: string; readonly version: string | undefined },
): Promise<number> {
  const former = (await calls.instances(group)).filter((one) => one.version !== version && !isLeaving(one));
  if (former.length > 0) await calls.replace(group, former);
  return former.length;
}

/**
 * Lets the instances of a pool go that are to end: the terminating hook holds them too, and on a stopped instance nobody is
 * there to complete it.
 */
export async function releaseWarmInstances(calls: WarmPoolCalls, group: string): Promise<void> {
  for (const { instanceId, lifecycleState } of await calls.instances(group)) {
    if (lifecycleState === 'Warmed:Terminating:Wait') await calls.release(group, instanceId);
  }
}

const AT_ONCE = 4;

/** The same on AWS. */
export function warmPoolCalls(aws: AwsContext): WarmPoolCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/auto-scaling.ts'),
    client: await aws.clients.autoScaling(),
  });
  // What has ended by itself meanwhile is none of the group's any more, and waits for nothing.
  const unlessGone = (error: unknown) => {
    if (awsErrorCode(error) !== 'ValidationError') throw error;
  };
  return {
    instances: (group) => warmInstances(aws, group),
    // It cannot be ended as one of the group's, but its health can be said, which counts once its launching hook is done:
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pools-health-checks-monitor-view-status.html
    async replace(group, instances) {
      const { sdk, client } = await load();
      await pLimit(AT_ONCE).map(instances, async ({ instanceId: InstanceId, lifecycleState }) => {
        if (/^Warmed:Pending:Wait$/i.test(lifecycleState)) {
          await complete(group, InstanceId, LAUNCHING_HOOK, 'ABANDON');
          return;
        }
        const health = { HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false };
        await client.send(new sdk.SetInstanceHealthCommand({ InstanceId, ...health })).catch(unlessGone);
      });
    },
    release: (group, instanceId) => complete(group, instanceId, TERMINATING_HOOK, 'CONTINUE'),
  };

  async function complete(
    AutoScalingGroupName: string,
    InstanceId: string,
    LifecycleHookName: string,
    LifecycleActionResult: 'CONTINUE' | 'ABANDON',
  ): Promise<void> {
    const { sdk, client } = await load();
    const action = { AutoScalingGroupName, InstanceId, LifecycleHookName, LifecycleActionResult };
    await client.send(new sdk.CompleteLifecycleActionCommand(action)).catch(unlessGone);
  }
}
