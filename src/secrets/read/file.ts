import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { OperationError } from '../../errors.ts';

/** Writes a secret to a file that its owner alone can read, from its first byte on. What was there before is replaced whole. */
export function writeSecretFile(path: string, body: Buffer): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, body, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new OperationError(`${path} cannot be written (${code})`, {
      hint: 'Name another file with --output.',
    });
  }
}
