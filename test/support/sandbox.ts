import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearer, findSandbox, type RunningSandbox } from '../../src/sandbox/server/process/discovery.ts';
import { discoveryFile, stateDirectory } from '../../src/sandbox/server/process/paths.ts';
import { awsEnvironment } from './aws-environment.ts';
import { entry, runCli, runProcess, type Finished, type RunOptions } from './process.ts';
import { CliTerminal, type TerminalOptions } from './pty.ts';
import { sandboxPasses, sandboxTime } from './sandbox-clock.ts';

/** A sandbox of the test's own in the background, and the built CLI that works in it. */
export class CliSandbox {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bk-stack-e2e-'));
  #last: RunningSandbox | undefined;

  /** @param options for `sandbox start`: `--fail`, `--speed` */
  async start(...options: string[]): Promise<void> {
    const speed = options.includes('--speed') ? [] : ['--speed', '200'];
    const port = options.includes('--port') ? [] : ['--port', '0'];
    const started = await this.run('sandbox', 'start', '--json', ...port, ...speed, ...options);
    if (started.exitCode !== 0) throw new Error(started.stdout + started.stderr);
  }

  /** Stops it, and throws away what was in it. */
  async remove(): Promise<void> {
    await this.run('sandbox', 'stop');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get endpoint(): string {
    return this.#running.endpoint;
  }

  /** For any SDK client. */
  get client() {
    const { endpoint, credentials } = this.#running;
    return { endpoint, region: 'us-east-1', credentials };
  }

  /** For any AWS tool. */
  get awsEnvironment() {
    return awsEnvironment(this.#running);
  }

  /** The process that serves it, and the file that tells its owner the keys. */
  get process(): { readonly pid: number; readonly discoveryFile: string } {
    return { pid: this.#running.pid, discoveryFile: discoveryFile(stateDirectory(this.#env)) };
  }

  /** Asks a control endpoint: `jobs`, `faults`. */
  control(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.endpoint}/_sandbox/${path}`, { ...init, headers: bearer(this.#running) });
  }

  /** The sandbox's own time, in milliseconds since 1970. */
  now(): Promise<number> {
    return sandboxTime(this.#running);
  }

  /** Lets seconds of the sandbox's own time pass, in which something is not to happen. */
  pass(seconds: number): Promise<void> {
    return sandboxPasses(this.#running, seconds);
  }

  /** It, or the last that ran. */
  get #running(): RunningSandbox {
    this.#last = findSandbox(stateDirectory(this.#env)) ?? this.#last;
    if (this.#last === undefined) throw new Error('the sandbox is not started');
    return this.#last;
  }

  /** Runs the CLI without a terminal. */
  run(...args: string[]): Promise<Finished> {
    return this.runWith({}, ...args);
  }

  runWith(options: RunOptions, ...args: string[]): Promise<Finished> {
    return runCli(args, { ...options, env: { ...this.#env, ...options.env } });
  }

  /** Runs a line of bash, in which `$BK` is the CLI. */
  shell(line: string): Promise<Finished> {
    return runProcess('bash', ['--norc', '-c', line], {
      env: { ...this.#env, BK: `${process.execPath} ${entry}` },
    });
  }

  /** Runs another program of Node where the CLI would find this sandbox. */
  program(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runProcess(process.execPath, args, { ...options, env: { ...this.#env, ...options.env } });
  }

  /** Begins to run the CLI; what it says is lost. */
  spawn(...args: string[]): ChildProcess {
    return spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, ...this.#env },
      stdio: 'ignore',
    });
  }

  /** Runs the CLI on a terminal. */
  terminal(args: readonly string[], options: TerminalOptions = {}): CliTerminal {
    return new CliTerminal(args, { ...options, env: { ...this.#env, ...options.env } });
  }

  get #env() {
    return { XDG_STATE_HOME: this.#folder, BK_STACK_SANDBOX: '1', AWS_REGION: 'us-east-1' };
  }
}
