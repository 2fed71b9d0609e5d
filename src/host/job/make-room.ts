import { HOST_PROGRAM, NODE } from '../program/paths.ts';
import type { Settings } from '../program/settings.ts';
import type { HookCalls } from './calls.ts';
import { ensureSpace } from './disk/space.ts';

/**
 * Makes room on the disk by the stack's parameters.
 * @returns what is still short; the instance is then retired, where the stack asks for that
 */
export async function makeRoom(
  settings: Settings,
  job: NodeJS.ProcessEnv,
  { disk, run, say }: Pick<HookCalls, 'disk' | 'run' | 'say'>,
): Promise<string | undefined> {
  const short = await ensureSpace(disk(job, say), {
    pruneUntil: settings.text('DOCKER_PRUNE_UNTIL') || '4h',
    pruneBuildCache: settings.flag('DOCKER_BUILDER_PRUNE'),
    purgeBuilds: settings.flag('BUILDKITE_PURGE_BUILDS_ON_DISK_FULL'),
  });
  // The agent takes no further job; its end ends the instance, once the other jobs are done.
  if (short !== undefined && settings.flag('BUILDKITE_TERMINATE_INSTANCE_ON_DISK_FULL')) {
    await run('sudo', ['--non-interactive', NODE, HOST_PROGRAM, 'retire']);
  }
  return short;
}
