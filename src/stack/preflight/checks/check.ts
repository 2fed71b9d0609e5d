import { isDenied } from '../../../aws/errors.ts';

/** Something that a person must know: one sentence, and the way out of it. */
export interface Finding {
  readonly message: string;
  readonly hint?: string;
}

/** What a check has found. With a problem the stack cannot be made; a warning is for a person to weigh. */
export interface Verdict {
  /** The good news, in a few words. */
  readonly fact: string;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

export function verdict(fact: string, found: Partial<Omit<Verdict, 'fact'>> = {}): Verdict {
  return { fact, problems: found.problems ?? [], warnings: found.warnings ?? [] };
}

/** The verdict where AWS does not let us look: no reason not to go on, since CloudFormation may be allowed what we are not. */
export function unchecked(subject: string, error: unknown): Verdict {
  const message = `${subject} could not be checked: ${(error as Error).message}`;
  return verdict('', { warnings: [{ message }] });
}

/** What `look` finds; a warning where it lacks a permission. */
export async function orUnchecked<Result extends Verdict>(
  subject: string,
  look: () => Promise<Result>,
): Promise<Result | Verdict> {
  try {
    return await look();
  } catch (error) {
    if (isDenied(error)) return unchecked(subject, error);
    throw error;
  }
}
