import { bearer, findSandbox, type RunningSandbox } from '../sandbox/server/process/discovery.ts';

/** How to reach the sandbox that runs on this machine. */
export interface SandboxConnection {
  readonly endpoint: string;
  readonly speed: number;
  readonly credentials: RunningSandbox['credentials'];
  /** Tells its time, in milliseconds since 1970. */
  readonly clock: () => Promise<() => number>;
}

/** The running sandbox, or one started in the background. `say` gets the line that tells that nothing touches AWS. */
export async function sandboxConnection(say: (line: string) => void): Promise<SandboxConnection> {
  const running = findSandbox() ?? (await startInBackground());
  say(`Sandbox at ${running.endpoint}, ${running.speed} times faster than real time: nothing touches AWS.`);
  return {
    endpoint: running.endpoint,
    speed: running.speed,
    credentials: running.credentials,
    clock: () => clockOf(running),
  };
}

/** Its time now, and from here on by this machine's clock and its speed. */
async function clockOf(sandbox: RunningSandbox): Promise<() => number> {
  const { endpoint, speed } = sandbox;
  const answer = await fetch(`${endpoint}/_sandbox/status`, { headers: bearer(sandbox) });
  const { now } = (await answer.json()) as { now: string };
  const [there, here] = [Date.parse(now), Date.now()];
  return () => there + (Date.now() - here) * speed;
}

async function startInBackground() {
  const { startInBackground: start } = await import('../sandbox/server/process/lifecycle.ts');
  return start({});
}
