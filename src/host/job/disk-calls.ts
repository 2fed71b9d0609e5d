import { readdir, readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../run.ts';
import { type DiskCalls, shortage } from './disk.ts';

/** On this machine. `paths`: where jobs and Docker write. */
export function diskCalls(
  run: Run,
  { paths, buildsPath }: { readonly paths: readonly string[]; readonly buildsPath: string },
  say: (line: string) => void,
): DiskCalls {
  return {
    async shortage() {
      const spaces = await Promise.all(
        paths.map(async (path) => {
          const { bavail, bsize, ffree, files } = await statfs(path);
          return { path, bytes: bavail * bsize, inodes: ffree, totalInodes: files };
        }),
      );
      return shortage(spaces);
    },
    async runningJobs() {
      const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(
        // A process may have ended since.
        processes.map((id) => readFile(join('/proc', id, 'cmdline'), 'utf8').catch(() => '')),
      );
      return lines.filter((line) => /^[^\0]*buildkite-agent\0bootstrap(\0|$)/.test(line)).length;
    },
    async pruneDocker() {
      await run('docker', ['image', 'prune', '--all', '--force']);
      await run('docker', ['builder', 'prune', '--all', '--force']);
    },
    async purgeBuilds() {
      for (const entry of await readdir(buildsPath)) {
        await rm(join(buildsPath, entry), { recursive: true, force: true });
      }
    },
    say,
  };
}
