import { InterruptedError } from '../../errors.ts';
import type { StackEvent } from './event.ts';
import { DeploymentMonitor } from './monitor.ts';
import type { DeploymentObserver } from './observer.ts';
import type { PollRange } from './poll-range.ts';
import { EventPoller } from './poller.ts';
import { Progress } from './progress.ts';
import type { EventSource } from './source.ts';
import type { RetryClock } from '../../aws/retry.ts';

export interface StackIdentity {
  readonly stackId: string;
  readonly stackName: string;
}

/** How to watch. */
export interface Watching {
  readonly events: EventSource;
  readonly retry: RetryClock;
  readonly observer: DeploymentObserver;
  readonly signal: AbortSignal;
  /** What to type to go on after an interruption; without it, how to watch again. */
  readonly again?: string;
  /** Done after each look, with all events of the operation so far. */
  readonly meanwhile?: (events: readonly StackEvent[]) => Promise<void>;
}

export interface Watched {
  readonly progress: Progress;
  /** All events of the operation, nested stacks' too, oldest first. */
  readonly events: readonly StackEvent[];
}

/**
 * Watches an operation on a stack to its end, whatever it is. `expected` is how many resources it touches, 0 where
 * that is unknown.
 * @throws InterruptedError when the signal is aborted; the hint says how to watch again.
 */
export async function watchToEnd(
  stack: StackIdentity,
  range: PollRange,
  expected: number,
  { events, retry, observer, signal, again, meanwhile }: Watching,
): Promise<Watched> {
  const progress = new Progress(stack, expected);
  const poller = new EventPoller(events, stack.stackId, range);
  const monitor = new DeploymentMonitor({
    ...{ poller, progress, observer, retry, signal },
    ...(meanwhile !== undefined && { meanwhile }),
  });
  try {
    await monitor.untilSettled();
  } catch (error) {
    if (!signal.aborted) throw error;
    const command =
      again ??
      // Only that lets instances go that the rollback of a creation waits for.
      (progress.status.startsWith('ROLLBACK_')
        ? `bk-stack delete ${stack.stackName}`
        : `bk-stack status ${stack.stackName} --wait`);
    throw new InterruptedError({ hint: `CloudFormation goes on. To watch it again: ${command}` });
  } finally {
    observer.end();
  }
  return { progress, events: monitor.events };
}
