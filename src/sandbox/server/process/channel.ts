import { OperationError, UsageError } from '../../../errors.ts';
import type { RunningSandbox } from './discovery.ts';

/** What a sandbox that starts in the background tells who started it. */
export type FromBackground = { readonly ready: RunningSandbox } | { readonly failed: FailureMessage };

interface FailureMessage {
  readonly usage: boolean;
  readonly message: string;
  readonly hint?: string;
}

export function failureMessage(error: unknown): FailureMessage {
  const known = error instanceof UsageError || error instanceof OperationError;
  return {
    usage: error instanceof UsageError,
    message: error instanceof Error ? error.message : String(error),
    ...(known && error.hint !== undefined && { hint: error.hint }),
  };
}

export function failureOf({ usage, message, hint }: FailureMessage): Error {
  const options = hint === undefined ? {} : { hint };
  return usage ? new UsageError(message, options) : new OperationError(message, options);
}
