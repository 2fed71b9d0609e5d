import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { requireDraining } from '../draining/require.ts';
import { warmPoolCalls } from '../rollout/warm-pool.ts';
import type { OwnedInstance } from './list.ts';

/** What became of an instance that was to end. */
export interface StoppedInstance {
  readonly instanceId: string;
  /** `ending` when its jobs are done; `replaced` likewise, and another is launched for it; `ending already` by itself. */
  readonly outcome: 'ending' | 'replaced' | 'ending already';
}

const AT_ONCE = 4;
const ENDING = /^(WARMED:)?TERMINAT/i;
/** No job runs in a warm pool. */
const WARM = /^WARMED:/i;

/**
 * Has instances end, each when its jobs are done. The group wants one less for each, unless that would be less than it may
 * have, or `replace` asks for another.
 * @throws UsageError where one of them could not finish its jobs; none is ended then
 */
export async function stopInstances(
  aws: AwsContext,
  instances: readonly OwnedInstance[],
  replace: boolean,
): Promise<StoppedInstance[]> {
  const working = instances.filter(({ state }) => !ENDING.test(state) && !WARM.test(state));
  const owners = new Map(working.map(({ group, stack }) => [group, stack ?? { StackName: group }]));
  for (const [group, stack] of owners) {
    await requireDraining(aws, stack, group, 'instances stop');
  }
  return pLimit(AT_ONCE).map(instances, async ({ instanceId, group, state }) => {
    if (ENDING.test(state)) return { instanceId, outcome: 'ending already' };
    if (WARM.test(state)) {
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
