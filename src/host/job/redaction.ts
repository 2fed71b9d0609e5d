import { createHash } from 'node:crypto';
import type { Run } from '../../shell/run.ts';
import { withUnixLineEnds } from '../../secrets/job/environment.ts';
import { credentialSecrets } from '../../secrets/job/git-credentials.ts';
import { isRedactedVariable, redactedForms } from '../../secrets/job/redaction.ts';
import type { JobSecrets } from '../../secrets/job/read.ts';
import { parseEnvFile } from '../../secrets/env-file/parse.ts';

/** The variables that the agent gives each job, by which its commands reach it. */
const OF_AGENT = [
  'BUILDKITE_AGENT_ACCESS_TOKEN',
  'BUILDKITE_AGENT_ENDPOINT',
  'BUILDKITE_AGENT_JOB_API_SOCKET',
  'BUILDKITE_AGENT_JOB_API_TOKEN',
];

/** Longest wait for the agent's answer, in seconds; it takes some milliseconds. */
const REDACTOR_TIMEOUT_SECONDS = 30;

/** The values of the bucket that no log of the job may show, as far as they are known before the env files are run. */
export function secretValues({ envFiles, gitCredentials, variables }: JobSecrets): string[] {
  const assigned = envFiles.flatMap(({ text }) =>
    [...parseEnvFile(withUnixLineEnds(text)).variables].flatMap(([name, value]) =>
      value.kind === 'text' && isRedactedVariable(name) ? [value.text] : [],
    ),
  );
  const passwords = gitCredentials.flatMap(({ text }) =>
    credentialSecrets(text).flatMap(({ forms }) => forms),
  );
  return [...variables.values(), ...assigned, ...passwords];
}

/**
 * The values of a job that are secret by the names of its variables, without those that the environment hook has redacted
 * already: it leaves their fingerprints in `BK_STACK_KNOWN_SECRETS`.
 */
export function secretsOfJob({ BK_STACK_KNOWN_SECRETS: list = '', ...job }: NodeJS.ProcessEnv): string[] {
  const known = new Set(list.split(' '));
  return Object.entries(job).flatMap(([name, value = '']) =>
    isRedactedVariable(name) && !known.has(fingerprint(value)) ? [value] : [],
  );
}

/** Tells values apart without being one. Short, as a variable holds those of all. */
export function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}

/**
 * Gives values to the agent's redactor, in every form that logs may show, all in one call and by its standard input.
 * https://buildkite.com/docs/agent/v3/cli-redactor
 * @param job its variables, which lead to its agent
 * @throws Error where the redactor fails: a job that went on could show its secrets
 */
export async function redact(
  run: Run,
  values: readonly string[],
  job: NodeJS.ProcessEnv,
  timeoutSeconds = REDACTOR_TIMEOUT_SECONDS,
): Promise<void> {
  const forms = [...new Set(values.flatMap(redactedForms))];
  if (forms.length === 0) return;
  const { status, stderr } = await run('buildkite-agent', ['redactor', 'add', '--format', 'json'], {
    input: JSON.stringify(Object.fromEntries(forms.map((form, index) => [index, form]))),
    environment: { ...process.env, ...Object.fromEntries(OF_AGENT.map((name) => [name, job[name]])) },
    timeoutSeconds,
  });
  if (status === 0) return;
  throw new Error(
    `The agent's log redactor failed, so logs could show secrets: ${failure(status, stderr, forms, timeoutSeconds)}`,
  );
}

/** The agent's own words only where they hold nothing of what it was given. */
function failure(status: number, stderr: string, forms: readonly string[], timeoutSeconds: number): string {
  if (status === 124) return `buildkite-agent didn't answer within ${timeoutSeconds} s`;
  const [said = ''] = stderr.trim().split('\n').slice(-1);
  const command = `buildkite-agent redactor add exited with ${status}`;
  return said === '' || forms.some((form) => stderr.includes(form)) ? command : `${command}: ${said}`;
}
