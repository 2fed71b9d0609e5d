import { spawn } from 'node:child_process';

export interface RunOptions {
  /** Goes to the command's standard input. */
  readonly input?: string;
  /** In place of this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** After which the command is killed, with all that it has begun. */
  readonly timeoutSeconds?: number;
}

export interface Outcome {
  /** 127 for a command that is not there, 124 for one that took too long. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the host program runs other programs. */
export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<Outcome>;

/** A command that hangs may have begun others, which would hold its output open. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** For real. A command that fails is an outcome, not an error. Secrets go by `input`, never by `args`. */
export const run: Run = (command, args, { input, environment, timeoutSeconds } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Of a session of its own, so that nothing asks a terminal for a passphrase.
      detached: true,
      ...(environment !== undefined && { env: environment }),
    });
    const output = { stdout: '', stderr: '' };
    let late = false;
    const timer =
      timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            killGroup(child.pid);
          }, timeoutSeconds * 1000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    // A command that ends before it has read everything is judged by its status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const finish = (status: number, stderr = output.stderr) => {
      clearTimeout(timer);
      resolve({ status: late ? 124 : status, stdout: output.stdout, stderr });
    };
    child.on('error', (error) => {
      finish(127, error.message);
    });
    child.on('close', (status) => {
      finish(status ?? 1);
    });
  });
