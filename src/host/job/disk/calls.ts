import { readdir, readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../../../shell/run.ts';
import { type DiskCalls, shortage } from './space.ts';

/** How many of these command lines, as /proc has them, are the agent's for a job: `buildkite-agent bootstrap`. */
export function countJobs(commandLines: readonly string[]): number {
  return commandLines.filter((line) => /^[^\0]*buildkite-agent\0bootstrap(\0|$)/.test(line)).length;
}

/**
 * Removes stopped containers, and networks and anonymous volumes that no container uses, but for those with the label
 * `bk-stack.keep`. Running containers stay: an instance may have its own. Docker keeps named volumes by itself since version 23.
 * https://docs.docker.com/reference/cli/docker/volume/prune/
 * @param olderThan as Docker says it, `10m`; volumes have no age there
 */
export async function pruneLeftovers(run: Run, olderThan: string | undefined): Promise<void> {
  const kept = ['--filter', 'label!=bk-stack.keep'];
  const old = olderThan === undefined ? [] : ['--filter', `until=${olderThan}`];
  await run('docker', ['container', 'prune', '--force', ...kept, ...old]);
  await run('docker', ['network', 'prune', '--force', ...kept, ...old]);
  await run('docker', ['volume', 'prune', '--force', ...kept]);
}

/** The disk check's calls on this machine. Docker's data are on the disk of the builds, whichever that is. */
export function diskCalls(run: Run, buildsPath: string, say: (line: string) => void): DiskCalls {
  return {
    async shortage() {
      const { bavail, bsize, ffree, files } = await statfs(buildsPath);
      return shortage({ path: buildsPath, bytes: bavail * bsize, inodes: ffree, totalInodes: files });
    },
    async runningJobs() {
      const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(
        // A process may have ended since.
        processes.map((id) => readFile(join('/proc', id, 'cmdline'), 'utf8').catch(() => '')),
      );
      return countJobs(lines);
    },
    async pruneDocker({ olderThan, buildCache }) {
      // Stopped containers keep their images.
      await pruneLeftovers(run, olderThan);
      const filter = olderThan === undefined ? [] : ['--filter', `until=${olderThan}`];
      await run('docker', ['image', 'prune', '--all', '--force', ...filter]);
      if (buildCache) await run('docker', ['builder', 'prune', '--all', '--force', ...filter]);
    },
    async purgeBuilds() {
      for (const entry of await readdir(buildsPath)) {
        await rm(join(buildsPath, entry), { recursive: true, force: true });
      }
    },
    say,
  };
}
