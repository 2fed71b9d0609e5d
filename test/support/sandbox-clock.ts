import { bearer, type RunningSandbox } from '../../src/sandbox/server/process/discovery.ts';
import { until } from './until.ts';

type Asked = Pick<RunningSandbox, 'endpoint' | 'credentials'>;

/** The sandbox's own time, in milliseconds since 1970. */
export async function sandboxTime(sandbox: Asked): Promise<number> {
  const answer = await fetch(`${sandbox.endpoint}/_sandbox/status`, { headers: bearer(sandbox) });
  return Date.parse(((await answer.json()) as { readonly now: string }).now);
}

/** Lets seconds of the sandbox's own time pass, in which something is not to happen. */
export async function sandboxPasses(sandbox: Asked, seconds: number): Promise<void> {
  const end = (await sandboxTime(sandbox)) + seconds * 1000;
  await until(`${seconds} s of the sandbox pass`, async () => (await sandboxTime(sandbox)) >= end);
}
