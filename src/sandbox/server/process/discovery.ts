import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { OperationError, UsageError } from '../../../errors.ts';
import type { Credentials } from '../../kernel/keys.ts';
import { discoveryFile, stateDirectory } from './paths.ts';

/** A sandbox that runs on this machine, for this user. */
export interface RunningSandbox {
  readonly endpoint: string;
  /** How many times faster than real time its clock runs. */
  readonly speed: number;
  readonly pid: number;
  /** The keys that its AWS takes. Its control endpoints take the secret one as a bearer token. */
  readonly credentials: Credentials;
}

/** The file's content; a sandbox of an older bk-stack has no keys. */
interface Record extends Omit<RunningSandbox, 'credentials'> {
  readonly credentials?: Credentials;
  /** Real milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * The sandbox that runs, if one does. Reads one small file, as every command that looks for a sandbox comes here.
 * @param directory where its state is kept
 * @throws OperationError when the one that runs is of a bk-stack that gave it no keys
 */
export function findSandbox(directory = stateDirectory()): RunningSandbox | undefined {
  const record = readRecord(directory);
  if (record === undefined) return undefined;
  const { endpoint, speed, pid, startedAt, credentials } = record;
  // After a restart of the machine the number belongs to another process.
  const booted = Date.now() - uptime() * 1000;
  if (startedAt < booted - 5000 || !isAlive(pid)) return undefined;
  if (credentials !== undefined) return { endpoint, speed, pid, credentials };
  throw new OperationError(`The sandbox at ${endpoint} was started by an older bk-stack`, {
    hint: `Stop it: kill ${pid}. Its state stays for the next start.`,
  });
}

/** The header that opens a sandbox's control endpoints, and its Buildkite REST API. */
export function bearer({ credentials }: Pick<RunningSandbox, 'credentials'>): {
  readonly authorization: string;
} {
  return { authorization: `Bearer ${credentials.secretAccessKey}` };
}

/** Lets every command of this user, and nobody else, find this process and its keys. */
export function announce(sandbox: RunningSandbox): void {
  const file = discoveryFile();
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const draft = `${file}.${sandbox.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, JSON.stringify({ ...sandbox, startedAt: Date.now() }), { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
}

/** Takes the announcement of this process back; another's stays. */
export function withdraw(pid: number): void {
  if (readRecord(stateDirectory())?.pid === pid) rmSync(discoveryFile(), { force: true });
}

function readRecord(directory: string): Record | undefined {
  try {
    const value = JSON.parse(readFileSync(discoveryFile(directory), 'utf8')) as Partial<Record>;
    const { endpoint, speed, pid, startedAt, credentials } = value;
    if (endpoint === undefined || speed === undefined || pid === undefined || startedAt === undefined) {
      return undefined;
    }
    return { endpoint, speed, pid, startedAt, ...(credentials !== undefined && { credentials }) };
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function alreadyRunning({ endpoint, pid }: RunningSandbox): UsageError {
  return new UsageError(`A sandbox runs already at ${endpoint} (process ${pid})`, {
    hint: 'Use it, or stop it first: bk-stack sandbox stop',
  });
}
