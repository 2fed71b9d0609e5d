import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';

/** Where values come from that are not on the command line. */
export interface InputSources {
  /** All of stdin; asked for at most once. */
  readonly stdin: () => Promise<Buffer>;
  readonly stdinIsTerminal: boolean;
  /** Asks without showing what is typed; undefined where nobody can be asked. */
  readonly ask: ((message: string) => Promise<string>) | undefined;
}

/** Gives out stdin to the one flag that may have it. */
export class Input {
  readonly #sources: InputSources;
  #taker: string | undefined;

  constructor(sources: InputSources) {
    this.#sources = sources;
  }

  async read(flag: string, place: string): Promise<Buffer> {
    if (place === '-') return this.stdin(flag);
    try {
      return readFileSync(place);
    } catch (error) {
      throw unreadable(flag, place, error);
    }
  }

  /**
   * All of stdin. Nothing at all, as of a program before the pipe that failed, is nobody's secret, and would silently take
   * the place of one.
   */
  async stdin(flag: string, isEmpty = (body: Buffer) => body.length === 0): Promise<Buffer> {
    if (this.#taker !== undefined) {
      throw new UsageError(`${this.#taker} and ${flag} both read stdin, which can be read once`, {
        hint: 'Put one of them into a file, or call bk-stack twice.',
      });
    }
    if (this.#sources.stdinIsTerminal) {
      throw new UsageError(`${flag} reads stdin, and that is a terminal`, {
        hint: 'Feed it a file: ... < FILE',
      });
    }
    this.#taker = flag;
    const body = await this.#sources.stdin();
    if (isEmpty(body)) throw empty(flag);
    return body;
  }

  /** A value that belongs on no command line: typed unseen, or all of stdin. */
  async value(flag: string, isEmpty?: (body: Buffer) => boolean): Promise<Buffer> {
    const { ask, stdinIsTerminal } = this.#sources;
    if (ask !== undefined && stdinIsTerminal) return Buffer.from(await ask(`Value of ${flag} (not shown)`));
    if (stdinIsTerminal) {
      throw new UsageError(`${flag} has no value, and nobody can be asked here`, {
        hint: `Feed it: printf '%s' "$VALUE" | bk-stack secrets put ...`,
      });
    }
    return this.stdin(flag, isEmpty);
  }
}

function empty(flag: string): UsageError {
  const meant = flag.startsWith('--set ') ? ` For a variable that shall be empty: ${flag}=` : '';
  return new UsageError(`${flag} reads stdin, and that is empty`, {
    hint: `Nothing was stored. See whether what feeds it gives anything.${meant}`,
  });
}

/** What is named and is not there may be a value in the place of a file, and is not repeated. */
export function unreadable(flag: string, place: string, error: unknown): UsageError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EISDIR':
      return new UsageError(`${flag}: ${place} is a folder`, { hint: 'For a folder of secrets: --dir' });
    case 'EACCES':
    case 'EPERM':
      return new UsageError(`${flag}: ${place} may not be read (${code})`, {
        hint: `See whose it is: ls -l ${place}`,
      });
    default:
      return new UsageError(`${flag} names nothing that can be read (${code})`, {
        hint:
          'It takes the name of a file or folder, and no value: values come from files, from stdin or a prompt. ' +
          `Names are looked for from ${process.cwd()} on.`,
      });
  }
}
