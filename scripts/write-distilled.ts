import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Writes what a script distils to the file that its argument names; does nothing when the script was imported. */
export function writeDistilled(script: string, distil: () => string): void {
  const [, started, file] = process.argv;
  if (started === undefined || resolve(started) !== fileURLToPath(script)) return;
  if (file === undefined) throw new Error('name the file to write');
  mkdirSync(dirname(file), { recursive: true });
  // Two test runs may make it at once: the file appears whole or not at all.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, distil());
  renameSync(draft, file);
}
