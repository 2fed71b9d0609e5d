import { readFileSync } from 'node:fs';

/** What the launch template wrote onto the instance: the stack's parameters as the host program needs them. */
export const SETTINGS_FILE = '/etc/bk-stack/stack.env';

/** Reads settings by name. */
export class Settings {
  readonly #values: Readonly<Record<string, string>>;

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = values;
  }

  /**
   * @param environment overrides the file's place by BK_STACK_SETTINGS, as tests do
   * @throws Error when the file cannot be read
   */
  static load(environment: NodeJS.ProcessEnv = process.env): Settings {
    return new Settings(
      parseSettings(readFileSync(environment['BK_STACK_SETTINGS'] ?? SETTINGS_FILE, 'utf8')),
    );
  }

  /** Empty for what is not there. */
  text(name: string): string {
    return this.#values[name] ?? '';
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  /** @throws Error for what is no number */
  number(name: string): number {
    const value = Number(this.required(name));
    if (!Number.isFinite(value)) throw new Error(`${name} in ${SETTINGS_FILE} is no number`);
    return value;
  }

  /** @throws Error for what is not there or empty */
  required(name: string): string {
    const value = this.text(name);
    if (value === '') throw new Error(`${SETTINGS_FILE} lacks ${name}`);
    return value;
  }
}

/** Lines of NAME="value". systemd and shells read the same file, so values are free of quotes, $ and backslashes. */
export function parseSettings(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z][A-Z0-9_]*)="([^"\n]*)"$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}
