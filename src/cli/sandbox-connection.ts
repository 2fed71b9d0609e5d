import { findSandbox } from '../sandbox/server/discovery.ts';

/** How to reach the sandbox that runs on this machine. */
export interface SandboxConnection {
  readonly endpoint: string;
  readonly speed: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The running sandbox, or one started in the background. `say` gets the line that tells that nothing touches AWS. */
export async function sandboxConnection(say: (line: string) => void): Promise<SandboxConnection> {
  const running = findSandbox() ?? (await startInBackground());
  say(`Sandbox at ${running.endpoint}, ${running.speed} times faster than real time: nothing touches AWS.`);
  return {
    endpoint: running.endpoint,
    speed: running.speed,
    credentials: { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'sandbox' },
  };
}

async function startInBackground() {
  const { startInBackground: start } = await import('../sandbox/server/lifecycle.ts');
  return start({});
}
