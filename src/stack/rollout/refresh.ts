import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { type RetryClock, withRetry } from '../../aws/retry.ts';
import { hasEnded, readRefreshes } from '../facts/group/refreshes.ts';
import { describedGroup } from '../facts/group/group.ts';
import { releaseWarmInstances, warmPoolCalls } from './warm-pool.ts';

/** An instance refresh, in which a group replaces its instances, each when its jobs are done. */
export interface RefreshState {
  /** Pending, InProgress, Successful, Failed, Cancelling, Cancelled, RollbackInProgress, ... */
  readonly status: string;
  readonly reason?: string;
  readonly startedAt?: Date;
  /** Of the instances to replace, 0 to 100. */
  readonly percentage: number;
  /** Instances that are still to be replaced. */
  readonly left: number;
  /** How many of them are in the group's warm pool, which comes last; absent for a group without one. */
  readonly leftWarm?: number;
}

/** How a group's instances are to be replaced. Shares are percents of the desired capacity. */
export interface RefreshPreferences {
  /** So much stays in service meanwhile. */
  readonly minHealthy: number;
  /** So much is launched above the desired capacity before any instance ends; 0: as many end first as `minHealthy` lets. */
  readonly batch: number;
  /** At these shares of the instances to replace it pauses. */
  readonly checkpoints?: readonly number[];
  /** For so many seconds each time. */
  readonly checkpointDelay?: number;
  /** Instances that have the present version already are left alone. */
  readonly skipMatching: boolean;
}

/** What replacing a group's instances needs of Auto Scaling. */
export interface RefreshCalls {
  /** Instances in the group, whatever state they are in. */
  instances(group: string): Promise<number>;
  /** The id of one that is under way, if there is one. */
  active(group: string): Promise<string | undefined>;
  /** Begins one and returns its id. */
  start(group: string, preferences: RefreshPreferences): Promise<string>;
  /** Stops the one that is under way: what is being replaced at that moment still is, and nothing more. */
  cancel(group: string): Promise<void>;
  describe(group: string, refreshId: string): Promise<RefreshState>;
  /** Lets the instances of the warm pool go that are to end. */
  releaseWarm(group: string): Promise<void>;
}

/** How often to look, in the stack's own seconds. */
export const POLL_SECONDS = 10;

/** Reads a refresh, and lets the instances of the warm pool go that end while it runs. */
export async function lookAtRefresh(
  calls: Pick<RefreshCalls, 'describe' | 'releaseWarm'>,
  { group, refreshId }: { readonly group: string; readonly refreshId: string },
  retry: RetryClock,
): Promise<RefreshState> {
  const state = await withRetry(retry, () => calls.describe(group, refreshId));
  if (state.leftWarm !== undefined && !hasEnded(state.status))
    await withRetry(retry, () => calls.releaseWarm(group));
  return state;
}

/** The same on AWS. */
export function refreshCalls(aws: AwsContext): RefreshCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/auto-scaling.ts'),
    client: await aws.clients.autoScaling(),
  });
  return {
    async instances(group) {
      return (await describedGroup(aws, group))?.Instances?.length ?? 0;
    },
    async active(group) {
      return (await readRefreshes(aws, group)).find(({ Status }) => !hasEnded(Status))?.InstanceRefreshId;
    },
    async start(group, { minHealthy, batch, checkpoints, checkpointDelay, skipMatching }) {
      const { sdk, client } = await load();
      const { InstanceRefreshId } = await client.send(
        new sdk.StartInstanceRefreshCommand({
          AutoScalingGroupName: group,
          Strategy: 'Rolling',
          Preferences: {
            MinHealthyPercentage: minHealthy,
            ...(batch > 0 && { MaxHealthyPercentage: 100 + batch }),
            ...(checkpoints !== undefined && { CheckpointPercentages: [...checkpoints] }),
            ...(checkpointDelay !== undefined && { CheckpointDelay: checkpointDelay }),
            // The launching hook lets an instance into service when its agents are connected: it is warm then.
            InstanceWarmup: 0,
            SkipMatching: skipMatching,
            // The terminating hook lets their jobs finish all the same.
            ScaleInProtectedInstances: 'Refresh',
          },
        }),
      );
      return InstanceRefreshId ?? '';
    },
    async cancel(group) {
      const { sdk, client } = await load();
      try {
        await client.send(new sdk.CancelInstanceRefreshCommand({ AutoScalingGroupName: group }));
      } catch (error) {
        // It has come to its end meanwhile. The SDK gives the error the name of its class, which ends in Fault.
        if (!/^ActiveInstanceRefreshNotFound/.test(awsErrorCode(error) ?? '')) throw error;
      }
    },
    async describe(group, refreshId) {
      const [found] = await readRefreshes(aws, group, [refreshId]);
      const warm = found?.ProgressDetails?.WarmPoolProgress;
      return {
        status: found?.Status ?? 'Pending',
        ...(found?.StatusReason !== undefined && { reason: found.StatusReason }),
        ...(found?.StartTime !== undefined && { startedAt: found.StartTime }),
        percentage: found?.PercentageComplete ?? 0,
        left: found?.InstancesToUpdate ?? 0,
        ...(warm !== undefined && { leftWarm: warm.InstancesToUpdate ?? 0 }),
      };
    },
    releaseWarm: (group) => releaseWarmInstances(warmPoolCalls(aws), group),
  };
}
