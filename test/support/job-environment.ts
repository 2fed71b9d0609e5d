import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, runProcess } from './process.ts';

const JOB_PROGRAM = join(root, 'dist/host/job/main.mjs');

/** The agent's environment hook, but for what needs an instance around it; then everything that a job would find set. */
const HOOK = `
bk_stack_failed() { echo "failed: $1" >&2; exit 53; }
script=$("$NODE" "$JOB_PROGRAM" environment $$ 2>/dev/null) || exit 1
eval "$script"
unset script
ssh-add -L >&2
env -0
kill "$SSH_AGENT_PID" 2>/dev/null || true`;

export interface JobEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Public halves of the keys in the job's ssh-agent. */
  readonly sshKeys: string;
  /** What git is told for a host's URL. */
  credentials(url: string): Promise<string>;
}

/**
 * Runs the host program's own hook for a job of a pipeline, as an instance whose stack has this bucket would.
 * @param aws the environment that leads to the bucket
 */
export async function jobEnvironment(
  aws: Readonly<Record<string, string>>,
  bucket: string,
  pipeline: string,
): Promise<JobEnvironment> {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-job-'));
  writeFileSync(join(folder, 'buildkite-agent'), '#!/bin/sh\ncat >/dev/null\n');
  chmodSync(join(folder, 'buildkite-agent'), 0o755);
  const settings = join(folder, 'stack.env');
  writeFileSync(settings, `BK_STACK_REGION="us-east-1"\nSECRETS_BUCKET="${bucket}"\n`);
  const env = {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    TMPDIR: folder,
    NODE: process.execPath,
    JOB_PROGRAM,
    ...aws,
    BK_STACK_SETTINGS: settings,
    BUILDKITE_PIPELINE_SLUG: pipeline,
  };
  const { exitCode, stdout, stderr } = await runProcess('bash', ['--norc', '-c', HOOK], { env });
  if (exitCode !== 0) throw new Error(stderr);
  const variables = Object.fromEntries(
    stdout
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  return {
    variables,
    sshKeys: stderr,
    async credentials(url) {
      const { protocol, host } = new URL(url);
      const input = `protocol=${protocol.slice(0, -1)}\nhost=${host}\n\n`;
      const args = [JOB_PROGRAM, 'git-credential', pipeline, 'get'];
      const answer = await runProcess(process.execPath, args, { env, input });
      rmSync(folder, { recursive: true, force: true });
      return answer.stdout;
    },
  };
}
