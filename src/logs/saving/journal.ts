import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { OperationError, UsageError } from '../../errors.ts';
import { word } from '../../shell/quoted.ts';
import type { GroupTarget } from '../event.ts';

/** What is written to a directory, which is all that a resumed run needs to know. */
export interface SavingPlan {
  readonly stack: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  readonly pattern?: string;
  readonly format: 'text' | 'json';
  readonly files: readonly SavedFile[];
}

/** A stream, and the file for it. */
export interface SavedFile {
  readonly place: GroupTarget;
  readonly stream: string;
  /** In the directory. */
  readonly path: string;
}

/** How far a file has come. What it holds beyond that was written as the last run was cut short. */
export interface FileProgress {
  readonly bytes: number;
  readonly events: number;
  /** CloudWatch's, of the page that comes next. */
  readonly next?: string;
}

interface Journal extends SavingPlan {
  readonly version: 1;
  readonly done: boolean;
}

const JOURNAL = 'bk-stack-logs.json';

/**
 * Makes a directory ready for a plan.
 * @throws UsageError for one that holds something: nothing is ever written over
 */
export function beginSaving(directory: string, plan: SavingPlan): void {
  writeJson(join(directory, JOURNAL), { version: 1, ...plan, done: false } satisfies Journal);
}

/** @throws UsageError for a directory that holds something already, and for what can be none */
export function requireUnusedDirectory(directory: string): void {
  requireDirectory(directory);
  const journal = readJournal(directory);
  if (journal?.done === true) {
    throw new UsageError(`${directory} holds logs of ${journal.stack} already`, {
      hint: 'Nothing is written over. Name another directory with --output.',
    });
  }
  if (journal !== undefined) {
    throw new UsageError(`${directory} holds logs of ${journal.stack} that are not complete`, {
      hint: `Go on with them: ${resumeCommand(journal.stack, directory)}`,
    });
  }
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new UsageError(`${directory} is not empty`, {
      hint: 'Nothing is written over. Name another directory with --output.',
    });
  }
}

/** The command that goes on with what was cut short. */
export function resumeCommand(stack: string, directory: string): string {
  return `bk-stack logs get ${stack} --output ${word(directory)} --resume`;
}

/** Whether a run has begun there and has not come to its end. */
export function isUnfinished(directory: string): boolean {
  return readJournal(directory)?.done === false;
}

/** The plan that a run which was cut short has left. @throws UsageError where there is none for this stack */
export function planToResume(directory: string, stack: string): SavingPlan {
  requireDirectory(directory);
  const journal = readJournal(directory);
  if (journal === undefined) {
    throw new UsageError(`${directory} holds nothing to resume`, { hint: 'Leave --resume out to begin.' });
  }
  if (journal.stack !== stack) {
    throw new UsageError(`${directory} holds logs of ${journal.stack}, not of ${stack}`, {
      hint: `To go on with those: ${resumeCommand(journal.stack, directory)}`,
    });
  }
  if (journal.done) {
    throw new UsageError(`${directory} is complete: there is nothing to resume`, {
      hint: 'Name another directory with --output to get others.',
    });
  }
  return journal;
}

export function endSaving(directory: string, plan: SavingPlan): void {
  writeJson(join(directory, JOURNAL), { ...plan, version: 1, done: true } satisfies Journal);
}

/** How far a file that is not complete had come; undefined for one that has not been begun. */
export function progressOf(part: string): FileProgress | undefined {
  return readJson(`${part}.json`) as FileProgress | undefined;
}

export function saveProgress(part: string, progress: FileProgress): void {
  writeJson(`${part}.json`, progress);
}

export function removeProgress(part: string): void {
  rmSync(`${part}.json`, { force: true });
}

/** An empty name would be the directory that one is in, and that is not what an unset variable stands for. */
function requireDirectory(directory: string): void {
  if (directory === '') {
    throw new UsageError('--output is empty', {
      hint: 'Name a directory that is new or empty: --output ./logs',
    });
  }
  // What is not there yet is made in what is.
  let there = directory;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (statSync(there, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  throw new UsageError(`${there} is a file`, {
    hint: 'Name a directory that is new or empty with --output.',
  });
}

function readJournal(directory: string): Journal | undefined {
  const journal = readJson(join(directory, JOURNAL)) as Journal | { readonly version: unknown } | undefined;
  if (journal === undefined || isOurs(journal)) return journal;
  throw new OperationError(`${join(directory, JOURNAL)} was written by another version of bk-stack`, {
    hint: 'Name another directory with --output.',
  });
}

function isOurs(journal: Journal | { readonly version: unknown }): journal is Journal {
  return journal.version === 1;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new OperationError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** In one step, so that a run that is cut short leaves the one or the other. */
function writeJson(file: string, value: object): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
