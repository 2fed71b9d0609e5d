import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { UsageError } from '../../errors.ts';
import { discoveryFile } from './places.ts';

/** A sandbox that runs on this machine, for this user. */
export interface RunningSandbox {
  readonly endpoint: string;
  /** How many times faster than real time its clock runs. */
  readonly speed: number;
  readonly pid: number;
}

interface Record extends RunningSandbox {
  /** Real milliseconds since the epoch. */
  readonly startedAt: number;
}

/** The sandbox that runs, if one does. Reads one small file, as every command that looks for a sandbox comes here. */
export function findSandbox(): RunningSandbox | undefined {
  const record = readRecord();
  if (record === undefined) return undefined;
  const { endpoint, speed, pid, startedAt } = record;
  // After a restart of the machine the number belongs to another process.
  const booted = Date.now() - uptime() * 1000;
  return startedAt >= booted - 5000 && isAlive(pid) ? { endpoint, speed, pid } : undefined;
}

/** Lets every command find this process. */
export function announce(sandbox: RunningSandbox): void {
  const file = discoveryFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${sandbox.pid}`;
  writeFileSync(draft, JSON.stringify({ ...sandbox, startedAt: Date.now() }), { mode: 0o600 });
  renameSync(draft, file);
}

/** Takes the announcement of this process back; another's stays. */
export function withdraw(pid: number): void {
  if (readRecord()?.pid === pid) rmSync(discoveryFile(), { force: true });
}

function readRecord(): Record | undefined {
  try {
    const value = JSON.parse(readFileSync(discoveryFile(), 'utf8')) as Partial<Record>;
    const { endpoint, speed, pid, startedAt } = value;
    if (endpoint === undefined || speed === undefined || pid === undefined || startedAt === undefined) {
      return undefined;
    }
    return { endpoint, speed, pid, startedAt };
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
