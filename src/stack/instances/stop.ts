import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { isAtMinimum } from '../../host/contract/refusal.ts';
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

/** The way to end an instance: not at all, as one of a warm pool, with one less desired, or with another in its place. */
export type StopStep = 'none' | 'replace warm' | 'terminate' | 'replace';

/**
 * Decides how an instance is ended.
 * @param state as its group sees it
 * @param replace whether another is asked for in its place; a warm pool keeps its size in any case
 */
export function stopStep(state: string, replace: boolean): StopStep {
  if (ENDING.test(state)) return 'none';
  if (WARM.test(state)) return 'replace warm';
  return replace ? 'replace' : 'terminate';
}

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
  const planned = instances.map((instance) => ({ ...instance, step: stopStep(instance.state, replace) }));
  const working = planned.filter(({ step }) => step === 'terminate' || step === 'replace');
  const owners = new Map(working.map(({ group, stack }) => [group, stack ?? { StackName: group }]));
  for (const [group, stack] of owners) {
    await requireDraining(aws, stack, group, 'instances stop');
  }
  return pLimit(AT_ONCE).map(planned, async ({ instanceId, group, state, step }) => {
    switch (step) {
      case 'none':
        return { instanceId, outcome: 'ending already' };
      case 'replace warm':
        await warmPoolCalls(aws).replace(group, [{ instanceId, lifecycleState: state }]);
        return { instanceId, outcome: 'replaced' };
      case 'terminate':
        if (await terminate(aws, instanceId, true)) return { instanceId, outcome: 'ending' };
        await terminate(aws, instanceId, false);
        return { instanceId, outcome: 'replaced' };
      case 'replace':
        await terminate(aws, instanceId, false);
        return { instanceId, outcome: 'replaced' };
    }
  });
}

/** @returns false where the group is at its minimum, and may not have one less */
async function terminate(aws: AwsContext, instanceId: string, decrement: boolean): Promise<boolean> {
  const { TerminateInstanceInAutoScalingGroupCommand } = await import('../../aws/sdk/auto-scaling.ts');
  const client = await aws.clients.autoScaling();
  try {
    await client.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
    return true;
  } catch (error) {
    const refusal = isAtMinimum(awsErrorCode(error) ?? '', (error as Error).message);
    if (decrement && refusal) return false;
    throw error;
  }
}
