import { translateAwsError } from '../aws/errors.ts';
import {
  DeclinedError,
  ExitCode,
  InterruptedError,
  isKnownFailure,
  type KnownFailure,
  OperationError,
  UsageError,
} from '../errors.ts';
import type { Theme } from '../terminal/theme.ts';

/** What is shown of a failed command, in both forms. */
export interface FailureReport {
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error of any origin (AWS, the flag parser, a prompt, a bug) as one of ours. None repeats an argument. */
export function asFailure(error: unknown): KnownFailure {
  const translated = translateAwsError(error);
  if (isKnownFailure(translated)) return translated;
  if (!(translated instanceof Error)) return new OperationError(String(translated));
  // Inquirer throws this when Ctrl-C is pressed at a question.
  if (translated.name === 'ExitPromptError' || translated.name === 'AbortError') {
    return new InterruptedError({ cause: translated });
  }
  const parserExit = (translated as { oclif?: { exit?: number } }).oclif?.exit;
  if (parserExit === ExitCode.usage) {
    const misplaced = misplacedArguments(translated);
    if (misplaced !== undefined) return misplaced;
    return new UsageError(translated.message.replace(/\nSee more help with --help$/, ''), {
      cause: translated,
      hint: 'See the same command with --help.',
    });
  }
  return new OperationError(translated.message || translated.name, {
    cause: translated,
    hint: 'If this looks like a fault of bk-stack, repeat it with --debug and report what it prints.',
  });
}

/** What the flag parser cannot place may be a secret in the wrong place, and is not repeated. */
function misplacedArguments(error: Error): UsageError | undefined {
  const { args, flags } = error as { args?: readonly unknown[]; flags?: readonly string[] };
  if (error.message.startsWith('Unexpected argument') && args !== undefined) {
    return new UsageError(
      args.length === 1 ? 'There is an argument too many' : `There are ${args.length} arguments too many`,
      {
        hint: 'Does a value with a blank in it stand without quotes? Secrets are never arguments: they come from stdin, a file or a prompt. See the same command with --help.',
      },
    );
  }
  // A flag is lower-case letters and dashes: what is not, is none that was mistyped.
  if (
    error.message.startsWith('Nonexistent flag') &&
    flags?.every((flag) => /^-[a-z]$|^--[a-z]+(-[a-z]+)*$/.test(flag)) === false
  ) {
    return new UsageError('Something begins with a dash, and is none of the flags', {
      hint: 'See the same command with --help.',
    });
  }
  return undefined;
}

/** Where an error was thrown. What the flag parser says is left out, as it repeats arguments. */
export function stackOf(error: Error): string {
  const stack = error.stack ?? String(error);
  const frames = stack.indexOf('\n    at ');
  return 'oclif' in error && frames >= 0 ? error.name + stack.slice(frames) : stack;
}

/** The failure as data, for `--json`. */
export function failureReport({ message, hint, exitCode, details }: KnownFailure): FailureReport {
  return {
    message,
    ...(hint !== undefined && { hint }),
    exitCode,
    ...(details !== undefined && { details }),
  };
}

/** The failure as lines for a person. */
export function failureLines(failure: KnownFailure, theme: Theme): string {
  const first =
    failure instanceof InterruptedError || failure instanceof DeclinedError
      ? theme.busy(failure.message)
      : `${theme.bad('Error:')} ${failure.message}`;
  const hint = failure.hint?.split('\n') ?? [];
  return [first, ...hint.map((line) => `  ${line}`)].join('\n');
}
