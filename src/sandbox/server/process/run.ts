import { UsageError } from '../../../errors.ts';
import { loadSpecification } from '../../cloudformation/specification/load.ts';
import { services } from '../services.ts';
import { alreadyRunning, announce, findSandbox, type RunningSandbox, withdraw } from './discovery.ts';
import { stateDirectory } from './paths.ts';
import { SandboxServer } from '../server.ts';

export interface RunOptions {
  /** Left out: the usual port, or any other when that is taken. */
  readonly port?: number;
  /** How many times faster than real time the clock runs; 20 when left out. */
  readonly speed?: number;
  readonly faults?: readonly string[];
  /** Whether callers may only do what their identity policies allow. */
  readonly enforceIam?: boolean;
}

export interface RunHooks {
  /** Ends the sandbox. */
  readonly signal: AbortSignal;
  /** Called once it answers. */
  readonly ready?: (sandbox: RunningSandbox) => void;
  /** Gets one line a request, and what goes wrong. */
  readonly log: (line: string) => void;
  readonly failed: (error: unknown) => void;
}

const USUAL_PORT = 4599;
const USUAL_SPEED = 20;

/**
 * Runs the sandbox in this process until it is told to stop, over HTTP or by the signal.
 * @throws UsageError when one runs already, or its port is taken
 */
export async function runSandbox(
  { port, speed = USUAL_SPEED, faults = [], enforceIam = false }: RunOptions,
  { signal, ready, log, failed }: RunHooks,
): Promise<void> {
  const running = findSandbox();
  if (running !== undefined) throw alreadyRunning(running);
  const directory = stateDirectory();
  const options = { speed, faults, enforceIam, directory, log, failed };
  const listen = (on: number) => SandboxServer.listen({ port: on, ...options });
  const server = await listen(port ?? USUAL_PORT).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (port === undefined) return listen(0);
    throw new UsageError(`Port ${port} of 127.0.0.1 is taken by another program`, {
      cause: error,
      hint: 'Choose another: bk-stack sandbox start --port <port>',
    });
  });
  const { endpoint, credentials } = server;
  const sandbox = { endpoint, speed, pid: process.pid, credentials };
  announce(sandbox);
  ready?.(sandbox);
  await loadAhead();
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await Promise.race([server.stopped, aborted]);
  // What asked for the end over HTTP gets its answer first.
  await new Promise((resolve) => setImmediate(resolve));
  await server.close();
  withdraw(process.pid);
}

/** What is loaded on demand otherwise: a sandbox outlives a new build of its program, and its removal. */
async function loadAhead(): Promise<void> {
  loadSpecification();
  for (const { sdk } of services) await sdk();
}
