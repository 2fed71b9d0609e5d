import type { AwsContext } from '../../aws/context.ts';
import { retryClockOf } from '../../aws/retry.ts';
import { requireStack } from '../../stack/facts/stack/find-stack.ts';
import { logCalls } from '../calls.ts';
import { consoleOutput, instancesOfStack, instancesWithoutBootLog } from '../console.ts';
import type { GroupTarget, LogGroup, TailedEvent } from '../event.ts';
import { instancesOf, logTargets } from '../targets.ts';
import { instanceStreams } from '../streams.ts';
import { openLiveOn } from './live-calls.ts';
import type { TailOptions } from './options.ts';
import { tail } from './tail.ts';

/** Which logs are wanted. */
export interface TailRequest extends Pick<TailOptions, 'since' | 'until' | 'pattern' | 'follow'> {
  readonly stackName: string;
  readonly groups: readonly LogGroup[];
  /** Ids of instances; undefined for all. */
  readonly instances: readonly string[] | undefined;
  /** Whether CloudWatch is to send what comes. */
  readonly live: boolean;
  /** Whether the lines of each instance are to be together. */
  readonly apart: boolean;
  /** Whether the console of an instance without a boot log stands in for that. */
  readonly console: boolean;
}

export interface TailContext {
  /** Milliseconds since 1970, in the stack's own time. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Gets what people should know of, one line each. */
  readonly say: (line: string) => void;
}

/** Events to be shown together. */
export interface TailBatch {
  /** What they are of, where the lines of each instance are together. */
  readonly of?: string;
  readonly events: readonly TailedEvent[];
}

/**
 * The logs of a stack, of bk-stack or of the official template, as they come.
 * @throws OperationError where there is no such stack
 */
export async function* openTail(
  aws: AwsContext,
  { stackName, groups, instances, live, apart, console, ...range }: TailRequest,
  { now, signal, say }: TailContext,
): AsyncGenerator<TailBatch> {
  // While the stack is asked for, what its logs are read with is loaded.
  const [stack] = await Promise.all([requireStack(aws, stackName), aws.clients.cloudWatchLogs()]);
  const { targets, sharedBy } = logTargets(stack, groups);
  const clock = { ...retryClockOf(aws, signal), now, signal };
  const calls = logCalls(aws, signal);
  const shared = sharedBy === undefined ? undefined : instancesOf(aws, sharedBy);
  const streams = instances === undefined ? shared : () => Promise.resolve(instances);
  // The scaler's streams are no instances'.
  const wanted = streams === undefined ? targets : targets.filter(({ group }) => group !== 'scaler');
  const options = {
    ...range,
    say,
    ...(live && { live: openLiveOn(aws, stack.StackId ?? '') }),
  };
  const told = new Set<string>();
  if (console && targets.some(({ group }) => group === 'boot')) {
    const ids = instances ?? (await instancesOfStack(aws, stack));
    const boot = targets.filter(({ group }) => group === 'boot');
    for (const id of await instancesWithoutBootLog(calls, clock, boot, ids)) {
      told.add(id);
      const events = await consoleOutput(aws, id, boot[0]?.name ?? '', say);
      if (events.length > 0) yield { ...(apart && { of: id }), events };
    }
  }
  // Of the others, what is not there is told by the console's lines.
  const named = instances?.filter((id) => !told.has(id));
  if (!apart) {
    const all = { ...options, targets: wanted, streams, named };
    for await (const events of tail(calls, all, clock)) yield { events };
    return;
  }
  const ofInstances = targets.filter(({ group }) => group !== 'scaler');
  const there = await instanceStreams(calls, clock, ofInstances, range, await streams?.());
  const absent = named?.filter((id) => !there.includes(id)) ?? [];
  if (absent.length > 0) say(`There is no log of ${absent.join(', ')} in this time.`);
  for (const id of there) {
    const one = { ...options, targets: ofInstances, streams: () => Promise.resolve([id]), say: undefined };
    for await (const events of tail(calls, { ...one, follow: false }, clock)) yield { of: id, events };
  }
  const scaler: readonly GroupTarget[] = wanted.filter(({ group }) => group === 'scaler');
  if (scaler.length === 0) return;
  for await (const events of tail(calls, { ...options, targets: scaler, follow: false }, clock)) {
    yield { of: 'scaler', events };
  }
}
