import type { AwsContext } from '../../aws/context.ts';
import { InterruptedError, OperationError } from '../../errors.ts';
import { counted } from '../../terminal/text.ts';
import { emptyDeletedGroups, type EmptyingCalls, emptyingCalls } from '../capacity/emptying.ts';
import { isOwnRow, type StackEvent } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { PollRange } from '../events/poll-range.ts';
import { type EventSource, cloudFormationEvents } from '../events/source.ts';
import { type Watched, watchToEnd } from '../events/watch.ts';
import { type RetryClock, retryClockOf, withRetry } from '../../aws/retry.ts';
import { type BucketCalls, bucketCalls, deleteBucket } from './buckets.ts';
import { type DrainCalls, drainCalls, type DrainOptions, emptyGroups } from './drain.ts';
import { deletionFailure } from './failure.ts';
import { deleteAgain, type DeletionPlan, isBeingDeleted, isGone } from './plan.ts';
import { deleteParameters } from './token-parameters.ts';

/** A resource that outlives its stack, by the template's DeletionPolicy or by `--retain`. */
export interface KeptResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

export interface DeletionResult {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly status: 'DELETE_COMPLETE';
  /** With what draining took. */
  readonly elapsedSeconds: number;
  /** How many there were when it began. */
  readonly instances: number;
  /** Of the stack's queue, when it began; absent where that was not known. */
  readonly runningJobs?: number;
  /** Whether instances finished their jobs before they ended. */
  readonly drained: boolean;
  readonly kept: readonly KeptResource[];
  readonly deletedBuckets: readonly { readonly bucket: string; readonly versions: number }[];
  /** Names of SSM parameters. */
  readonly deletedParameters: readonly string[];
}

export interface DeletionOptions extends DrainOptions {
  /** Opens the display of what CloudFormation does. */
  readonly observer: () => Promise<DeploymentObserver>;
}

/** What deleting a stack needs of AWS. */
export interface DeletionCalls {
  readonly events: EventSource;
  readonly buckets: BucketCalls;
  readonly drain: DrainCalls;
  readonly emptying: EmptyingCalls;
  /** The stack's own time, in milliseconds. */
  now(): number;
  setTerminationProtection(stackId: string, on: boolean): Promise<void>;
  deleteStack(stackId: string, retain: readonly string[]): Promise<void>;
  deleteParameters(names: readonly string[]): Promise<void>;
}

/**
 * Carries out a plan: empties the groups, then has CloudFormation delete the stack and watches it to its end. Buckets go only
 * when the stack is gone. May be repeated after it was cut short anywhere.
 * @throws OperationError when jobs take longer than allowed, or a resource cannot be deleted, with the retry that works in its
 * hint.
 * @throws InterruptedError when the signal is aborted; what has begun goes on.
 */
export async function deleteStack(
  aws: AwsContext,
  plan: DeletionPlan,
  options: DeletionOptions,
): Promise<DeletionResult> {
  const calls = deletionCalls(aws, plan.stack.stackId, await aws.clock(), options.signal);
  return executeDeletion(calls, plan, options, retryClockOf(aws, options.signal));
}

/** `deleteStack`, on any AWS. */
export async function executeDeletion(
  calls: DeletionCalls,
  plan: DeletionPlan,
  options: DeletionOptions,
  retry: RetryClock,
): Promise<DeletionResult> {
  const { stackId } = plan.stack;
  if (isGone(plan.stack)) {
    await withRetry(retry, () => calls.deleteParameters(plan.parameters));
    return { ...resultOf(plan), elapsedSeconds: 0, kept: [], deletedBuckets: [] };
  }
  const began = calls.now();
  // DeleteStack is refused until the rollback of a creation is over, however that ends.
  if (plan.stack.status === 'ROLLBACK_IN_PROGRESS')
    await watch(calls, plan, options, retry, PollRange.currentOperation);
  else if (!isBeingDeleted(plan.stack)) await emptyGroups(calls.drain, plan, options, retry);
  const emptied = calls.now();
  const range = plan.underWay ? PollRange.currentOperation : await start(calls, plan, retry);
  // Not before: instances need the token until they are gone. And now, so that an interruption leaves none behind: a stack
  // whose deletion has begun can only be deleted.
  await withRetry(retry, () => calls.deleteParameters(plan.parameters));
  const { progress, events } = await watch(calls, plan, options, retry, range);
  if (progress.status !== 'DELETE_COMPLETE') throw deletionFailure(plan.stack, events);

  const deletedBuckets = await deleteBuckets(calls, plan, options, retry);
  const gone = new Set(deletedBuckets.map(({ bucket }) => bucket));
  return {
    ...resultOf(plan),
    elapsedSeconds: Math.round((emptied - began) / 1000) + progress.elapsedSeconds,
    kept: keptResources(events, stackId).filter(({ physicalId }) => !gone.has(physicalId)),
    deletedBuckets,
  };
}

/** The part of the result that the plan already has. */
function resultOf({
  stack: { stackName, stackId, region },
  groups,
  jobs,
  parameters,
}: DeletionPlan): Omit<DeletionResult, 'elapsedSeconds' | 'kept' | 'deletedBuckets'> {
  return {
    stackName,
    stackId,
    region,
    status: 'DELETE_COMPLETE',
    instances: groups.reduce((sum, { instances }) => sum + instances.length, 0),
    ...(jobs?.known && { runningJobs: jobs.running }),
    drained: groups.every(({ ending }) => ending === 'drain'),
    deletedParameters: parameters,
  };
}

/** Watches CloudFormation, and lets the instances go that it waits for. */
async function watch(
  calls: DeletionCalls,
  plan: DeletionPlan,
  { signal, observer }: DeletionOptions,
  retry: RetryClock,
  range: PollRange,
): Promise<Watched> {
  const { stackName, stackId } = plan.stack;
  const opened = await observer();
  const meanwhile = emptyDeletedGroups(calls.emptying, {
    // What still drains then is held by a hook that is none of the stack's resources.
    releases: (name) =>
      plan.force ||
      plan.groups.some((group) => group.autoScalingGroupName === name && !group.draining.drains),
    note: (line) => {
      opened.note(line);
    },
  });
  const watching = { signal, observer: opened, events: calls.events, retry, meanwhile };
  return watchToEnd({ stackId, stackName }, range, plan.resources.length, {
    ...watching,
    again: deleteAgain(plan),
  });
}

async function deleteBuckets(
  { buckets }: DeletionCalls,
  { doomedBuckets }: DeletionPlan,
  { signal, observer }: DeletionOptions,
  retry: RetryClock,
): Promise<DeletionResult['deletedBuckets']> {
  const deleted: { bucket: string; versions: number }[] = [];
  if (doomedBuckets.length === 0) return deleted;
  const opened = await observer();
  for (const { bucket } of doomedBuckets) {
    if (signal.aborted) {
      const left = doomedBuckets.slice(deleted.length).map((each) => each.bucket);
      throw new InterruptedError({ hint: `The stack is gone; its buckets are not yet: ${left.join(', ')}` });
    }
    const versions = await deleteBucket(buckets, bucket, retry);
    opened.note(`Bucket ${bucket} deleted, with ${counted(versions, 'object version')}`);
    deleted.push({ bucket, versions });
  }
  return deleted;
}

/** Sets the deletion going, and tells from which event on it is to be watched. */
async function start(calls: DeletionCalls, plan: DeletionPlan, retry: RetryClock): Promise<PollRange> {
  const { stackId } = plan.stack;
  const { events } = await withRetry(retry, () => calls.events(stackId));
  if (plan.unprotect) await withRetry(retry, () => calls.setTerminationProtection(stackId, false));
  await withRetry(retry, () => calls.deleteStack(stackId, plan.retain));
  return PollRange.after(events[0]?.eventId);
}

/** CloudFormation tells what it leaves by DELETE_SKIPPED. */
function keptResources(events: readonly StackEvent[], stackId: string): KeptResource[] {
  const skipped = events.filter((event) => event.status === 'DELETE_SKIPPED' && !isOwnRow(event));
  return skipped.map(({ logicalId, type, physicalId = '', stackId: of, stackName }) => ({
    logicalId: of === stackId ? logicalId : `${stackName}/${logicalId}`,
    type,
    physicalId,
  }));
}

function deletionCalls(
  aws: AwsContext,
  stackId: string,
  now: () => number,
  signal: AbortSignal,
): DeletionCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/cloudformation.ts'),
    client: await aws.clients.cloudFormation(),
  });
  return {
    events: cloudFormationEvents(aws, signal),
    buckets: bucketCalls(aws),
    drain: drainCalls(aws, stackId),
    emptying: emptyingCalls(aws),
    now,
    async setTerminationProtection(stackId, on) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.UpdateTerminationProtectionCommand({ StackName: stackId, EnableTerminationProtection: on }),
      );
    },
    async deleteStack(stackId, retain) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.DeleteStackCommand({
          StackName: stackId,
          ...(retain.length > 0 && { RetainResources: [...retain] }),
        }),
      );
    },
    deleteParameters: (names) => deleteParameters(aws, names),
  };
}

/** Whether an error is a deletion that failed at resources which could be left alone. */
export function retainable(error: unknown): readonly string[] {
  if (!(error instanceof OperationError)) return [];
  const retain = error.details?.['retain'];
  return Array.isArray(retain) ? (retain as string[]) : [];
}
