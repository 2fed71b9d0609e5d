import { exported, quoted } from '../../shell/quoted.ts';
import type { SshAgent } from './ssh-agent.ts';
import type { JobSecrets } from './read.ts';

/** What the environment hook of a job is made of. */
export interface JobEnvironment {
  /** Set whatever the job says. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Set where the job has no value of its own, as AWS_REGION. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly secrets: JobSecrets | undefined;
  readonly sshAgent: SshAgent | undefined;
  /** The command line that git runs for credentials. */
  readonly credentialHelper: string;
}

/**
 * The shell text that the agent's environment hook evaluates. Env files are code of the bucket's owner and are run as
 * they are, each by itself, silently, and under the options of Buildkite's own hook (`set -eu`): a command that fails, a
 * variable that isn't set, and a file that ends early fail the job, which names the file.
 * https://github.com/buildkite/elastic-ci-stack-s3-secrets-hooks/blob/master/hooks/environment
 */
export function environmentScript(environment: JobEnvironment): string {
  const { fixed, defaults, secrets, sshAgent, credentialHelper } = environment;
  const lines = Object.entries(fixed).map(([name, value]) => exported(name, value));
  for (const [name, value] of Object.entries(defaults)) {
    lines.push(`[ -n "\${${name}+set}" ] || ${exported(name, value)}`);
  }
  if (sshAgent !== undefined) {
    lines.push(exported('SSH_AUTH_SOCK', sshAgent.socket), exported('SSH_AGENT_PID', sshAgent.pid));
  }
  if (secrets !== undefined) lines.push(...secretLines(secrets, credentialHelper));
  return `${lines.join('\n')}\n`;
}

function secretLines(secrets: JobSecrets, credentialHelper: string): string[] {
  const envFiles = secrets.envFiles.flatMap(({ key, text }) => [
    // The shell may exit while the file's own stdout and stderr are still in force.
    'exec {bk_stack_stdout}>&1 {bk_stack_stderr}>&2',
    `trap ${quoted(`bk_stack_failed ${quoted(`${key} in the secrets bucket`)} >&"$bk_stack_stdout" 2>&"$bk_stack_stderr"`)} EXIT`,
    'set -o allexport -o errexit -o nounset',
    // bash quotes a line that it cannot use, and a bare `export` lists every variable with its value.
    `eval ${quoted(withUnixLineEnds(text))} >/dev/null 2>&1`,
    // A file that turned tracing on would have the lines below traced, secrets and all.
    '{ set +o allexport +o errexit +o nounset +o xtrace +o verbose; } >/dev/null 2>&1',
    'trap - EXIT',
    'exec {bk_stack_stdout}>&- {bk_stack_stderr}>&-',
  ]);
  const helper =
    secrets.gitCredentials.length === 0
      ? []
      : [
          // git reads single-quoted settings here, beside those that the job itself brings along.
          `export GIT_CONFIG_PARAMETERS="\${GIT_CONFIG_PARAMETERS:+$GIT_CONFIG_PARAMETERS }"${quoted(quoted(`credential.helper=${credentialHelper}`))}`,
        ];
  const variables = [...secrets.variables].map(([name, value]) => exported(name, value));
  return [...envFiles, ...helper, ...variables];
}

/** An env file as builds read it: a carriage return before a line feed would become part of every value. */
export function withUnixLineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
