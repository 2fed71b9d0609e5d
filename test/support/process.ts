import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const entry = resolve(root, 'bin/run.js');
/** The package's version. */
export const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  readonly version: string;
};

export interface Finished {
  /** null for one that was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the child reads on stdin; without it, an empty stdin that is no terminal. */
  readonly input?: string;
  /** Gets the child as it begins. */
  readonly watch?: (child: ChildProcessWithoutNullStreams) => void;
}

/** Runs a program to its end. */
export function runProcess(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((done, failed) => {
    const child = spawn(file, args, { cwd: options.cwd ?? root, env: { ...process.env, ...options.env } });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
    }
    options.watch?.(child);
    child.on('error', failed);
    child.on('close', (exitCode) => {
      done({ exitCode, ...output });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs the built CLI to its end. */
export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return runProcess(process.execPath, [entry, ...args], options);
}
