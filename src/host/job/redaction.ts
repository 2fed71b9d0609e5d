import type { Run } from '../../shell/run.ts';
import { parseCredentials } from '../../secrets/build/git-credentials.ts';
import type { JobSecrets } from '../../secrets/build/read.ts';

/** What the agent's redactor takes for one value, in bytes. */
const LONGEST = 65_536;

/** The values that shall never show in a job's log, by a name for each. */
export function redactedValues({ variables, gitCredentials }: JobSecrets): Record<string, string> {
  const passwords = gitCredentials.flatMap(({ key, text }) =>
    parseCredentials(text).map(({ password = '' }, index) => [`${key}#${index + 1}`, password] as const),
  );
  return Object.fromEntries(
    [...variables, ...passwords].filter(
      ([, value]) => value.trim() !== '' && Buffer.byteLength(value) <= LONGEST,
    ),
  );
}

/**
 * Gives values to the agent's redactor, all in one call and by its standard input. Variables that env files set are
 * redacted by the agent itself, by their names.
 * https://buildkite.com/docs/agent/v3/cli-redactor
 * @returns why it failed, or undefined
 */
export async function redact(
  run: Run,
  values: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (Object.keys(values).length === 0) return undefined;
  const outcome = await run('buildkite-agent', ['redactor', 'add', '--format', 'json'], {
    input: JSON.stringify(values),
    timeoutSeconds: 10,
  });
  return outcome.status === 0 ? undefined : (outcome.stderr.trim().split('\n').at(-1) ?? 'it failed');
}
