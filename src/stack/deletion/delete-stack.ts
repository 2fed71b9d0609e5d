import type { AwsContext } from '../../aws/context.ts';
import { InterruptedError, OperationError } from '../../errors.ts';
import { counted } from '../../terminal/text.ts';
import {
  releaseDeletedGroups,
  type DeletedGroupCalls,
  deletedGroupCalls,
} from '../capacity/deleted-groups.ts';
import { isOwnRow, type StackEvent } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { PollRange } from '../events/poll-range.ts';
import { type EventSource, cloudFormationEvents } from '../events/source.ts';
import { type Watched, watchToEnd } from '../events/watch.ts';
import { type RetryClock, retryClockOf, withRetry } from '../../aws/retry.ts';
import { type BucketCalls, bucketCalls, deleteBucket } from './buckets.ts';
import { type DrainCalls, drainCalls, type DrainOptions, runEmptying } from './drain.ts';
import { HOOK_TYPE } from './facts.ts';
import { deletionFailure } from './failure.ts';
import { advance, type DeletionAction, initialProgress, nextDeletionAction } from './next.ts';
import { deleteAgain, type DeletionPlan } from './plan.ts';
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
  readonly deletedGroups: DeletedGroupCalls;
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

/** `deleteStack`, on any AWS: asks for the next step and takes it, until there is none. */
export async function executeDeletion(
  calls: DeletionCalls,
  plan: DeletionPlan,
  options: DeletionOptions,
  retry: RetryClock,
): Promise<DeletionResult> {
  const run = new DeletionRun(calls, plan, options, retry);
  let progress = initialProgress(plan);
  for (;;) {
    const action = nextDeletionAction(plan, progress);
    if (action.kind === 'fail') throw deletionFailure(plan.stack, run.events);
    if (action.kind === 'finish') return run.result();
    progress = advance(progress, action, await run.take(action));
  }
}

/** Takes the steps of a deletion, and keeps what its result tells of them. */
class DeletionRun {
  readonly #calls: DeletionCalls;
  readonly #plan: DeletionPlan;
  readonly #options: DeletionOptions;
  readonly #retry: RetryClock;
  readonly #began: number;
  /** The events of the operation that is waited for. */
  #range = PollRange.currentOperation;
  #emptyingSeconds = 0;
  #watched: Watched | undefined;
  readonly #deletedBuckets: { readonly bucket: string; readonly versions: number }[] = [];
  #display: DeploymentObserver | undefined;

  constructor(calls: DeletionCalls, plan: DeletionPlan, options: DeletionOptions, retry: RetryClock) {
    this.#calls = calls;
    this.#plan = plan;
    this.#options = options;
    this.#retry = retry;
    this.#began = calls.now();
  }

  get events(): readonly StackEvent[] {
    return this.#watched?.events ?? [];
  }

  /** @returns the stack's status after a step that waits for CloudFormation */
  async take(action: Exclude<DeletionAction, { kind: 'fail' | 'finish' }>): Promise<string | undefined> {
    const { stackId } = this.#plan.stack;
    switch (action.kind) {
      case 'drop update':
      case 'pause group':
      case 'drain group':
        await runEmptying(this.#calls.drain, this.#plan, action, this.#options, this.#retry);
        return undefined;
      case 'await rollback':
        return (await this.#watch()).progress.status;
      case 'remove termination protection':
        await withRetry(this.#retry, () => this.#calls.setTerminationProtection(stackId, false));
        return undefined;
      case 'delete stack':
        await this.#deleteStack(action.retain);
        return undefined;
      case 'delete parameters':
        await withRetry(this.#retry, () => this.#calls.deleteParameters(action.names));
        return undefined;
      case 'await deletion':
        this.#watched = await this.#watch();
        return this.#watched.progress.status;
      case 'delete bucket':
        await this.#deleteBucket(action.bucket);
        return undefined;
    }
  }

  /** What a deletion that has come to its end has done. */
  result(): DeletionResult {
    const { stack, groups, jobs, parameters } = this.#plan;
    const { stackName, stackId, region } = stack;
    const gone = new Set(this.#deletedBuckets.map(({ bucket }) => bucket));
    return {
      stackName,
      stackId,
      region,
      status: 'DELETE_COMPLETE',
      elapsedSeconds: this.#emptyingSeconds + (this.#watched?.progress.elapsedSeconds ?? 0),
      instances: groups.reduce((sum, { instances }) => sum + instances.length, 0),
      ...(jobs?.known && { runningJobs: jobs.running }),
      drained: groups.every(({ ending }) => ending === 'drain'),
      kept: keptResources(this.events, stackId).filter(({ physicalId }) => !gone.has(physicalId)),
      deletedBuckets: this.#deletedBuckets,
      deletedParameters: parameters,
    };
  }

  async #deleteStack(retain: readonly string[]): Promise<void> {
    const { stackId } = this.#plan.stack;
    this.#emptyingSeconds = Math.round((this.#calls.now() - this.#began) / 1000);
    const { events } = await withRetry(this.#retry, () => this.#calls.events(stackId));
    await withRetry(this.#retry, () => this.#calls.deleteStack(stackId, retain));
    this.#range = PollRange.after(events[0]?.eventId);
  }

  /** Watches CloudFormation, and lets the instances go that it waits for. */
  async #watch(): Promise<Watched> {
    const { stack, force, groups, resources } = this.#plan;
    const observer = await this.#options.observer();
    const meanwhile = releaseDeletedGroups(this.#calls.deletedGroups, {
      // Jobs may finish, for as long as CloudFormation waits for the group.
      releases: (name) =>
        force || groups.some((group) => group.autoScalingGroupName === name && !group.draining.drains),
      note: (line) => {
        observer.note(line);
      },
    });
    return watchToEnd(stack, this.#range, resources.length, {
      signal: this.#options.signal,
      observer,
      events: this.#calls.events,
      retry: this.#retry,
      meanwhile,
      again: deleteAgain(this.#plan),
    });
  }

  async #deleteBucket(bucket: string): Promise<void> {
    if (this.#options.signal.aborted) {
      const left = this.#plan.bucketsToDelete.slice(this.#deletedBuckets.length);
      throw new InterruptedError({
        hint: `The stack is gone; its buckets are not yet: ${left.map((each) => each.bucket).join(', ')}`,
      });
    }
    this.#display ??= await this.#options.observer();
    const versions = await deleteBucket(this.#calls.buckets, bucket, this.#retry);
    this.#display.note(`Bucket ${bucket} deleted, with ${counted(versions, 'object version')}`);
    this.#deletedBuckets.push({ bucket, versions });
  }
}

/** CloudFormation tells what it leaves by DELETE_SKIPPED. Lifecycle hooks are left to their group, and go with it. */
function keptResources(events: readonly StackEvent[], stackId: string): KeptResource[] {
  const skipped = events.filter(
    (event) => event.status === 'DELETE_SKIPPED' && event.type !== HOOK_TYPE && !isOwnRow(event),
  );
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
    deletedGroups: deletedGroupCalls(aws),
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
