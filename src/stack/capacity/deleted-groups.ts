import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { counted } from '../../terminal/text.ts';
import type { StackEvent } from '../events/event.ts';
import { isDenied } from '../../aws/errors.ts';
import { describedGroup } from '../facts/group/group.ts';
import { warmInstances } from '../facts/group/warm-pool.ts';
import { lifecycleHooks } from '../facts/group/hooks.ts';
import { capacityCalls } from './calls.ts';
import { isFinishing, protectedInService, type SizedInstance, sizedInstances } from './group-size.ts';

export const GROUP_TYPE = 'AWS::AutoScaling::AutoScalingGroup';
/** The physical id of a warm pool is the name of its group. */
const POOL_TYPE = 'AWS::AutoScaling::WarmPool';

/** The calls of Auto Scaling by which the instances of a deleted group are let go. */
export interface DeletedGroupCalls {
  /** Undefined for a group that is gone. */
  instances(group: string): Promise<readonly SizedInstance[] | undefined>;
  /** The ids of the instances in its warm pool that a terminating hook holds. */
  finishingWarm(group: string): Promise<readonly string[]>;
  unprotect(group: string, instanceIds: readonly string[]): Promise<void>;
  /** Completes the terminating hooks that hold these instances, whatever the hooks are called. */
  release(group: string, instanceIds: readonly string[]): Promise<void>;
}

export interface ReleaseOptions {
  /** Whether terminating hooks are completed too. CloudFormation waits for those that the stack does not delete first. */
  readonly releases: (group: string) => boolean;
  readonly note: (line: string) => void;
}

/**
 * Lets go of the instances of the groups that CloudFormation is deleting. It sets a group to zero, waits for an hour until it
 * is empty, and never removes scale-in protection itself: https://github.com/aws/aws-cdk/issues/18179. An instance can be
 * unprotected only once it is in service, so this looks again and again. Terminating hooks hold the instances of a warm pool as
 * well, and on a stopped instance nothing completes them; no job runs there.
 * @returns the look, to be taken with all events of the operation so far. It never throws: CloudFormation goes on without it.
 */
export function releaseDeletedGroups(
  calls: DeletedGroupCalls,
  { releases, note }: ReleaseOptions,
): (events: readonly StackEvent[]) => Promise<void> {
  const denied = new Set<string>();
  return async (events) => {
    const work = [
      ...beingDeleted(POOL_TYPE, events).map((group) => ({ group, release: releasePool })),
      ...beingDeleted(GROUP_TYPE, events).map((group) => ({ group, release: releaseInstances })),
    ];
    for (const { group, release } of work.filter((each) => !denied.has(each.group))) {
      try {
        await release(group);
      } catch (error) {
        // Anything else may pass until the next look, or the group is gone by then.
        if (!isDenied(error)) continue;
        denied.add(group);
        note(
          `Can't let the instances of ${group} go; CloudFormation may wait an hour for them: ${(error as Error).message}`,
        );
      }
    }
  };

  async function releasePool(group: string): Promise<void> {
    const finishing = await calls.finishingWarm(group);
    if (finishing.length > 0) await calls.release(group, finishing);
  }

  async function releaseInstances(group: string): Promise<void> {
    const instances = (await calls.instances(group)) ?? [];
    const held = protectedInService(instances);
    if (held.length > 0) {
      await calls.unprotect(group, held);
      note(`Scale-in protection removed from ${counted(held.length, 'instance')} of ${group}`);
    }
    const finishing = instances.filter(isFinishing).map(({ instanceId }) => instanceId);
    if (finishing.length > 0 && releases(group)) await calls.release(group, finishing);
  }
}

/** The physical ids of a type that CloudFormation has begun to delete and not finished with, by its events, oldest first. */
export function beingDeleted(wanted: string, events: readonly StackEvent[]): string[] {
  const latest = new Map<string, string>();
  for (const { type, physicalId, status } of events) {
    if (type === wanted && physicalId !== undefined) latest.set(physicalId, status);
  }
  return [...latest].filter(([, status]) => status === 'DELETE_IN_PROGRESS').map(([name]) => name);
}

const AT_ONCE = 4;

/** The calls on AWS. */
export function deletedGroupCalls(aws: AwsContext): DeletedGroupCalls {
  return {
    async instances(group) {
      const found = await describedGroup(aws, group);
      return found && sizedInstances(found);
    },
    async finishingWarm(group) {
      const warm = await warmInstances(aws, group);
      return warm
        .filter(({ lifecycleState }) => lifecycleState === 'Warmed:Terminating:Wait')
        .map(({ instanceId }) => instanceId);
    },
    unprotect: (group, instanceIds) => capacityCalls(aws).unprotect(group, instanceIds),
    async release(group, instanceIds) {
      const { CompleteLifecycleActionCommand } = await import('../../aws/sdk/auto-scaling.ts');
      const client = await aws.clients.autoScaling();
      const hooks = (await lifecycleHooks(aws, group)).filter(
        ({ LifecycleTransition }) => LifecycleTransition === 'autoscaling:EC2_INSTANCE_TERMINATING',
      );
      await pLimit(AT_ONCE).map(instanceIds, async (InstanceId) => {
        for (const { LifecycleHookName } of hooks) {
          const action = { AutoScalingGroupName: group, LifecycleHookName, InstanceId };
          try {
            await client.send(
              new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' }),
            );
          } catch (error) {
            // This hook does not hold it, or no longer.
            if (awsErrorCode(error) !== 'ValidationError') throw error;
          }
        }
      });
    },
  };
}
