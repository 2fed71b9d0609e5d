/** The exit codes of every command. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Only for flags that ask for it, such as `--detect`. */
  changesFound: 3,
  interrupted: 130,
} as const;

export interface FailureOptions {
  /** What to do about it: where there is one, the next command to type. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Facts for scripts, put into the JSON form of the error. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A failure that a person reads: one sentence that says what is wrong, and a way forward. */
abstract class Failure extends Error {
  abstract readonly exitCode: number;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.details = options.details;
  }
}

/** The input cannot be used: what is wrong with it, and what is allowed. Nothing has been changed. */
export class UsageError extends Failure {
  readonly exitCode = ExitCode.usage;
}

/** The input was right, and the operation failed. */
export class OperationError extends Failure {
  readonly exitCode = ExitCode.failed;
}

/** A person was asked, and said no: what was asked for has not been done, and all is as it was. */
export class DeclinedError extends Failure {
  readonly exitCode = ExitCode.failed;

  constructor(
    message = 'Nothing was changed.',
    options: FailureOptions = { hint: 'To go ahead, repeat the command and answer yes.' },
  ) {
    super(message, options);
  }
}

/** The person pressed Ctrl-C. What AWS was told to do goes on; the hint says how to pick it up. */
export class InterruptedError extends Failure {
  readonly exitCode = ExitCode.interrupted;

  constructor(options: FailureOptions = {}) {
    super('Interrupted', options);
  }
}

export type KnownFailure = UsageError | OperationError | DeclinedError | InterruptedError;

export function isKnownFailure(error: unknown): error is KnownFailure {
  return error instanceof Failure;
}
