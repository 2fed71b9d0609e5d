import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PagedStore } from '../../secrets/job/secret-store.ts';
import { type Run, run as runReally } from '../../shell/run.ts';
import { BUILDS } from '../program/paths.ts';
import type { Settings } from '../program/settings.ts';
import { diskCalls } from './disk/calls.ts';
import type { DiskCalls } from './disk/space.ts';
import { JobFolders, type JobPlaces } from './job-folder.ts';
import type { EcrToken } from './registries.ts';

/** Effects of the job hooks on the instance, and their requests to AWS. */
export interface HookCalls {
  readonly run: Run;
  /** Writes a line to the job's log. */
  readonly say: (line: string) => void;
  /** Prints shell text, which the environment hook evaluates. */
  readonly print: (text: string) => void;
  secretStore(settings: Settings): Promise<PagedStore>;
  ecrToken(region: string): Promise<EcrToken>;
  /** @param job its variables, one of which tells where the builds are */
  disk(job: NodeJS.ProcessEnv, say?: (line: string) => void): DiskCalls;
  /** Makes the places of a job anew. @param agentProcess the agent's process of the job */
  beginJob(agentProcess: number): JobPlaces;
  /** Ends what a job has begun. */
  endJob(agentProcess: number): void;
  writeDockerConfig(folder: string, text: string): void;
}

/** Longest that a program takes which names no limit of its own, such as pruning a full disk. */
const LONGEST_SECONDS = 1800;

const run: Run = (command, args, options) =>
  runReally(command, args, { timeoutSeconds: LONGEST_SECONDS, ...options });

/** The hooks' calls on this instance. AWS's SDK is loaded when it is needed, as most hooks need none of it. */
export function hookCalls(folders = new JobFolders()): HookCalls {
  /** By bucket and region. Connections are used again by whoever serves many hooks. */
  const stores = new Map<string, PagedStore>();
  return {
    run,
    say,
    print(text) {
      process.stdout.write(text);
    },
    async secretStore(settings) {
      const bucket = settings.required('SECRETS_BUCKET');
      const region = settings.text('SECRETS_BUCKET_REGION') || settings.required('BK_STACK_REGION');
      const kept = stores.get(`${region}/${bucket}`);
      if (kept !== undefined) return kept;
      const [{ secretStore }, { clientSettings }] = await Promise.all([
        import('../../secrets/job/secret-store.ts'),
        import('../program/aws.ts'),
      ]);
      const store = secretStore({ bucket, client: clientSettings(region) });
      stores.set(`${region}/${bucket}`, store);
      return store;
    },
    async ecrToken(region) {
      const { ecrToken } = await import('./ecr-token.ts');
      return ecrToken(region);
    },
    disk: (job, sayInstead = say) => diskCalls(run, job['BUILDKITE_BUILD_PATH'] ?? BUILDS, sayInstead),
    beginJob: (agentProcess) => folders.begin(agentProcess),
    endJob(agentProcess) {
      folders.end(agentProcess);
    },
    writeDockerConfig(folder, text) {
      writeFileSync(join(folder, 'config.json'), text, { mode: 0o600 });
    },
  };
}

/** The hook evaluates standard output, so the job's log gets its lines by standard error. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
