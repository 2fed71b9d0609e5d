import type { AwsContext } from './context.ts';
import { isThrottling, isUnreachable } from './errors.ts';

/** Waiting and chance, so that tests can do without either. */
export interface RetryClock {
  /** Waits for as long as `seconds` take on the stack's side. Throws when the signal is aborted. */
  readonly pause: (seconds: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Real waiting, which ends when `signal` is aborted. */
export function retryClockOf(aws: AwsContext, signal?: AbortSignal): RetryClock {
  return {
    pause: (seconds) => aws.wait(seconds, signal),
    random: Math.random,
  };
}

/** How a request to CloudFormation went. */
export type Outcome = 'news' | 'quiet' | 'throttled' | 'unreachable';

/** What kind of failure may pass by itself; undefined for one that will not. */
export function passingFailure(error: unknown): 'throttled' | 'unreachable' | undefined {
  if (isThrottling(error)) return 'throttled';
  return isUnreachable(error) ? 'unreachable' : undefined;
}

const SHORTEST = 2;
const LONGEST_QUIET = 5;
const LONGEST_BACK_OFF = 30;

/**
 * Seconds until the next request. News keeps it short and quiet stretches it a little; throttling and lost connections
 * double it. `random` (in [0, 1)) spreads the back-off over half of its length, so that several watchers of one
 * account, whose rate limit they share, come apart.
 */
export function nextPause(previous: number, outcome: Outcome, random: number): number {
  switch (outcome) {
    case 'news':
      return SHORTEST;
    case 'quiet':
      return previous > LONGEST_QUIET ? SHORTEST : Math.min(LONGEST_QUIET, previous + 0.5);
    case 'throttled':
    case 'unreachable':
      return Math.min(LONGEST_BACK_OFF, Math.max(SHORTEST, previous) * 2) * (0.5 + random / 2);
  }
}

const TRIES = 8;

/** Makes a request that may be repeated, again and again while AWS asks for fewer of them or cannot be reached. */
export async function withRetry<Result>(retry: RetryClock, request: () => Promise<Result>): Promise<Result> {
  let wait = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await request();
    } catch (error) {
      const passing = passingFailure(error);
      if (passing === undefined || tries === TRIES) throw error;
      wait = nextPause(wait, passing, retry.random());
      await retry.pause(wait);
    }
  }
}
