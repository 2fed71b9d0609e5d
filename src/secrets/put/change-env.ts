import { OperationError } from '../../errors.ts';
import { word } from '../../shell/quoted.ts';
import { ConflictError, type SecretObjects, type StoredSecret, type Written } from '../bucket/objects.ts';
import { findingText, position } from '../check/finding.ts';
import { editEnvFile, type EnvEdit, UneditableError } from '../env-file/edit.ts';
import { parseEnvFile } from '../env-file/parse.ts';

/** Time and chance, so that tests can do without either. */
export interface RetryTiming {
  readonly now: () => number;
  /** Milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

/** How edits went. */
export interface EnvChange {
  readonly set: readonly string[];
  readonly removed: readonly string[];
  /** Variables to remove that were not there. */
  readonly absent: readonly string[];
  readonly written: readonly Written[];
}

/** How long others may be in the way, in milliseconds. */
const CONFLICT_TIMEOUT_MS = 120_000;

/**
 * Sets and removes variables in the env files of a pipeline. What others write meanwhile is kept: a write that finds the
 * file changed is made again on top of it.
 * @param keys the env files in the order in which they are loaded, so that the last one wins
 * @throws OperationError for a file that holds commands, and where others keep changing it for two minutes
 */
export async function changeEnv(
  objects: SecretObjects,
  keys: readonly string[],
  edits: readonly EnvEdit[],
  { now, pause, random }: RetryTiming,
): Promise<EnvChange> {
  const set = edits.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const unset = edits.filter(({ value }) => value === undefined).map(({ name }) => name);
  const written = new Map<string, Written>();
  const removed = new Set<string>();
  const started = now();
  for (let tries = 1; ; tries += 1) {
    const files = await Promise.all(keys.map((key) => objects.read(key)));
    for (const name of unset) if (files.some((file) => variablesOf(file).has(name))) removed.add(name);
    try {
      for (const [index, text] of editedFiles(keys, files, edits).entries()) {
        const [key = '', file] = [keys[index], files[index]];
        if (text === undefined) continue;
        written.set(
          key,
          await objects.write(key, Buffer.from(text), file === undefined ? 'absent' : { etag: file.etag }),
        );
      }
      const absent = unset.filter((name) => !removed.has(name));
      return { set, removed: [...removed], absent, written: [...written.values()] };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      if (now() - started > CONFLICT_TIMEOUT_MS) {
        throw new OperationError(
          `${keys.join(' and ')} are changed by others all the time: gave up after ${tries} tries`,
          {
            cause: error,
            hint: 'Repeat the command when they are done.',
          },
        );
      }
      // Longer the more are in the way, and never in step with them.
      await pause(random() * Math.min(1000, 20 * 2 ** Math.min(tries, 6)));
    }
  }
}

function variablesOf(file: StoredSecret | undefined): ReadonlySet<string> {
  return new Set(file === undefined ? [] : parseEnvFile(file.body.toString('utf8')).variables.keys());
}

/**
 * The new texts of the files, undefined for one that stays as it is. A variable is set where it is already, in the file
 * that wins; a new one goes into a file that is there, the first by preference.
 */
function editedFiles(
  keys: readonly string[],
  files: readonly (StoredSecret | undefined)[],
  edits: readonly EnvEdit[],
): (string | undefined)[] {
  const existing = files.flatMap((file, index) => (file === undefined ? [] : [index]));
  const home = (name: string) =>
    existing.filter((index) => variablesOf(files[index]).has(name)).at(-1) ?? existing[0] ?? 0;
  return keys.map((key, index) => {
    const before = files[index]?.body.toString('utf8') ?? '';
    const own = edits.filter(({ name, value }) => value === undefined || home(name) === index);
    const after = edited(key, before, own);
    return after === before ? undefined : after;
  });
}

function edited(key: string, text: string, edits: readonly EnvEdit[]): string {
  if (edits.length === 0) return text;
  try {
    return editEnvFile(text, edits);
  } catch (error) {
    if (!(error instanceof UneditableError)) throw error;
    const message = findingText(key, {
      severity: 'refused',
      message: error.message,
      ...position(text, error.offset),
    });
    throw new OperationError(message, {
      hint: `Edit it by hand: bk-stack secrets get NAME ${word(key)} --output FILE, then bk-stack secrets put NAME --env FILE --allow-shell`,
    });
  }
}
