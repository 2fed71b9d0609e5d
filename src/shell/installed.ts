import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Whether a program can be run by its name: whether it lies in a folder of PATH. */
export async function isInstalled(program: string, path = process.env['PATH'] ?? ''): Promise<boolean> {
  for (const folder of path.split(delimiter)) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // In another one, perhaps.
    }
  }
  return false;
}
