import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { retryClockOf, withRetry } from '../../aws/retry.ts';
import { requireStack } from '../../stack/facts/stack/find-stack.ts';
import { type LogCalls, logCalls } from '../calls.ts';
import { instancesOfStack } from '../console.ts';
import type { GroupTarget, LogGroup } from '../event.ts';
import { instanceStreams } from '../streams.ts';
import { logTargets } from '../targets.ts';
import {
  beginSaving,
  endSaving,
  planToResume,
  requireUnusedDirectory,
  type SavedFile,
  type SavingPlan,
} from './journal.ts';
import { saveStream } from './save-stream.ts';

/** Streams at once: CloudWatch allows some tens of requests a second, of which others want some. */
const AT_ONCE = 4;

export interface SavingRequest {
  readonly stackName: string;
  readonly directory: string;
  readonly groups: readonly LogGroup[];
  /** Ids of instances; undefined for all. */
  readonly instances: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  readonly pattern: string | undefined;
  readonly format: SavingPlan['format'];
}

export interface SavingProgress {
  readonly files: number;
  readonly filesDone: number;
  readonly events: number;
  readonly bytes: number;
}

export interface SavedLogs {
  readonly directory: string;
  readonly since: string;
  readonly until: string;
  readonly files: readonly {
    readonly path: string;
    readonly group: LogGroup;
    readonly stream: string;
    readonly bytes: number;
  }[];
  readonly bytes: number;
}

type SavingContext = { readonly signal: AbortSignal; readonly progress: (progress: SavingProgress) => void };

/**
 * Writes the logs of a time to a directory, a file for each stream.
 * @throws UsageError for a directory that is not empty, and for a pattern that CloudWatch cannot read
 * @throws OperationError where there is no such stack
 */
export async function saveLogs(
  aws: AwsContext,
  order: SavingRequest,
  surroundings: SavingContext,
): Promise<SavedLogs> {
  requireUnusedDirectory(order.directory);
  const calls = logCalls(aws, surroundings.signal);
  const files = await filesOf(aws, calls, order, surroundings.signal);
  const { stackName: stack, since, until, pattern, format } = order;
  const plan = {
    stack,
    region: aws.region,
    since,
    until,
    format,
    files,
    ...(pattern !== undefined && { pattern }),
  };
  // Only CloudWatch knows whether it can read a pattern: it is asked before there is anything to be resumed.
  const [first] = files;
  if (pattern !== undefined && first !== undefined) {
    const range = { start: since, end: until, pattern, streams: [first.stream] };
    await withRetry(retryClockOf(aws, surroundings.signal), () => calls.events(first.place, range));
  }
  beginSaving(order.directory, plan);
  return savePlanned(aws, order.directory, plan, surroundings);
}

/** Goes on with what a run that was cut short has left. @throws UsageError where there is nothing of this stack */
export function resumeSaving(
  aws: AwsContext,
  { directory, stackName }: Pick<SavingRequest, 'directory' | 'stackName'>,
  surroundings: SavingContext,
): Promise<SavedLogs> {
  return savePlanned(aws, directory, planToResume(directory, stackName), surroundings);
}

async function savePlanned(
  aws: AwsContext,
  directory: string,
  plan: SavingPlan,
  { signal, progress }: SavingContext,
): Promise<SavedLogs> {
  const home = plan.region === aws.region ? aws : aws.inRegion(plan.region);
  const calls = logCalls(home, signal);
  const retry = retryClockOf(home, signal);
  const so = { files: plan.files.length, filesDone: 0, events: 0, bytes: 0 };
  const files = await pLimit(AT_ONCE).map(plan.files, async (file) => {
    const { bytes } = await saveStream(calls, retry, directory, plan, file, (page) => {
      so.events += page.events;
      so.bytes += page.bytes;
      progress({ ...so });
    });
    so.filesDone += 1;
    return { path: file.path, group: file.place.group, stream: file.stream, bytes };
  });
  endSaving(directory, plan);
  return {
    directory,
    since: new Date(plan.since).toISOString(),
    until: new Date(plan.until).toISOString(),
    files: files.filter(({ bytes }) => bytes > 0),
    bytes: so.bytes,
  };
}

/** The streams that may have events of the time, and what their files are called. */
async function filesOf(
  aws: AwsContext,
  calls: LogCalls,
  { stackName, groups, instances, ...window }: SavingRequest,
  signal: AbortSignal,
): Promise<readonly SavedFile[]> {
  const stack = await requireStack(aws, stackName);
  const { targets, sharedBy } = logTargets(stack, groups);
  const retry = retryClockOf(aws, signal);
  const among = instances ?? (sharedBy === undefined ? undefined : await instancesOfStack(aws, stack));
  const taken = new Set<string>();
  const files: SavedFile[] = [];
  for (const place of targets) {
    // The scaler's streams are no instances'.
    if (among !== undefined && place.group === 'scaler') continue;
    for (const stream of await instanceStreams(calls, retry, [place], window, among)) {
      files.push({ place, stream, path: pathOf(place, stream, window.format, taken) });
    }
  }
  return files;
}

/** `boot/i-0123456789abcdef0.log`. The names of Lambda's streams have signs in them that those of files cannot have. */
export function pathOf(
  { group, name }: GroupTarget,
  stream: string,
  format: SavingPlan['format'],
  taken: Set<string>,
): string {
  const folder = name.endsWith(`/${group}`) ? group : name.replace(/^\/buildkite\//, '').replaceAll('/', '-');
  const file = `${folder}/${stream.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_')}`;
  const extension = format === 'json' ? 'jsonl' : 'log';
  let path = `${file}.${extension}`;
  for (let count = 2; taken.has(path); count += 1) path = `${file}-${count}.${extension}`;
  taken.add(path);
  return path;
}
