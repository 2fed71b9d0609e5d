import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecretStore } from '../../secrets/job/secret-store.ts';
import { type Run, run } from '../../shell/run.ts';
import type { Settings } from '../program/settings.ts';
import { diskCalls } from './disk/calls.ts';
import type { DiskCalls } from './disk/space.ts';
import type { EcrToken } from './registries.ts';

/** Effects of the job hooks on the instance, and their requests to AWS. */
export interface HookCalls {
  readonly run: Run;
  /** Writes a line to the job's log. */
  readonly say: (line: string) => void;
  /** Prints shell text, which the environment hook evaluates. */
  readonly print: (text: string) => void;
  secretStore(settings: Settings): Promise<SecretStore>;
  ecrToken(region: string): Promise<EcrToken>;
  disk(buildsPath: string): DiskCalls;
  /** Sends SIGTERM to a process. */
  readonly terminate: (pid: number) => void;
  /** Makes the folder of a job's Docker configuration. @returns its path */
  makeDockerFolder(): string;
  writeDockerConfig(folder: string, text: string): void;
  /** Removes such a folder; leaves any other alone, as the job says which. */
  removeDockerFolder(folder: string): void;
}

const DOCKER_FOLDER = join(tmpdir(), 'bk-stack-docker-');

/** The hooks' calls on this instance. AWS's SDK is loaded when it is needed, as most hooks need none of it. */
export const HOOK_CALLS: HookCalls = {
  run,
  say,
  print(text) {
    process.stdout.write(text);
  },
  async secretStore(settings) {
    const { secretStore } = await import('../../secrets/job/secret-store.ts');
    const region = settings.text('SECRETS_BUCKET_REGION') || settings.required('BK_STACK_REGION');
    return secretStore({ bucket: settings.required('SECRETS_BUCKET'), region });
  },
  async ecrToken(region) {
    const { ecrToken } = await import('./ecr-token.ts');
    return ecrToken(region);
  },
  disk: (buildsPath) => diskCalls(run, buildsPath, say),
  terminate(pid) {
    process.kill(pid);
  },
  makeDockerFolder: () => mkdtempSync(DOCKER_FOLDER),
  writeDockerConfig(folder, text) {
    writeFileSync(join(folder, 'config.json'), text, { mode: 0o600 });
  },
  removeDockerFolder(folder) {
    if (folder.startsWith(DOCKER_FOLDER)) rmSync(folder, { recursive: true, force: true });
  },
};

/** The hook evaluates standard output, so the job's log gets its lines by standard error. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
