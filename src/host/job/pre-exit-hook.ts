import type { Settings } from '../program/settings.ts';
import type { HookCalls } from './calls.ts';
import { makeRoom } from './make-room.ts';

/** Ends what the environment hook began, where that is still there; then makes room for the next job, if asked to. */
export async function preExitHook(
  settings: Settings,
  job: NodeJS.ProcessEnv,
  calls: HookCalls,
): Promise<void> {
  const { SSH_AGENT_PID: pid, SSH_AUTH_SOCK: socket, BK_STACK_DOCKER_CONFIG: folder } = job;
  if (pid !== undefined && /^\d+$/.test(pid)) {
    const environment = { ...process.env, SSH_AGENT_PID: pid, SSH_AUTH_SOCK: socket };
    await calls.run('ssh-agent', ['-k'], { environment });
  }
  if (folder !== undefined) calls.removeDockerFolder(folder);
  if (settings.flag('PRE_EXIT_DISK_CLEANUP')) {
    const short = await makeRoom(settings, job, calls);
    if (short !== undefined) calls.say(`The disk stays full, which the next job will suffer from: ${short}`);
  }
}
