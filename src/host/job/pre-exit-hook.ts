import type { Settings } from '../program/settings.ts';
import type { HookCalls } from './calls.ts';
import { makeRoom } from './make-room.ts';

/**
 * Makes room for the next job, if the stack asks for it. The job's ssh-agent and logins stay until its process has ended
 * (JobFolders), as the pre-exit hooks of plugins are still to come.
 */
export async function preExitHook(
  settings: Settings,
  job: NodeJS.ProcessEnv,
  calls: HookCalls,
): Promise<void> {
  if (!settings.flag('PRE_EXIT_DISK_CLEANUP')) return;
  const short = await makeRoom(settings, job, calls);
  if (short !== undefined) calls.say(`The disk stays full, which the next job will suffer from: ${short}`);
}
