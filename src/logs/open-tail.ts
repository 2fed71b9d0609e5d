import type { AwsContext } from '../aws/context.ts';
import { pacingOf } from '../stack/pacing.ts';
import { requireStack } from '../stack/reading/find-stack.ts';
import { logCalls } from './calls.ts';
import type { LogGroup, TailedEvent } from './event.ts';
import { tail, type TailOptions } from './tail.ts';
import { instancesOf, logTargets } from './targets.ts';

/** Which logs are wanted. */
export interface TailOrder extends Pick<TailOptions, 'since' | 'until' | 'pattern' | 'follow'> {
  readonly stackName: string;
  readonly groups: readonly LogGroup[];
  /** Ids of instances; undefined for all. */
  readonly instances: readonly string[] | undefined;
}

/**
 * The logs of a stack, of bk-stack or of the official template, as they come.
 * @throws OperationError where there is no such stack
 */
export async function openTail(
  aws: AwsContext,
  { stackName, groups, instances, ...range }: TailOrder,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<AsyncGenerator<readonly TailedEvent[]>> {
  const { places, sharedBy } = logTargets(await requireStack(aws, stackName), groups);
  const clock = { ...pacingOf(aws, signal), now };
  if (instances !== undefined) {
    // The scaler's streams are no instances'.
    const ofInstances = places.filter(({ group }) => group !== 'scaler');
    return tail(
      logCalls(aws),
      { ...range, places: ofInstances, streams: () => Promise.resolve(instances) },
      clock,
    );
  }
  const streams = sharedBy === undefined ? undefined : instancesOf(aws, sharedBy);
  return tail(logCalls(aws), { ...range, places, streams }, clock);
}
