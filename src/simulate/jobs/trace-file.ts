import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import { type Trace, traceOf } from '../engine/trace.ts';

/**
 * Reads jobs from a file: CSV with a line a job, or JSON as a list of objects, of `time` (seconds, or a date) and
 * `duration` (seconds).
 * @throws UsageError with the line, and what is allowed there
 */
export async function readTrace(path: string): Promise<Trace> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(
      `The trace ${path} cannot be read: ${missing ? 'there is no such file' : (cause as Error).message}`,
      {
        cause,
      },
    );
  });
  return parseTrace(text, path);
}

/** @throws UsageError */
export function parseTrace(text: string, from: string): Trace {
  const rows = text.trimStart().startsWith('[') ? jsonRows(text, from) : csvRows(text, from);
  if (rows.length === 0) throw new UsageError(`${from} has no jobs`, { hint: FORM });
  const jobs = rows.map(({ time, duration, line }): [number, number] => {
    const at = instantOf(time);
    const seconds = Number(duration);
    if (at === undefined) throw fault(from, line, `"${time}" is no time`);
    if (duration.trim() === '' || !(seconds >= 0)) throw fault(from, line, `"${duration}" is no duration`);
    return [at, seconds];
  });
  const first = jobs.reduce((least, [at]) => Math.min(least, at), Infinity);
  return traceOf(jobs.map(([at, seconds]) => [at - first, seconds] as const));
}

const FORM =
  'Each job has a time (seconds, or a date such as 2026-11-02T09:00:00Z) and a duration in seconds: time,duration';

interface Row {
  readonly time: string;
  readonly duration: string;
  readonly line: number;
}

function fault(from: string, line: number, message: string): UsageError {
  return new UsageError(`${from}:${line}: ${message}`, { hint: FORM });
}

function instantOf(text: string): number | undefined {
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at / 1000;
}

function csvRows(text: string, from: string): Row[] {
  const lines = text.split(/\r?\n/).map((content, index) => ({ content: content.trim(), line: index + 1 }));
  const [head, ...rest] = lines.filter(({ content }) => content !== '' && !content.startsWith('#'));
  if (head === undefined) return [];
  const names = head.content.split(',').map((name) => name.trim().toLowerCase());
  const named = names.includes('time') && names.includes('duration');
  const [timeAt, durationAt] = named ? [names.indexOf('time'), names.indexOf('duration')] : [0, 1];
  return (named ? rest : [head, ...rest]).map(({ content, line }) => {
    const cells = content.split(',');
    const [time, duration] = [cells[timeAt], cells[durationAt]];
    if (time === undefined || duration === undefined)
      throw fault(from, line, 'a time and a duration belong here');
    return { time, duration, line };
  });
}

function jsonRows(text: string, from: string): Row[] {
  let jobs: unknown;
  try {
    jobs = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${from} is no JSON: ${(cause as Error).message}`, { cause, hint: FORM });
  }
  return (jobs as Record<string, unknown>[]).map((job, index) => ({
    time: textOf(job['time']),
    duration: textOf(job['duration']),
    line: index + 1,
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
