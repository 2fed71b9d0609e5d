import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import { parseConfig } from './config-file.ts';
import type { GivenParameters } from './given.ts';

/**
 * Reads a config file, or stdin for `-`.
 * @param stdin gives all of stdin; asked only for `-`
 * @throws UsageError when it cannot be read or says something that no parameter can take
 */
export async function readConfig(path: string, stdin: () => Promise<string>): Promise<GivenParameters> {
  if (path === '-') return parseConfig(await stdin(), 'stdin');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file' : (cause as Error).message;
    throw new UsageError(`The config ${path} cannot be read: ${why}`, { cause });
  });
  return parseConfig(text, path);
}
