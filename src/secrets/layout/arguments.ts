import { UsageError } from '../../errors.ts';
import { isLayoutFolder, isPipelineSlug } from './keys.ts';

/** @throws UsageError for what is no pipeline's slug, or a folder in which no build looks for a pipeline's secrets */
export function checkSlug(pipeline: string): void {
  if (isLayoutFolder(pipeline)) {
    throw new UsageError(
      `${pipeline}/ holds the secret files of every pipeline, and is no pipeline's own folder`,
      {
        hint: 'No build would read from it what is meant for one pipeline. For every pipeline: leave out --pipeline.',
      },
    );
  }
  if (isPipelineSlug(pipeline)) return;
  throw new UsageError(`"${pipeline}" is no pipeline's slug`, {
    hint: "It is the last part of the pipeline's address (https://buildkite.com/ORG/SLUG): letters, digits, - and _.",
  });
}

/** The key of the bucket that is meant: as it is, or below a pipeline's slug. */
export function keyBelow(pipeline: string | undefined, key: string): string {
  if (pipeline === undefined) return key;
  checkSlug(pipeline);
  return `${pipeline}/${key}`;
}

/** @throws UsageError unless there is exactly one; `usage` shows how to name it */
export function oneKey(keys: readonly string[], usage: string): string {
  const [key, ...more] = keys;
  if (key !== undefined && key !== '' && more.length === 0) return key;
  throw new UsageError(
    key === undefined ? 'No key is named' : `${keys.length} keys are named, and one is meant`,
    {
      hint: `bk-stack ${usage}; to list the keys: bk-stack secrets list NAME`,
    },
  );
}

/** @throws UsageError unless there is one at least */
export function someKeys(keys: readonly string[], usage: string): readonly string[] {
  return keys.length > 1 ? keys : [oneKey(keys, usage)];
}
