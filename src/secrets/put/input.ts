import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';

/** Where values come from that are not on the command line. */
export interface Surroundings {
  /** All of stdin; asked for at most once. */
  readonly stdin: () => Promise<Buffer>;
  readonly stdinIsTerminal: boolean;
  /** Asks without showing what is typed; undefined where nobody can be asked. */
  readonly ask: ((message: string) => Promise<string>) | undefined;
}

/** Gives out stdin to the one flag that may have it. */
export class Input {
  readonly #surroundings: Surroundings;
  #taker: string | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async read(flag: string, place: string): Promise<Buffer> {
    if (place === '-') return this.stdin(flag);
    try {
      return readFileSync(place);
    } catch (error) {
      throw unreadable(flag, place, error);
    }
  }

  async stdin(flag: string): Promise<Buffer> {
    if (this.#taker !== undefined) {
      throw new UsageError(`${this.#taker} and ${flag} both read stdin, which can be read once`, {
        hint: 'Put one of them into a file, or call bk-stack twice.',
      });
    }
    if (this.#surroundings.stdinIsTerminal) {
      throw new UsageError(`${flag} reads stdin, and that is a terminal`, {
        hint: 'Feed it a file: ... < FILE',
      });
    }
    this.#taker = flag;
    return this.#surroundings.stdin();
  }

  /** A value that belongs on no command line: typed unseen, or all of stdin. */
  async value(flag: string): Promise<Buffer> {
    const { ask, stdinIsTerminal } = this.#surroundings;
    if (ask !== undefined && stdinIsTerminal) return Buffer.from(await ask(`Value of ${flag} (not shown)`));
    if (stdinIsTerminal) {
      throw new UsageError(`${flag} has no value, and nobody can be asked here`, {
        hint: `Feed it: printf '%s' "$VALUE" | bk-stack secrets put ...`,
      });
    }
    return this.stdin(flag);
  }
}

export function unreadable(flag: string, place: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  const why =
    code === 'ENOENT'
      ? 'is not there'
      : code === 'EISDIR'
        ? 'is a folder'
        : `cannot be read (${code ?? 'unknown'})`;
  return new UsageError(`${flag}: ${place} ${why}`, {
    hint: code === 'EISDIR' ? 'For a folder of secrets: --dir' : 'Name a file, or - for stdin.',
  });
}
