import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OperationError } from '../../../errors.ts';
import { failureOf, type FromBackground } from './channel.ts';
import { alreadyRunning, bearer, findSandbox, isAlive, type RunningSandbox } from './discovery.ts';
import { logFile, stateDirectory } from './paths.ts';
import type { RunOptions } from './run.ts';
import { Storage } from '../persistence/storage.ts';

/** Real milliseconds. */
const START_WITHIN = 30_000;
const STOP_WITHIN = 10_000;
const LOOK_AGAIN = 50;

/**
 * Starts a sandbox that outlives this process, and waits until it answers.
 * @throws UsageError when one runs already, its port is taken, or a fault cannot be read
 * @throws OperationError when it does not come up
 */
export async function startInBackground(options: RunOptions): Promise<RunningSandbox> {
  const running = findSandbox();
  if (running !== undefined) throw alreadyRunning(running);
  const log = logFile();
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
  const output = openSync(log, 'a', 0o600);
  try {
    const [program, ...args] = backgroundProgram();
    const child = spawn(program, [...args, JSON.stringify(options)], {
      detached: true,
      // The folder that a command was typed in may go away while the sandbox runs on.
      cwd: dirname(log),
      stdio: ['ignore', output, output, 'ipc'],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    return await new Promise<RunningSandbox>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(didNotStart(`no answer after ${START_WITHIN / 1000} s`, log));
      }, START_WITHIN);
      child.once('error', (error) => {
        clearTimeout(timer);
        reject(didNotStart(error.message, log));
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(didNotStart(`its process ended with ${signal ?? String(code)}`, log));
      });
      child.once('message', (message: FromBackground) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (child.connected) child.disconnect();
        child.unref();
        if ('ready' in message) resolve(message.ready);
        else reject(failureOf(message.failed));
      });
    });
  } finally {
    closeSync(output);
  }
}

/**
 * Stops the sandbox that runs, and waits until its state is written.
 * @returns what was stopped; undefined if none ran
 * @throws OperationError when it does not end
 */
export async function stopSandbox(): Promise<RunningSandbox | undefined> {
  const running = findSandbox();
  if (running === undefined) return undefined;
  // One that does not answer any more gets a signal.
  await ask(running, 'POST', 'stop').catch(() => process.kill(running.pid, 'SIGTERM'));
  const until = Date.now() + STOP_WITHIN;
  while (isAlive(running.pid) && findSandbox() !== undefined) {
    if (Date.now() > until) {
      throw new OperationError(`The sandbox (process ${running.pid}) does not stop`, {
        hint: `End it: kill -9 ${running.pid}`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
  return running;
}

/** Empties the sandbox, running or not. @returns the one that runs, if any */
export async function resetSandbox(): Promise<RunningSandbox | undefined> {
  const running = findSandbox();
  if (running === undefined) new Storage(stateDirectory()).clear();
  else await ask(running, 'POST', 'reset');
  return running;
}

async function ask(sandbox: RunningSandbox, method: string, path: string): Promise<void> {
  const { endpoint } = sandbox;
  const url = `${endpoint}/_sandbox/${path}`;
  const response = await fetch(url, {
    method,
    headers: bearer(sandbox),
    signal: AbortSignal.timeout(STOP_WITHIN),
  }).catch((cause: unknown) => {
    throw new OperationError(`The sandbox at ${endpoint} does not answer`, { cause });
  });
  if (!response.ok) throw new OperationError(`The sandbox refused: ${await response.text()}`);
}

function didNotStart(why: string, log: string): OperationError {
  return new OperationError(`The sandbox did not start: ${why}`, { hint: `See ${log}` });
}

/** Beside the bundle, whose chunks lie in dist; in a checkout the TypeScript source itself. */
function backgroundProgram(): [string, ...string[]] {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundled = [here, dirname(here), dirname(dirname(here))]
    .map((folder) => join(folder, 'sandbox', 'server', 'process', 'background.js'))
    .find((file) => existsSync(file));
  if (bundled !== undefined) return [process.execPath, bundled];
  return [process.execPath, '--import', import.meta.resolve('tsx'), join(here, 'background.ts')];
}
