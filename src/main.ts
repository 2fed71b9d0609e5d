import { execute } from '@oclif/core/execute';
import { settings } from '@oclif/core/settings';

/** Runs the command that the process's arguments name. `entry` is the URL of the script that was started. */
export async function run(entry: string): Promise<void> {
  settings.enableAutoTranspile = false;
  await execute({ dir: entry });
}
