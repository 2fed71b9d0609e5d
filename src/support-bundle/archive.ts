import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Zip, ZipDeflate } from 'fflate';
import { OperationError, UsageError } from '../errors.ts';
import { writeAll } from '../terminal/write-all.ts';

/** Where the bytes of an archive go. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void>;
  /** It is whole. */
  done(): void;
  /** It is not, and nothing of it stays. */
  undo(): void;
}

/** A zip that is written while it is made: no more than a file of it is in memory. */
export class Archive {
  readonly #sink: Sink;
  readonly #folder: string;
  readonly #at: Date;
  readonly #zip: Zip;
  #made: Uint8Array[] = [];
  bytes = 0;

  /** @param folder that its files are in, so that they stay together where they are unpacked */
  constructor(sink: Sink, folder: string, at: Date) {
    this.#sink = sink;
    this.#folder = folder;
    this.#at = at;
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      this.#made.push(chunk);
    });
  }

  async add(name: string, text: string): Promise<number> {
    const bytes = Buffer.from(text, 'utf8');
    const file = new ZipDeflate(`${this.#folder}/${name}`, { level: 6 });
    file.mtime = this.#at;
    // What unpacks it keeps it from others too.
    file.os = 3;
    file.attrs = 0o100600 << 16;
    this.#zip.add(file);
    file.push(bytes, true);
    await this.#flush();
    return bytes.length;
  }

  async end(): Promise<void> {
    this.#zip.end();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const made = this.#made;
    this.#made = [];
    for (const chunk of made) {
      this.bytes += chunk.length;
      await this.#sink.write(chunk);
    }
  }
}

/**
 * A file that its owner alone can read, from its first byte on.
 * @param force whether one that is there may be replaced, which happens once the new one is whole
 * @throws UsageError for a file that is there; OperationError where it cannot be written
 */
export function fileSink(path: string, force: boolean): Sink {
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) {
      throw new UsageError(`${path} is a folder`, { hint: 'Name a file with --output.' });
    }
    if (!force) throw isThere(path);
  }
  const target = force ? `${path}.${process.pid}.tmp` : path;
  const attempt = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw isThere(target);
      if (code === 'ENOENT') {
        throw new UsageError(`There is no folder ${dirname(path)}`, {
          hint: 'Name another file with --output.',
        });
      }
      throw new OperationError(`${path} cannot be written (${code})`, {
        cause: error,
        hint: 'Name another file with --output.',
      });
    }
  };
  const file = attempt(() => openSync(target, 'wx', 0o600));
  return {
    write(bytes) {
      let from = 0;
      while (from < bytes.length) from += attempt(() => writeSync(file, bytes, from));
      return Promise.resolve();
    },
    done() {
      closeSync(file);
      if (target !== path) {
        attempt(() => {
          renameSync(target, path);
        });
      }
    },
    undo() {
      closeSync(file);
      rmSync(target, { force: true });
    },
  };
}

function isThere(path: string): UsageError {
  return new UsageError(`${path} is there already`, {
    hint: 'Name another file with --output, or replace it: --force',
  });
}

/** A pipe. */
export function streamSink(stream: NodeJS.WritableStream): Sink {
  return {
    write: (bytes) => writeAll(stream, bytes),
    done: () => undefined,
    undo: () => undefined,
  };
}
