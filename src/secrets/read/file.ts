import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { OperationError, UsageError } from '../../errors.ts';

/** @throws UsageError for a file that is there, unless it may be replaced */
export function requireFree(path: string, force: boolean): void {
  if (!force && existsSync(path)) throw isThere(path);
}

/**
 * Writes a secret to a file that its owner alone can read, from its first byte on.
 * @param force whether one that is there may be replaced, which happens once the new one is whole
 * @throws UsageError for one that is there and may not
 */
export function writeSecretFile(path: string, body: Buffer, force: boolean): void {
  requireFree(path, force);
  const target = force ? `${path}.${process.pid}.tmp` : path;
  try {
    writeFileSync(target, body, { mode: 0o600, flag: 'wx' });
    if (target !== path) renameSync(target, path);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    // Made by somebody else meanwhile: theirs.
    if (code === 'EEXIST' && target === path) throw isThere(path);
    rmSync(target, { force: true });
    throw new OperationError(`${path} cannot be written (${code})`, {
      hint: 'Name another file with --output.',
    });
  }
}

function isThere(path: string): UsageError {
  return new UsageError(`${path} is there already`, {
    hint: 'Name another file with --output, or replace it: --force',
  });
}
