import { readFileSync } from 'node:fs';

/**
 * The variables of the job. They come on the descriptor that `as-agent` names (boot/configuration/files.ts), as the program itself runs
 * in the agent's environment; without one, its own are the job's.
 * @throws Error where there are none, as a job without variables would get the secrets of every pipeline alone
 */
export function jobEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const descriptor = own['BK_STACK_JOB_ENVIRONMENT'];
  if (descriptor === undefined) return own;
  const job = parseVariables(readFileSync(Number(descriptor), 'utf8'));
  if (Object.keys(job).length === 0) throw new Error("The job's variables did not arrive");
  return job;
}

/** Variables as `env -0` prints them. */
export function parseVariables(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\0').flatMap((entry) => {
      const equals = entry.indexOf('=');
      return equals < 1 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)]];
    }),
  );
}
