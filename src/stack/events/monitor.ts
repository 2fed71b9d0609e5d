import { translateAwsError } from '../../aws/errors.ts';
import { isKnownFailure, OperationError } from '../../errors.ts';
import { nextPause, type Outcome, type RetryClock, passingFailure } from '../../aws/retry.ts';
import type { StackEvent } from './event.ts';
import type { DeploymentObserver } from './observer.ts';
import type { EventPoller } from './poller.ts';
import type { Progress } from './progress.ts';

export interface MonitorOptions {
  readonly poller: EventPoller;
  readonly progress: Progress;
  readonly observer: DeploymentObserver;
  readonly retry: RetryClock;
  readonly signal: AbortSignal;
  /** Done after each look at an operation that is still running, with all of its events so far. */
  readonly meanwhile?: (events: readonly StackEvent[]) => Promise<void>;
}

/** Seconds without an answer after which the watching, not the operation, is given up. */
const PATIENCE = 300;

/** Turns a stack's events into progress until the operation is over, whatever its end. */
export class DeploymentMonitor {
  /** All events so far, oldest first. */
  readonly events: StackEvent[] = [];
  readonly #options: MonitorOptions;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  /**
   * Watches until the stack has settled; then `progress` holds its status.
   * @throws OperationError when CloudFormation cannot be reached for five minutes, or refuses to answer.
   */
  async untilSettled(): Promise<void> {
    const { progress, retry, signal, meanwhile } = this.#options;
    let wait = 0;
    let silence = 0;
    for (;;) {
      signal.throwIfAborted();
      const { outcome, error } = await this.#poll();
      if (progress.finished) return;
      await meanwhile?.(this.events);
      wait = nextPause(wait, outcome, retry.random());
      silence = error === undefined ? 0 : silence + wait;
      if (silence > PATIENCE) throw this.#lostSight(error);
      await retry.pause(wait);
    }
  }

  async #poll(): Promise<{ outcome: Outcome; error?: unknown }> {
    const { poller, progress, observer, signal } = this.#options;
    try {
      const events = await poller.poll();
      this.events.push(...events);
      progress.add(events);
      observer.update(events, progress);
      return { outcome: events.length > 0 ? 'news' : 'quiet' };
    } catch (error) {
      signal.throwIfAborted();
      const outcome = passingFailure(error);
      if (outcome === undefined) throw this.#lostSight(error);
      return { outcome, error };
    }
  }

  #lostSight(error: unknown): unknown {
    const cause = translateAwsError(error);
    if (!isKnownFailure(cause)) return cause;
    const again = `CloudFormation goes on. Watch again: bk-stack status ${this.#options.progress.stackName} --wait`;
    return new OperationError(`The stack can no longer be watched: ${cause.message}`, {
      cause: error,
      hint: [cause.hint, again].filter(Boolean).join('\n'),
      ...(cause.details !== undefined && { details: cause.details }),
    });
  }
}
