/** What goes between the sandbox and the process that a function runs in. */

export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  readonly invokedFunctionArn: string;
  /** Base64 of JSON, as the client sent it. */
  readonly clientContext?: string;
  /** Milliseconds since the epoch, on the sandbox's clock. */
  readonly deadline: number;
  /** That clock, at the time of the invocation. */
  readonly clock: { readonly now: number; readonly speed: number };
}

/** An error in the shape in which Lambda tells it. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type FromRunner =
  | { readonly kind: 'ready' }
  /** A line that the function logs with `console`, or writes to its output as it is when it has no level. */
  | { readonly kind: 'log'; readonly level?: string; readonly text: string }
  | { readonly kind: 'result'; readonly payload: string; readonly memory: number }
  /** @param fatal the process ends with it */
  | {
      readonly kind: 'failure';
      readonly failure: FunctionFailure;
      readonly fatal: boolean;
      readonly memory: number;
    };
