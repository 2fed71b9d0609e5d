import { closeSync, type Stats, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperationError, UsageError } from '../../errors.ts';

/** A file for a command's result, as an option names it. */
export interface NamedFile {
  readonly path: string;
  /** That option, such as `--output`. */
  readonly option: string;
  /** Whether one that is there may be replaced. */
  readonly force: boolean;
  /** Whether its owner alone may read it. */
  readonly secret: boolean;
}

/** A file that is being written. */
export interface OpenFile {
  write(bytes: Uint8Array): void;
  /** It is whole. */
  done(): void;
  /** It is not, and nothing of it stays. */
  undo(): void;
}

/**
 * Checks that a file may be written, so that nothing is fetched in vain.
 * @throws UsageError for a folder, and for a file that is there, unless it may be replaced
 */
export function requireFree(file: Omit<NamedFile, 'secret'>): void {
  replaceable(file);
}

/** What is there already, and may be written into or replaced. */
function replaceable(file: Omit<NamedFile, 'secret'>): Stats | undefined {
  const { path, option, force } = file;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    throw new UsageError(`${path} is a folder`, { hint: `Name a file with ${option}.` });
  }
  if (found?.isFile() === true && !force) throw isThere(file);
  return found;
}

/**
 * Opens a file that is not there, with its mode from its first byte on. With `force` one that is there is replaced, once the
 * new one is whole. A pipe or a device, which holds nothing that could be lost, is written into.
 * @throws UsageError for a file that is there and for a folder that is not; OperationError where it cannot be written
 */
export function openNamedFile(file: NamedFile): OpenFile {
  const { path, option, force, secret } = file;
  const found = replaceable(file);
  const isStream = found !== undefined && !found.isFile();
  const target = force && !isStream ? `${path}.${process.pid}.tmp` : path;
  const attempt = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      // Made by somebody else meanwhile: theirs.
      if (code === 'EEXIST') throw isThere({ ...file, path: target });
      const hint = `Name another file with ${option}.`;
      if (code === 'ENOENT') throw new UsageError(`There is no folder ${dirname(path)}`, { hint });
      throw new OperationError(`${path} cannot be written (${code})`, { cause: error, hint });
    }
  };
  const opened = attempt(() => openSync(target, isStream ? 'w' : 'wx', secret ? 0o600 : 0o666));
  return {
    write(bytes) {
      let from = 0;
      while (from < bytes.length) from += attempt(() => writeSync(opened, bytes, from));
    },
    done() {
      closeSync(opened);
      if (target !== path) {
        attempt(() => {
          renameSync(target, path);
        });
      }
    },
    undo() {
      closeSync(opened);
      if (!isStream) rmSync(target, { force: true });
    },
  };
}

/** Writes a file at once, as `openNamedFile` does. */
export function writeNamedFile(file: NamedFile, body: Uint8Array): void {
  const opened = openNamedFile(file);
  try {
    opened.write(body);
  } catch (error) {
    opened.undo();
    throw error;
  }
  opened.done();
}

function isThere({ path, option }: Pick<NamedFile, 'path' | 'option'>): UsageError {
  return new UsageError(`${path} is there already`, {
    hint: `Name another file with ${option}, or replace it: --force`,
  });
}
