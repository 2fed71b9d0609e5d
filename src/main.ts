import { execute, settings } from '@oclif/core';

/** Runs the command that the process's arguments name. `entry` is the URL of the script that was started. */
export async function run(entry: string): Promise<void> {
  settings.enableAutoTranspile = false;
  await execute({ dir: entry });
}
