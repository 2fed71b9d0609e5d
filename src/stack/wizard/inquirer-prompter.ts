import inquirer from 'inquirer';
import { print } from '../../terminal/output/print.ts';
import { screen } from '../../terminal/safe.ts';
import type { Check, Prompter } from './prompter.ts';

interface Answer<Value> {
  readonly answer: Value;
}

/** Asks on the terminal. Ctrl-C at a question throws inquirer's ExitPromptError. */
export const inquirerPrompter: Prompter = {
  async text({ message, preset, check }) {
    const { answer } = await inquirer.prompt<Answer<string>>([
      {
        type: 'input',
        name: 'answer',
        message: screen(message),
        default: preset,
        validate: validator(check),
      },
    ]);
    return answer;
  },
  async secret({ message, check }) {
    const { answer } = await inquirer.prompt<Answer<string>>([
      { type: 'password', name: 'answer', message: screen(message), mask: '*', validate: validator(check) },
    ]);
    return answer;
  },
  async choice({ message, choices, preset }) {
    const { answer } = await inquirer.prompt<Answer<unknown>>([
      {
        type: 'select',
        name: 'answer',
        message: screen(message),
        choices: choices.map(named),
        default: preset,
        pageSize: 12,
      },
    ]);
    return answer as (typeof choices)[number]['value'];
  },
  async several({ message, choices, check }) {
    const { answer } = await inquirer.prompt<Answer<string[]>>([
      {
        type: 'checkbox',
        name: 'answer',
        message: screen(message),
        choices: choices.map((choice) => ({ ...named(choice), checked: true })),
        validate: (chosen: readonly { value: string }[]) => check?.(chosen.map(({ value }) => value)) ?? true,
      },
    ]);
    return answer;
  },
  async yes({ message, preset }) {
    const { answer } = await inquirer.prompt<Answer<boolean>>([
      { type: 'confirm', name: 'answer', message: screen(message), default: preset },
    ]);
    return answer;
  },
  say(text) {
    print(process.stdout, screen(`${text}\n`));
  },
};

function named<Choice extends { readonly name: string }>(choice: Choice): Choice {
  return { ...choice, name: screen(choice.name) };
}

function validator(check: Check | undefined): (answer: string) => Promise<string | true> {
  return async (answer) => (await check?.(answer)) ?? true;
}
