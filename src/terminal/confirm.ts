import { DeclinedError, UsageError } from '../errors.ts';
import { screen } from './safe.ts';

/**
 * Asks for a word to be typed, for what cannot be undone. Another word than `no` is refused at the question; Ctrl-C throws
 * inquirer's ExitPromptError.
 * @throws DeclinedError for `no`
 */
export async function confirmByTyping(message: string, word: string): Promise<void> {
  const { default: inquirer } = await import('inquirer');
  const { typed } = await inquirer.prompt<{ typed: string }>([
    {
      type: 'input',
      name: 'typed',
      message: screen(message),
      validate: (answer: string) =>
        answer.trim() === word || isNo(answer) || `Type ${word} to go on, or no to leave everything as it is`,
    },
  ]);
  if (typed.trim() === word) return;
  throw new DeclinedError('Nothing was changed.', {
    hint: `To go ahead, repeat the command and type ${word}.`,
  });
}

function isNo(answer: string): boolean {
  return /^no?$/i.test(answer.trim());
}

/** Asks yes or no; Return means `preset`. */
export async function confirm(message: string, preset: boolean): Promise<boolean> {
  const { default: inquirer } = await import('inquirer');
  const { answer } = await inquirer.prompt<{ answer: boolean }>([
    { type: 'confirm', name: 'answer', message: screen(message), default: preset },
  ]);
  return answer;
}

/** Asks for one of several things; Return means the first. */
export async function choose<Value extends string>(
  message: string,
  choices: readonly { readonly name: string; readonly value: Value }[],
): Promise<Value> {
  const { default: inquirer } = await import('inquirer');
  const { answer } = await inquirer.prompt<{ answer: string }>([
    {
      type: 'select',
      name: 'answer',
      message: screen(message),
      choices: choices.map(({ name, value }) => ({ name: screen(name), value })),
    },
  ]);
  return answer as Value;
}

/**
 * Asks for what nobody shall see; each character shows as a star.
 * @throws UsageError where several lines were pasted: the prompt ends with the first, and the others would be lost
 */
export async function askHidden(message: string): Promise<string> {
  const pasted = { ended: false, more: false };
  // What is pasted comes at once: keys in the same turn as a line's end are another line.
  const watch = (text: string | undefined, { name }: { readonly name?: string }) => {
    if (pasted.ended && text !== undefined && text.trim() !== '') pasted.more = true;
    if (name !== 'return' && name !== 'enter') return;
    pasted.ended = true;
    setImmediate(() => (pasted.ended = false));
  };
  process.stdin.on('keypress', watch);
  const answer = await hiddenLine(message).finally(() => process.stdin.off('keypress', watch));
  if (!pasted.more) return answer;
  throw new UsageError('Several lines were pasted, and the prompt takes one', {
    hint: 'Nothing was stored. Feed them by stdin: ... < FILE',
  });
}

async function hiddenLine(message: string): Promise<string> {
  const { default: inquirer } = await import('inquirer');
  const { answer } = await inquirer.prompt<{ answer: string }>([
    {
      type: 'password',
      name: 'answer',
      message: screen(message),
      mask: '*',
      validate: (typed: string) => typed !== '' || 'Type or paste it, or press Ctrl-C',
    },
  ]);
  return answer;
}
