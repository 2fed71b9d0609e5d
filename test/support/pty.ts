import { spawn, type IPty } from '@lydell/node-pty';
import { type IDisposable, Terminal } from '@xterm/headless';
import { entry, root } from './process.ts';
import { within } from './until.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export const KEY = {
  enter: '\r',
  down: '\x1b[B',
  up: '\x1b[A',
  backspace: '\x7f',
  space: ' ',
  ctrlC: '\x03',
} as const;

/** A pseudo-terminal's process would get "undefined" as the value. */
function withoutUnset(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The built CLI on a real pseudo-terminal, with a screen to look at and keys to press. */
export class CliTerminal {
  readonly #screen: Terminal;
  readonly #process: IPty;
  readonly #ended: Promise<number>;
  #output = '';

  constructor(args: readonly string[], { columns = 100, rows = 40, env = {} }: TerminalOptions = {}) {
    this.#screen = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    this.#process = spawn(process.execPath, [entry, ...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd: root,
      env: withoutUnset({
        ...{ ...process.env, CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined },
        ...env,
      }),
    });
    this.#process.onData((data) => {
      this.#output += data;
      this.#screen.write(data);
    });
    this.#ended = new Promise((resolve) => {
      this.#process.onExit(({ exitCode }) => {
        resolve(exitCode);
      });
    });
  }

  /** All that was ever written, escapes and all. */
  get output(): string {
    return this.#output;
  }

  /** What stands on the screen, and above it. */
  get screen(): string {
    const { active } = this.#screen.buffer;
    const lines = Array.from(
      { length: active.length },
      (_, y) => active.getLine(y)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  }

  type(...keys: string[]): void {
    for (const key of keys) this.#process.write(key);
  }

  /** Waits until the screen shows this. */
  async shows(expected: RegExp | string, seconds = 90): Promise<string> {
    const isThere = () =>
      typeof expected === 'string' ? this.screen.includes(expected) : expected.test(this.screen);
    const written: IDisposable[] = [];
    const shown = new Promise<void>((resolve) => {
      const look = () => {
        if (isThere()) resolve();
      };
      written.push(this.#screen.onWriteParsed(look));
      look();
    });
    try {
      await within(seconds, `${String(expected)} on the screen`, shown);
      return this.screen;
    } catch (error) {
      throw new Error(`${String(expected)} never showed on this screen:\n${this.screen}`, { cause: error });
    } finally {
      for (const each of written) each.dispose();
    }
  }

  /** Waits for the end, and for all that was written until then to be on the screen. @returns the exit code */
  async ended(seconds = 90): Promise<number> {
    const exitCode = await within(seconds, 'the end of the process', this.#ended).catch((error: unknown) => {
      this.#process.kill();
      throw new Error(`it did not end:\n${this.screen}`, { cause: error });
    });
    await new Promise<void>((shown) => {
      this.#screen.write('', shown);
    });
    return exitCode;
  }
}
