import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AwsContext } from '../../../aws/context.ts';
import { type RetryClock, retryClockOf } from '../../../aws/retry.ts';
import { capacityCalls } from '../../capacity/calls.ts';
import { findStack } from '../../facts/stack/find-stack.ts';
import { groupNameOf } from '../../facts/stack/values.ts';
import type { CapacityCalls } from '../../capacity/steps.ts';
import { type ChangeSetCalls, changeSetCalls } from '../../deployment/change-set-calls.ts';
import { type LaunchFailures, launchFailuresOf } from '../../diagnosis/launches.ts';
import { cloudFormationEvents, type EventSource } from '../../events/source.ts';
import { type ImageCalls, imageCalls } from '../../image/calls.ts';
import { type RefreshCalls, refreshCalls } from '../../rollout/refresh.ts';
import { type SurveyCalls, surveyCalls } from '../../rollout/survey-calls.ts';
import { type WarmPoolCalls, warmPoolCalls } from '../../rollout/warm-pool.ts';
import { type RollbackStore, rollbackStore } from '../request/rollback-store.ts';
import type { Holder } from './journal/journal.ts';
import { type JournalStore, journalStore } from './journal/journal-store.ts';

/** Calls of CloudFormation beside change sets. Stacks are named by their ids. */
export interface StackCalls {
  status(stackId: string): Promise<string>;
  /** The group that its outputs name; undefined where they name none. */
  group(stackId: string): Promise<string | undefined>;
  /** Has a running update rolled back. */
  cancelUpdate(stackId: string): Promise<void>;
  /** Goes on with a roll-back that has failed. */
  continueRollback(stackId: string): Promise<void>;
  readonly events: EventSource;
  readonly launchFailures: LaunchFailures;
}

/** The services that an update is planned and executed with. */
export interface UpdateServices {
  readonly region: string;
  readonly sets: ChangeSetCalls;
  readonly stacks: StackCalls;
  readonly capacity: CapacityCalls;
  readonly images: ImageCalls;
  readonly refreshes: RefreshCalls;
  readonly survey: SurveyCalls;
  readonly pool: WarmPoolCalls;
  readonly journals: JournalStore;
  /** This bk-stack, as journals name it. */
  readonly holder: Holder;
  readonly rollbacks: RollbackStore;
  readonly retry: RetryClock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The services on AWS. */
export async function updateServices(aws: AwsContext, signal: AbortSignal): Promise<UpdateServices> {
  const now = await aws.clock();
  return {
    region: aws.region,
    sets: changeSetCalls(aws, signal),
    stacks: stackCalls(aws, signal),
    capacity: capacityCalls(aws),
    images: imageCalls(aws),
    refreshes: refreshCalls(aws),
    survey: surveyCalls(aws),
    pool: warmPoolCalls(aws),
    journals: journalStore(aws),
    holder: { id: randomUUID(), host: hostname(), since: new Date(now()).toISOString() },
    rollbacks: rollbackStore(aws),
    retry: retryClockOf(aws, signal),
    now,
    signal,
  };
}

function stackCalls(aws: AwsContext, signal: AbortSignal): StackCalls {
  const load = async () => ({
    sdk: await import('../../../aws/sdk/cloudformation.ts'),
    client: await aws.clients.cloudFormation(),
  });
  return {
    status: async (stackId) => (await findStack(aws, stackId))?.StackStatus ?? '',
    async group(stackId) {
      const stack = await findStack(aws, stackId);
      return stack && groupNameOf(stack);
    },
    async cancelUpdate(stackId) {
      const { sdk, client } = await load();
      await client.send(new sdk.CancelUpdateStackCommand({ StackName: stackId }));
    },
    async continueRollback(stackId) {
      const { sdk, client } = await load();
      await client.send(new sdk.ContinueUpdateRollbackCommand({ StackName: stackId }));
    },
    events: cloudFormationEvents(aws, signal),
    launchFailures: launchFailuresOf(aws),
  };
}
