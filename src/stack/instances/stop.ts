import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { inParallel } from '../../aws/bounded.ts';
import { warmPoolCalls } from '../rollout/warm-pool.ts';
import type { OwnedInstance } from './list.ts';

/** What became of an instance that was to end. */
export interface StoppedInstance {
  readonly instanceId: string;
  /** `ending` when its jobs are done; `replaced` likewise, and another is launched for it; `ending already` by itself. */
  readonly outcome: 'ending' | 'replaced' | 'ending already';
}

const AT_ONCE = 4;

/**
 * Has instances end, each when its jobs are done. The group wants one less for each, unless that would be less than it may
 * have, or `replace` asks for another.
 */
export function stopInstances(
  aws: AwsContext,
  instances: readonly OwnedInstance[],
  replace: boolean,
): Promise<StoppedInstance[]> {
  return inParallel(instances, AT_ONCE, async ({ instanceId, group, state }) => {
    if (/^(WARMED:)?TERMINAT/i.test(state)) return { instanceId, outcome: 'ending already' };
    if (/^WARMED:/i.test(state)) {
      // The warm pool keeps its size, so another takes its place in any case.
      await warmPoolCalls(aws).replace(group, [{ instanceId, lifecycleState: state }]);
      return { instanceId, outcome: 'replaced' };
    }
    if (!replace) {
      try {
        await terminate(aws, instanceId, true);
        return { instanceId, outcome: 'ending' };
      } catch (error) {
        // The group is at its minimum.
        if (awsErrorCode(error) !== 'ValidationError') throw error;
      }
    }
    await terminate(aws, instanceId, false);
    return { instanceId, outcome: 'replaced' };
  });
}

async function terminate(aws: AwsContext, instanceId: string, decrement: boolean): Promise<void> {
  const { TerminateInstanceInAutoScalingGroupCommand } = await import('../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  await client.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: decrement,
    }),
  );
}
