import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const above = [here, dirname(here), dirname(dirname(here))];

let found: string | undefined;

/** The program that functions run in: beside the bundle, or in a checkout made of its source on demand. */
export function runnerProgram(): string {
  found ??=
    above
      .map((folder) => join(folder, 'sandbox', 'services', 'lambda', 'execution', 'runner.js'))
      .find((file) => existsSync(file)) ?? compiled();
  return found;
}

/** Functions must not run under the loader that a checkout's own TypeScript runs under. */
function compiled(): string {
  const root = join(here, '../../../../..');
  const file = join(root, 'node_modules', '.cache', 'bk-stack', 'lambda-runner.mjs');
  const sources = ['runner.ts', 'handler.ts', 'clock.ts'].map((name) => join(here, name));
  const made = existsSync(file) ? statSync(file).mtimeMs : 0;
  if (sources.some((source) => statSync(source).mtimeMs > made)) {
    const esbuild = join(root, 'node_modules', 'esbuild', 'bin', 'esbuild');
    const options = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=error'];
    // Another process may be compiling it too, or be running it: it is there whole or not at all.
    const own = `${file}.${process.pid}`;
    execFileSync(esbuild, [sources[0] ?? '', ...options, `--outfile=${own}`]);
    renameSync(own, file);
  }
  return file;
}

/**
 * Where the SDK packages lie that Lambda's Node.js runtimes bring along: bk-stack's own, where it has them.
 * @returns the folders that Node.js looks packages up in by their scope, `@aws-sdk` and `@smithy`
 */
export function sdkFolders(): readonly { readonly scope: string; readonly folder: string }[] {
  return ['@aws-sdk', '@smithy'].flatMap((scope) => {
    for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
      const candidate = join(folder, 'node_modules', scope);
      if (existsSync(candidate)) return [{ scope, folder: candidate }];
    }
    return [];
  });
}
