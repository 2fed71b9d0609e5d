import { lstatSync, statSync } from 'node:fs';
import type { Run } from '../../shell/run.ts';

/** Part of a path that cannot lead anywhere but one step down. */
const PART = /^(?!\.{1,2}$)[^/\0]+$/;

/**
 * The folders from the builds folder down to a checkout: agent, organization, pipeline.
 * @throws Error for a checkout that is not three steps below the builds folder
 */
export function checkoutParts(buildPath: string, checkoutPath: string): string[] {
  const prefix = `${buildPath.replace(/\/+$/, '')}/`;
  const parts = checkoutPath.startsWith(prefix) ? checkoutPath.slice(prefix.length).split('/') : [];
  if (parts.length !== 3 || !parts.every((part) => PART.test(part))) {
    throw new Error(`${checkoutPath} is not AGENT/ORGANIZATION/PIPELINE below ${buildPath}`);
  }
  return parts;
}

/**
 * Gives a checkout back to the agent's user, after a container left files of root in it. Runs as root on names that a
 * job chose, so it goes down step by step, and only into what is a folder itself and no link to one; being inside, it
 * cannot be moved elsewhere by who swaps a name behind it.
 * @returns false where there is no checkout yet
 * @throws Error for parts that are no plain names, and for links
 */
export async function repairPermissions(
  run: Run,
  buildPath: string,
  parts: readonly string[],
  owner: string,
): Promise<boolean> {
  process.chdir(buildPath);
  for (const part of parts) {
    if (!PART.test(part)) throw new Error(`${JSON.stringify(part)} is no name of a folder`);
    const before = lstatSync(part, { throwIfNoEntry: false });
    if (before === undefined) return false;
    if (!before.isDirectory()) throw new Error(`${part} below ${buildPath} is no folder`);
    process.chdir(part);
    const inside = statSync('.');
    if (inside.ino !== before.ino || inside.dev !== before.dev) {
      throw new Error(`${part} below ${buildPath} was swapped for something else`);
    }
  }
  const { status, stderr } = await run('chown', ['--recursive', '--no-dereference', '-P', `${owner}:`, '.']);
  if (status !== 0) throw new Error(`chown failed: ${stderr.trim()}`);
  return true;
}
