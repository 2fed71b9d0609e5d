import type { Run } from '../../shell/run.ts';
import type { Secret } from './secret-store.ts';

export interface SshAgent {
  readonly socket: string;
  readonly pid: string;
  /** The keys that it has. */
  readonly added: readonly string[];
  /** Why others were not taken. Never what is in them. */
  readonly refused: readonly string[];
}

/**
 * Starts an ssh-agent for one job and gives it the keys.
 * @param socketPath where it listens; its own choice by default
 * @throws Error when ssh-agent cannot be started
 */
export async function startSshAgent(
  run: Run,
  keys: readonly Secret[],
  socketPath?: string,
): Promise<SshAgent> {
  const place = socketPath === undefined ? [] : ['-a', socketPath];
  const started = await run('ssh-agent', ['-s', ...place], { timeoutSeconds: 30 });
  const socket = /SSH_AUTH_SOCK=([^;\n]+);/.exec(started.stdout)?.[1];
  const pid = /SSH_AGENT_PID=(\d+);/.exec(started.stdout)?.[1];
  if (started.status !== 0 || socket === undefined || pid === undefined) {
    throw new Error(`ssh-agent does not start: ${started.stderr.trim()}`);
  }
  const environment = {
    ...process.env,
    SSH_AUTH_SOCK: socket,
    // Whoever asks for a passphrase is answered at once, as nobody sits there.
    SSH_ASKPASS: '/bin/false',
    SSH_ASKPASS_REQUIRE: 'force',
    DISPLAY: '',
  };
  const added: string[] = [];
  const refused: string[] = [];
  for (const { key, text } of keys) {
    // ssh-add takes a key without its last line feed for damaged.
    const input = text.endsWith('\n') ? text : `${text}\n`;
    const outcome = await run('ssh-add', ['-q', '-'], { input, environment, timeoutSeconds: 10 });
    if (outcome.status === 0) added.push(key);
    else refused.push(`${key}: ${reason(text, outcome.stderr)}`);
  }
  return { socket, pid, added, refused };
}

function reason(key: string, stderr: string): string {
  if (/^ssh-\S+ |^ecdsa-\S+ /.test(key)) return 'it is a public key, and the private one belongs here';
  if (/ENCRYPTED|bcrypt/.test(key) || /passphrase/i.test(stderr)) {
    return 'it has a passphrase, and nobody is there to type it: store the key without one';
  }
  return stderr.trim().split('\n').at(-1) ?? 'ssh-add does not take it';
}
