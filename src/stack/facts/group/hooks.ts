import type { LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { AwsContext } from '../../../aws/context.ts';
import { TERMINATING_HOOK } from '../../../host/contract/hooks.ts';

/** Reads the lifecycle hooks of a group. */
export async function lifecycleHooks(aws: AwsContext, group: string): Promise<readonly LifecycleHook[]> {
  const { DescribeLifecycleHooksCommand } = await import('../../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  const { LifecycleHooks } = await client.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: group }),
  );
  return LifecycleHooks ?? [];
}

/**
 * Tells whether the group has our terminating hook, which holds an instance that it terminates. Whether jobs finish meanwhile
 * depends on the host program as well: see `facts/group/draining.ts`. A hook of another name proves nothing, as nothing on the
 * instance may serve it.
 */
export function drainsOnTermination(hooks: readonly Pick<LifecycleHook, 'LifecycleHookName'>[]): boolean {
  return hooks.some(({ LifecycleHookName }) => LifecycleHookName === TERMINATING_HOOK);
}
