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
 * they are, each by itself and silently: one that fails, fails the job and names itself.
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
  const envFiles = secrets.envFiles.map(
    ({ key, text }) =>
      // What bash says of a line that it cannot use is that line itself.
      `set -o allexport; eval ${quoted(withoutDosEnds(text))} 2>/dev/null || bk_stack_failed ${quoted(`${key} in the secrets bucket`)}; set +o allexport`,
  );
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

/** A carriage return before a line feed would become part of every value. */
function withoutDosEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
