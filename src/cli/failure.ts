import { translateAwsError } from '../aws/errors.ts';
import {
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

/** An error of any origin (AWS, the flag parser, a prompt, a bug) as one of ours. */
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

/** The failure as data, for `--json`. */
export function failureReport(failure: KnownFailure): FailureReport {
  const { message, hint, exitCode, details } = failure;
  return {
    message,
    ...(hint !== undefined && { hint }),
    exitCode,
    ...(details !== undefined && { details }),
  };
}

/**
 * The failure as lines for a person.
 * @param sandboxByFlag whether the command works in the sandbox by its flag, so that the ones to type next need it too
 */
export function failureLines(failure: KnownFailure, theme: Theme, sandboxByFlag = false): string {
  const first =
    failure instanceof InterruptedError
      ? theme.busy(failure.message)
      : `${theme.bad('Error:')} ${failure.message}`;
  const hint = failure.hint?.split('\n').map((line) => `  ${line}`) ?? [];
  const names = sandboxByFlag && /\bbk-stack (?!sandbox\b)/.test(failure.hint ?? '');
  return [first, ...hint, ...(names ? ['  (In the sandbox, with --sandbox.)'] : [])].join('\n');
}
