import type { TailClock } from '../../logs/tailing/options.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';
import type { StackStatus } from '../../stack/status/describe-stack.ts';

/** The stack and the time that a bundle is about. */
export interface BundleSubject {
  readonly facts: StackFacts;
  /** The stack as `status` shows it; read once. */
  readonly status: () => Promise<StackStatus>;
  /** Milliseconds since 1970, in the stack's own time. */
  readonly since: number;
  readonly until: number;
  readonly clock: TailClock;
  /** Ends requests. */
  readonly signal: AbortSignal;
}
