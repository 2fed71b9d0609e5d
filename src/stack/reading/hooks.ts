import type { LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { AwsContext } from '../../aws/context.ts';
import { TERMINATING_HOOK } from '../../host/lifecycle/hooks.ts';

/** Reads the lifecycle hooks of a group. */
export async function lifecycleHooks(aws: AwsContext, group: string): Promise<readonly LifecycleHook[]> {
  const { DescribeLifecycleHooksCommand } = await import('../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const { LifecycleHooks } = await client.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: group }),
  );
  return LifecycleHooks ?? [];
}

/**
 * Tells whether an instance that the group terminates finishes its jobs first: our terminating hook holds it, and our host
 * program completes that hook. A hook of another name proves nothing: nothing on the instance may serve it.
 */
export function drainsOnTermination(hooks: readonly Pick<LifecycleHook, 'LifecycleHookName'>[]): boolean {
  return hooks.some(({ LifecycleHookName }) => LifecycleHookName === TERMINATING_HOOK);
}
