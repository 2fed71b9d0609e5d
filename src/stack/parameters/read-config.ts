import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import { parseConfig } from './config-file.ts';
import type { GivenParameters } from './given.ts';

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
};

/**
 * Reads a config file, or stdin for `-`.
 * @param stdin gives all of stdin; asked only for `-`
 * @throws UsageError when it cannot be read or says something that no parameter can take
 */
export async function readConfig(path: string, stdin: () => Promise<string>): Promise<GivenParameters> {
  if (path === '-') return parseConfig(await stdin(), 'stdin');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new UsageError(`The config ${path} cannot be read: ${UNREADABLE[code] ?? message}`, { cause });
  });
  return parseConfig(text, path);
}
