import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of a file that ships with the package. The bundle's chunks lie in dist/, the sources in src/: both are below
 * the folder of package.json.
 */
export function packageFile(path: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('bk-stack is not installed whole: no package.json was found');
    folder = parent;
  }
  return join(folder, path);
}
