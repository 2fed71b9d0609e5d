import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { OperationError } from '../errors.ts';
import { run } from '../shell/run.ts';
import type { SecretObjects } from './bucket/objects.ts';
import { environmentScript } from './job/environment.ts';
import { readSecrets, readSshKeys } from './job/read.ts';
import { startSshAgent } from './job/ssh-agent.ts';
import { storeOf } from './read/effective.ts';

/**
 * Evaluates what comes on descriptor 3, as the hook of an instance does, and becomes the command. By a pipe, as arguments
 * and variables of a process can be seen by others.
 */
const WRAPPER = `
bk_stack_failed() { echo "bk-stack: $1 cannot be used" >&2; exit 53; }
bk_stack_script=$(cat <&3) || exit 1
exec 3<&-
eval "$bk_stack_script"
unset -f bk_stack_failed
unset bk_stack_script
exec "$@"`;

export interface RunOutcome {
  readonly exitCode: number;
  /** Keys that went to an ssh-agent of the command's own. */
  readonly sshKeys: readonly string[];
}

/**
 * Runs a command with what a build of a pipeline would have in its environment.
 * @param credentialHelper the command line by which git asks for credentials
 * @param say told of keys that ssh-add does not take
 */
export async function runWithSecrets(
  objects: SecretObjects,
  {
    pipeline,
    command,
    credentialHelper,
  }: {
    readonly pipeline: string | undefined;
    readonly command: readonly string[];
    readonly credentialHelper: string;
  },
  say: (line: string) => void,
): Promise<RunOutcome> {
  const store = storeOf(objects);
  const [secrets, keys] = await Promise.all([readSecrets(store, pipeline), readSshKeys(store, pipeline)]);
  const sshAgent = keys.length === 0 ? undefined : await startSshAgent(run, keys);
  for (const refusal of sshAgent?.refused ?? []) say(`SSH key ${refusal}`);
  try {
    const script = environmentScript({ fixed: {}, defaults: {}, secrets, sshAgent, credentialHelper });
    return { exitCode: await evaluate(script, command), sshKeys: sshAgent?.added ?? [] };
  } finally {
    if (sshAgent !== undefined) process.kill(Number(sshAgent.pid));
  }
}

function evaluate(script: string, command: readonly string[]): Promise<number> {
  return new Promise((done, failed) => {
    // bash takes a socket on stdin for a remote shell, and would read its start-up file.
    const child = spawn('bash', ['--norc', '-c', WRAPPER, 'bash', ...command], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    });
    child.on('error', () => {
      failed(
        new OperationError('bash cannot be started, and env files are run by bash', {
          hint: 'Install bash, as the instances have it.',
        }),
      );
    });
    const pipe = child.stdio[3] as NodeJS.WritableStream;
    // A command that ends at once has read nothing, and is judged by its status.
    pipe.on('error', () => undefined);
    pipe.end(script);
    // Whoever ends this process means the command, and its ssh-agent is to be ended as well.
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill(signal));
    child.on('close', (status, signal) => {
      // As a shell tells of it.
      done(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
