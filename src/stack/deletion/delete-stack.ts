import type { AwsContext } from '../../aws/context.ts';
import { InterruptedError, OperationError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import { counted } from '../../terminal/text.ts';
import { isOwnRow, type StackEvent } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import { PollRange } from '../events/poll-range.ts';
import { type EventSource, cloudFormationEvents } from '../events/source.ts';
import { watchToEnd } from '../events/watch.ts';
import { type Pacing, pacingOf, persistently } from '../pacing.ts';
import { type BucketCalls, bucketCalls, deleteBucket } from './buckets.ts';
import { deletionFailure } from './failure.ts';
import type { DeletionPlan } from './plan.ts';
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
  readonly elapsedSeconds: number;
  readonly kept: readonly KeptResource[];
  readonly deletedBuckets: readonly { readonly bucket: string; readonly versions: number }[];
  /** Names of SSM parameters. */
  readonly deletedParameters: readonly string[];
}

export interface DeletionOptions {
  readonly signal: AbortSignal;
  readonly observer: DeploymentObserver;
}

/** What deleting a stack needs of AWS. */
export interface DeletionCalls {
  readonly events: EventSource;
  readonly buckets: BucketCalls;
  setTerminationProtection(stackId: string, on: boolean): Promise<void>;
  deleteStack(stackId: string, retain: readonly string[]): Promise<void>;
  deleteParameters(names: readonly string[]): Promise<void>;
}

/**
 * Carries out a plan, and watches it to its end. Buckets go only when the stack is gone.
 * @throws OperationError when a resource cannot be deleted, with the retry that works in its hint.
 * @throws InterruptedError when the signal is aborted; CloudFormation goes on.
 */
export function deleteStack(
  aws: AwsContext,
  plan: DeletionPlan,
  options: DeletionOptions,
): Promise<DeletionResult> {
  return carryOut(deletionCalls(aws, options.signal), plan, options, pacingOf(aws, options.signal));
}

/** `deleteStack`, on any AWS. */
export async function carryOut(
  calls: DeletionCalls,
  plan: DeletionPlan,
  options: DeletionOptions,
  pacing: Pacing,
): Promise<DeletionResult> {
  const { stackName, stackId, region } = plan.stack;
  const range = plan.underWay ? PollRange.currentOperation : await start(calls, plan, pacing);
  // Now, so that an interruption leaves no token behind: a stack whose deletion has begun can only be deleted.
  await persistently(pacing, () => calls.deleteParameters(plan.parameters));
  const expected = plan.resources.length;
  const again = `bk-stack delete ${stackName}${plan.doomedBuckets.length > 0 ? ' --delete-secrets' : ''} ${AS_GIVEN}`;
  const watching = { ...options, events: calls.events, pacing, again };
  const { progress, events } = await watchToEnd({ stackId, stackName }, range, expected, watching);
  if (progress.status !== 'DELETE_COMPLETE') throw deletionFailure(plan.stack, events);

  const deletedBuckets = await deleteBuckets(calls, plan, options, pacing);
  const gone = new Set(deletedBuckets.map(({ bucket }) => bucket));
  return {
    stackName,
    stackId,
    region,
    status: 'DELETE_COMPLETE',
    elapsedSeconds: progress.elapsedSeconds,
    kept: keptResources(events, stackId).filter(({ physicalId }) => !gone.has(physicalId)),
    deletedBuckets,
    deletedParameters: plan.parameters,
  };
}

async function deleteBuckets(
  { buckets }: DeletionCalls,
  { doomedBuckets }: DeletionPlan,
  { signal, observer }: DeletionOptions,
  pacing: Pacing,
): Promise<DeletionResult['deletedBuckets']> {
  const deleted: { bucket: string; versions: number }[] = [];
  for (const { bucket } of doomedBuckets) {
    if (signal.aborted) {
      const left = doomedBuckets.slice(deleted.length).map((each) => each.bucket);
      throw new InterruptedError({ hint: `The stack is gone; its buckets are not yet: ${left.join(', ')}` });
    }
    const versions = await deleteBucket(buckets, bucket, pacing);
    observer.note(`Bucket ${bucket} deleted, with ${counted(versions, 'object version')}`);
    deleted.push({ bucket, versions });
  }
  return deleted;
}

/** Sets the deletion going, and tells from which event on it is to be watched. */
async function start(calls: DeletionCalls, plan: DeletionPlan, pacing: Pacing): Promise<PollRange> {
  const { stackId } = plan.stack;
  const { events } = await persistently(pacing, () => calls.events(stackId));
  if (plan.unprotect) await persistently(pacing, () => calls.setTerminationProtection(stackId, false));
  await persistently(pacing, () => calls.deleteStack(stackId, plan.retain));
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

function deletionCalls(aws: AwsContext, signal: AbortSignal): DeletionCalls {
  const load = async () => ({
    sdk: await import('../../aws/sdk/cloudformation.ts'),
    client: await aws.clients.cloudFormation(),
  });
  return {
    events: cloudFormationEvents(aws, signal),
    buckets: bucketCalls(aws),
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
