/**
 * Asks for a word to be typed, for what cannot be undone. Another word is refused at the question; Ctrl-C throws
 * inquirer's ExitPromptError.
 */
export async function confirmByTyping(message: string, word: string): Promise<void> {
  const { default: inquirer } = await import('inquirer');
  await inquirer.prompt([
    {
      type: 'input',
      name: 'typed',
      message,
      validate: (typed: string) =>
        typed.trim() === word || `Type ${word} to go on, or press Ctrl-C to leave everything as it is`,
    },
  ]);
}

/** Asks yes or no; Return means `preset`. */
export async function confirm(message: string, preset: boolean): Promise<boolean> {
  const { default: inquirer } = await import('inquirer');
  const { answer } = await inquirer.prompt([{ type: 'confirm', name: 'answer', message, default: preset }]);
  return answer as boolean;
}

/** Asks for what nobody shall see; each character shows as a star. */
export async function askHidden(message: string): Promise<string> {
  const { default: inquirer } = await import('inquirer');
  const { answer } = await inquirer.prompt([
    {
      type: 'password',
      name: 'answer',
      message,
      mask: '*',
      validate: (typed: string) => typed !== '' || 'Type or paste it, or press Ctrl-C',
    },
  ]);
  return answer as string;
}
