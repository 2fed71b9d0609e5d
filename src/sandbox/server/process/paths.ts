import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the sandbox keeps what outlives it: the XDG state directory.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function stateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const stated = env['XDG_STATE_HOME'];
  // The specification has relative paths ignored.
  const base = stated?.startsWith('/') || /^[A-Za-z]:\\/.test(stated ?? '') ? stated : undefined;
  return join(base ?? join(homedir(), '.local', 'state'), 'bk-stack', 'sandbox');
}

/** What a running sandbox says of itself. */
export function discoveryFile(directory = stateDirectory()): string {
  return join(directory, 'server.json');
}

/** What a sandbox in the background writes when something is wrong with it. */
export function logFile(directory = stateDirectory()): string {
  return join(directory, 'server.log');
}
