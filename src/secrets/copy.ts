import pLimit from 'p-limit';
import { OperationError } from '../errors.ts';
import { ConflictError, type SecretObjects, type StoredSecret, type Written } from './bucket/objects.ts';
import { classifyKey } from './layout/keys.ts';
import { currentVersions } from './read/list.ts';

const CONCURRENCY = 50;

export interface CopyOutcome {
  readonly copied: readonly Written[];
  /** Keys whose content was the same on both sides. */
  readonly same: readonly string[];
  /** Keys that no build reads, which were left. */
  readonly left: readonly string[];
}

/**
 * Copies what builds get from one bucket to another; there it is encrypted anew.
 * @throws OperationError before anything is copied, where the other side has something else at a key; and where somebody
 * changes it meanwhile
 */
export async function copySecrets(
  from: SecretObjects,
  to: SecretObjects,
  { pipeline, overwrite }: { readonly pipeline?: string | undefined; readonly overwrite: boolean },
  progress: (done: number, all: number) => void,
): Promise<CopyOutcome> {
  const all = (await currentVersions(from, pipeline === undefined ? '' : `${pipeline}/`)).map(
    ({ key }) => key,
  );
  const read = all.filter((key) => classifyKey(key).kind !== 'unread');
  const pairs = await pLimit(CONCURRENCY).map(read, async (key) => {
    const [source, target] = await Promise.all([from.read(key), to.read(key)]);
    return { key, source, target };
  });
  const wanted = pairs.filter(
    (pair): pair is typeof pair & { source: StoredSecret } =>
      pair.source !== undefined && pair.target?.body.equals(pair.source.body) !== true,
  );
  const inTheWay = wanted.filter(({ target }) => target !== undefined).map(({ key }) => key);
  if (inTheWay.length > 0 && !overwrite) {
    const shown = inTheWay.slice(0, 10).join(', ') + (inTheWay.length > 10 ? ', ...' : '');
    throw new OperationError(`The other side has something else at ${shown}`, {
      hint: 'Nothing was copied. To replace it there (its versions stay): --overwrite',
      details: { inTheWay },
    });
  }
  let done = 0;
  const copied = await pLimit(CONCURRENCY).map(wanted, async ({ key, source, target }) => {
    const condition = target === undefined ? ('absent' as const) : { etag: target.etag };
    const written = await to.write(key, source.body, condition).catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
      throw new OperationError(`${key} was changed on the other side by somebody else just now`, {
        cause: error,
        hint: `It was left alone; ${done} of ${wanted.length} secrets were copied. Repeat the command.`,
      });
    });
    progress((done += 1), wanted.length);
    return written;
  });
  const moved = new Set(copied.map(({ key }) => key));
  return {
    copied,
    same: read.filter((key) => !moved.has(key)),
    left: all.filter((key) => classifyKey(key).kind === 'unread'),
  };
}
