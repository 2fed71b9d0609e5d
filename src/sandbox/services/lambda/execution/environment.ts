import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import type { FromRunner, FunctionFailure, Invocation } from './messages.ts';
import { runnerProgram, sdkFolders } from './program.ts';

export interface EnvironmentOptions {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** All that the function gets; nothing of the sandbox's own environment reaches it. */
  readonly variables: Readonly<Record<string, string>>;
  /** In megabytes. */
  readonly memorySize: number;
}

/** What became of an invocation; times are milliseconds of the sandbox. */
export interface Outcome {
  /** JSON. */
  readonly payload: string;
  /** Set when the function failed. */
  readonly failure?: FunctionFailure;
  readonly timedOut?: true;
  readonly duration: number;
  /** Only of the first invocation. */
  readonly initDuration?: number;
  /** In megabytes; undefined where the process could not say. */
  readonly memory?: number;
}

export type LogSink = (text: string, level?: string) => void;

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib, in milliseconds. */
const INIT_LIMIT = 10_000;
/** A function's own work does not become faster with the sandbox's time: it may take so long, in real milliseconds. */
const WORK_LIMIT = 5_000;
/** How long a process that ends may take to say its last words. */
const LAST_WORDS = 50;

const live = new Set<ExecutionEnvironment>();
let watching = false;

/** A process in which one function runs, one invocation after the other, with what its module keeps between them. */
export class ExecutionEnvironment {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #betweenTimes = (message: FromRunner): void => {
    if (message.kind === 'log') this.#log(message.text, message.level);
  };
  #receive = this.#betweenTimes;
  #ended: (reason: string) => void = () => undefined;
  #log: LogSink = () => undefined;
  #used = false;
  #alive = true;
  readonly #startedAt = performance.now();

  constructor({ files, variables, memorySize }: EnvironmentOptions) {
    this.#folder = mkdtempSync(join(realpathSync(tmpdir()), 'bk-stack-lambda-'));
    const root = join(this.#folder, 'task');
    unpack(files, root);
    linkSdk(this.#folder);
    this.#child = fork(runnerProgram(), [this.#folder], {
      cwd: root,
      env: { ...variables, LAMBDA_TASK_ROOT: root },
      execArgv: nodeOptions(memorySize),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    live.add(this);
    endWithSandbox();
    this.#child.on('message', (message: FromRunner) => {
      this.#receive(message);
    });
    this.#child.once('error', (error) => {
      this.#gone(error.message);
    });
    this.#child.once('exit', (code, signal) => {
      this.#gone(exitReason(code, signal));
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log(text.replace(/\n$/, ''));
      });
      // A process that idles must not keep the sandbox from ending.
      (stream as { unref?: () => void } | null)?.unref?.();
    }
    this.#child.unref();
    this.#child.channel?.unref();
  }

  /** Whether it can take another invocation. */
  get usable(): boolean {
    return this.#alive;
  }

  /**
   * Runs the function once. Never throws: what goes wrong is in the outcome.
   * @param timeout in milliseconds of the sandbox, though no fewer real ones than it or {@link WORK_LIMIT}; beside the time
   * that the first one takes to start
   * @param log gets what the function writes
   */
  async invoke(invocation: Omit<Invocation, 'deadline'>, timeout: number, log: LogSink): Promise<Outcome> {
    this.#log = log;
    let initDuration: number | undefined;
    if (!this.#used) {
      this.#used = true;
      const started = await this.#next(INIT_LIMIT, invocation.requestId);
      initDuration = performance.now() - this.#startedAt;
      if (started.kind !== 'ready') return { ...outcomeOf(started), duration: initDuration, initDuration };
    }
    const began = performance.now();
    const { now, speed } = invocation.clock;
    const limit = Math.max(timeout / speed, Math.min(timeout, WORK_LIMIT));
    const answered = this.#next(limit, invocation.requestId, timeout);
    const deadline = now + timeout;
    // A process that has ended meanwhile tells by its exit.
    this.#child.send({ ...invocation, deadline } satisfies Invocation, () => undefined);
    const answer = await answered;
    return {
      ...outcomeOf(answer),
      duration: Math.min((performance.now() - began) * speed, timeout),
      ...(initDuration !== undefined && { initDuration }),
    };
  }

  /** What the process says next, or how it ended instead. @param limit in real milliseconds; `told`: as it is told */
  #next(limit: number, requestId: string, told = limit): Promise<Answer> {
    return new Promise((resolveNext) => {
      const settle = (answer: Answer) => {
        clearTimeout(timer);
        this.#receive = this.#betweenTimes;
        this.#ended = () => undefined;
        resolveNext(answer);
      };
      // It also keeps the sandbox from ending while a function runs.
      const timer = setTimeout(() => {
        this.stop();
        const seconds = (told / 1000).toFixed(2);
        settle({ kind: 'timeout', failure: timeoutFailure(requestId, seconds) });
      }, limit);
      this.#receive = (message) => {
        if (message.kind === 'log') this.#log(message.text, message.level);
        else {
          if (message.kind === 'failure' && message.fatal) this.#alive = false;
          settle(message);
        }
      };
      this.#ended = (reason) => {
        setTimeout(() => {
          const errorMessage = `RequestId: ${requestId} Error: ${reason}`;
          settle({ kind: 'failure', failure: { errorType: 'Runtime.ExitError', errorMessage }, fatal: true });
        }, LAST_WORDS);
      };
      if (!this.#alive) this.#ended('Runtime exited without providing a reason');
    });
  }

  #gone(reason: string): void {
    this.#alive = false;
    this.#remove();
    this.#ended(reason);
  }

  /** Ends the process at once. */
  stop(): void {
    this.#alive = false;
    this.#child.kill('SIGKILL');
    this.#remove();
  }

  #remove(): void {
    live.delete(this);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

type Answer =
  | Exclude<FromRunner, { kind: 'log' | 'failure' }>
  | {
      readonly kind: 'failure';
      readonly failure: FunctionFailure;
      readonly fatal: boolean;
      readonly memory?: number;
    }
  | { readonly kind: 'timeout'; readonly failure: FunctionFailure };

function outcomeOf(answer: Answer): Omit<Outcome, 'duration'> {
  switch (answer.kind) {
    case 'ready':
      return { payload: 'null' };
    case 'result':
      return { payload: answer.payload, memory: answer.memory };
    case 'timeout':
      return { payload: JSON.stringify(answer.failure), failure: answer.failure, timedOut: true };
    case 'failure': {
      const { failure, memory } = answer;
      return { payload: JSON.stringify(failure), failure, ...(memory !== undefined && { memory }) };
    }
  }
}

function timeoutFailure(requestId: string, seconds: string): FunctionFailure {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null)
    return `Runtime exited with error: signal: ${signal === 'SIGABRT' ? 'aborted' : 'killed'}`;
  return code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${String(code)}`;
}

/** @throws Error for a path that leads out of the package */
function unpack(files: EnvironmentOptions['files'], root: string): void {
  mkdirSync(root, { mode: 0o700 });
  for (const [path, content] of Object.entries(files)) {
    const file = resolve(root, path);
    if (!file.startsWith(root + sep)) throw new Error(`the package has a file outside of itself: ${path}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Above the package, where Node.js looks for what the package does not bring itself. */
function linkSdk(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  for (const { scope, folder: target } of sdkFolders()) {
    symlinkSync(target, join(folder, 'node_modules', scope), 'dir');
  }
}

/** Lambda's Node.js reads no module syntax in .js files, and requires no ES modules. */
const STRICT_MODULES = ['--no-experimental-detect-module', '--no-experimental-require-module'];

function nodeOptions(memorySize: number): string[] {
  const known = STRICT_MODULES.filter((option) =>
    process.allowedNodeEnvironmentFlags.has(option.replace('--no-', '--')),
  );
  return [`--max-old-space-size=${memorySize}`, ...known, '--no-warnings'];
}

/** No function outlives the sandbox. */
function endWithSandbox(): void {
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const environment of live) environment.stop();
  });
}
