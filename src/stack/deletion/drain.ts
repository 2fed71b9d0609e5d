import type { AwsContext } from '../../aws/context.ts';
import { InterruptedError, OperationError } from '../../errors.ts';
import { capacityCalls } from '../capacity/calls.ts';
import { isPausedGroup, type SizedGroup } from '../capacity/group-size.ts';
import { type CapacityCalls } from '../capacity/steps.ts';
import { awaitZero, type Remaining } from '../capacity/await-zero.ts';
import { scaleToZero } from '../capacity/scale-to-zero.ts';
import { type RetryClock, withRetry } from '../../aws/retry.ts';
import { requireStack } from '../facts/stack/find-stack.ts';
import { queueState } from '../facts/service/queue.ts';
import { refreshCalls } from '../rollout/refresh.ts';
import { journalStore } from '../update/execution/journal/journal-store.ts';
import { isUsable } from './facts.ts';
import type { EmptyingAction } from './next.ts';
import { deleteAgain, type DeletionPlan } from './plan.ts';

/** The calls by which the groups of a stack are emptied. */
export interface DrainCalls {
  readonly capacity: CapacityCalls;
  /** Stops the instance refresh of a group, where one is under way. */
  cancelRefresh(group: string): Promise<void>;
  /** Takes the stack away from whoever updates it: that bk-stack stops when it next looks. */
  dropUpdate(stackName: string): Promise<void>;
  /** How many agents of the queue have a job; undefined where that is not known. */
  busyAgents(): Promise<number | undefined>;
}

export interface DrainOptions {
  readonly signal: AbortSignal;
  /** Told of each change while instances finish their jobs. */
  readonly draining: (left: Remaining) => void;
  /** How long jobs may take, in seconds of the stack's own time. */
  readonly drainSeconds: number;
}

/**
 * Takes a step that empties the groups of a stack: they are paused, so that nothing launches any more, and those that drain are
 * waited for. CloudFormation itself waits an hour at most for a group to be empty, and not even that where the stack's hooks go
 * before (`losesHooks`). May be repeated, also where it was cut short.
 * @throws OperationError when jobs take longer than allowed, and when somebody resumes the stack meanwhile
 * @throws InterruptedError when the signal is aborted; the instances go on ending
 */
export async function runEmptying(
  calls: DrainCalls,
  plan: DeletionPlan,
  action: EmptyingAction,
  options: DrainOptions,
  retry: RetryClock,
): Promise<void> {
  const { stackName } = plan.stack;
  try {
    switch (action.kind) {
      case 'drop update':
        await withRetry(retry, () => calls.dropUpdate(stackName));
        return;
      case 'pause group':
        await withRetry(retry, () => calls.cancelRefresh(action.group));
        await withRetry(retry, () => scaleToZero(calls.capacity, action.group));
        return;
      case 'drain group':
        await awaitZero(calls.capacity, action.group, retry, {
          timeoutSeconds: options.drainSeconds,
          force: false,
          looked: (found) => {
            requirePaused(found, plan);
          },
          changed: options.draining,
          busyAgents: () => calls.busyAgents(),
          sooner: `To end them now, and the jobs on them: ${deleteAgain(plan)} --force`,
        });
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
    throw new InterruptedError({
      hint: [
        `The stack is still there, and its instances go on ending. To go on: ${deleteAgain(plan)}`,
        ...(isUsable(plan.stack) ? [`To have it back: bk-stack resume ${stackName}`] : []),
      ].join('\n'),
    });
  }
}

/** @throws OperationError as soon as the group is not paused any more: somebody wants the stack back */
function requirePaused(found: SizedGroup, plan: DeletionPlan): void {
  if (isPausedGroup(found)) return;
  throw new OperationError(
    `${plan.stack.stackName} was resumed while its instances were ending; it is not deleted`,
    { hint: `To delete it all the same: ${deleteAgain(plan)}` },
  );
}

/** The calls on AWS. */
export function drainCalls(aws: AwsContext, stackId: string): DrainCalls {
  let stack: ReturnType<typeof requireStack> | undefined;
  return {
    capacity: capacityCalls(aws),
    cancelRefresh: (group) => refreshCalls(aws).cancel(group),
    dropUpdate: (stackName) => journalStore(aws).close(stackName),
    async busyAgents() {
      stack ??= requireStack(aws, stackId);
      const queue = await queueState(aws, await stack);
      return queue.known ? queue.report.agents.busy : undefined;
    },
  };
}
