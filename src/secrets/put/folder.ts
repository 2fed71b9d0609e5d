import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UsageError } from '../../errors.ts';
import { unreadReason } from '../check/unread.ts';
import { classifyKey, type SecretKind } from '../layout/keys.ts';
import { unreadable } from './input.ts';

/** Something to be stored, as it was given. */
export interface GivenSecret {
  readonly key: string;
  readonly kind: SecretKind;
  readonly body: Buffer;
  /** How people call where it comes from. */
  readonly origin: string;
}

/**
 * What a folder holds that is laid out as the bucket is.
 * @throws UsageError for a folder that cannot be read, is empty, or holds what no build reads
 */
export function filesBelow(folder: string, pipeline: string | undefined): GivenSecret[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    throw unreadable('--dir', folder, error);
  }
  if (names.length === 0) throw new UsageError(`--dir: ${folder} is empty`, { hint: DIR_LAYOUT });
  const places = names.map((name) => {
    const key = pipeline === undefined ? name : `${pipeline}/${name}`;
    return { name, key, place: classifyKey(key) };
  });
  const unread = places.filter(({ place }) => place.kind === 'unread');
  if (unread.length > 0) {
    const lines = unread.slice(0, 10).map(({ name }) => `${join(folder, name)}: ${unreadReason(name)}`);
    throw new UsageError(
      ['--dir holds what no build would ever read:', ...lines, ...(unread.length > 10 ? ['...'] : [])].join(
        '\n',
      ),
      { hint: DIR_LAYOUT },
    );
  }
  return places.flatMap(({ name, key, place }) => {
    if (place.kind === 'unread') return [];
    const path = join(folder, name);
    return [{ key, kind: place.kind, body: readFileSync(path), origin: path }];
  });
}

const DIR_LAYOUT =
  "The folder is laid out as the bucket is: env, private_ssh_key, git-credentials, secret-files/NAME_TOKEN, and the same below a pipeline's slug.";
