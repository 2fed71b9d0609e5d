import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { OperationError, UsageError } from '../../errors.ts';
import { retryClockOf, withRetry } from '../../aws/retry.ts';
import { requireStack } from '../../stack/facts/stack/find-stack.ts';
import type { LogGroup } from '../event.ts';
import { existingGroups } from '../groups.ts';
import type { LogWindow } from '../period.ts';
import { instancesOf, logTargets } from '../targets.ts';

export interface InsightsRequest {
  readonly stackName: string;
  readonly groups: readonly LogGroup[];
  /** Ids of instances; undefined for all. */
  readonly instances: readonly string[] | undefined;
  /** Logs Insights QL. */
  readonly query: string;
  readonly window: LogWindow;
}

/** What CloudWatch has gone through for a query. */
export interface InsightsStatistics {
  readonly recordsMatched: number;
  readonly recordsScanned: number;
  readonly bytesScanned: number;
}

export interface InsightsAnswer {
  readonly logGroups: readonly string[];
  readonly since: string;
  readonly until: string;
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly statistics: InsightsStatistics;
}

export interface InsightsContext {
  /** Milliseconds since 1970, in the stack's own time. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly progress: (statistics: InsightsStatistics) => void;
}

/** Seconds between two questions for results. */
const ASK_EVERY = 1;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html */
const MAX_PAGE_ROWS = 10_000;
const SYNTAX = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html';

/**
 * Runs a query of Logs Insights over the log groups of a stack. When the signal is aborted it is stopped, so that it costs no
 * more.
 * @throws UsageError for a query that CloudWatch cannot read
 * @throws OperationError for a query that fails, and where there is no such stack or none of its groups
 */
export async function runInsights(
  aws: AwsContext,
  { stackName, groups, instances, query, window }: InsightsRequest,
  { now, signal, progress }: InsightsContext,
): Promise<InsightsAnswer> {
  const stack = await requireStack(aws, stackName);
  const { targets, sharedBy } = logTargets(stack, groups);
  const retry = retryClockOf(aws, signal);
  const there = await existingGroups(aws, retry, targets, signal);
  if (there.length === 0) {
    throw new OperationError(`None of the log groups of ${stackName} is there`, {
      hint: `See bk-stack logs list ${stackName}.`,
    });
  }
  const own = instances ?? (sharedBy === undefined ? undefined : await instancesOf(aws, sharedBy)());
  const before = own === undefined ? '' : `filter @logStream in ${JSON.stringify(own)} | `;
  const until = window.until ?? now();
  const logGroups = there.map(({ name }) => name);
  const sdk = await import('../../aws/sdk/cloudwatch-logs.ts');
  const client = await aws.clients.cloudWatchLogs();
  const command = new sdk.StartQueryCommand({
    logGroupNames: logGroups,
    startTime: Math.floor(window.since / 1000),
    endTime: Math.ceil(until / 1000),
    queryString: before + query,
  });
  const { queryId = '' } = await withRetry(retry, () => client.send(command)).catch((error: unknown) => {
    throw readable(error, query, before.length);
  });
  try {
    const { rows, statistics } = await results(queryId);
    return {
      logGroups,
      since: new Date(window.since).toISOString(),
      until: new Date(until).toISOString(),
      columns: [...new Set(rows.flatMap((row) => Object.keys(row)))],
      rows,
      statistics,
    };
  } catch (error) {
    // It would go on, and cost, without anybody who reads it. One that has ended cannot be stopped, which is as well.
    if (signal.aborted) await client.send(new sdk.StopQueryCommand({ queryId })).catch(() => undefined);
    throw error;
  }

  async function results(id: string) {
    const rows: Record<string, string>[] = [];
    let nextToken: string | undefined;
    for (;;) {
      const page = new sdk.GetQueryResultsCommand({ queryId: id, nextToken, maxItems: MAX_PAGE_ROWS });
      const answer = await withRetry(retry, () => client.send(page, { abortSignal: signal }));
      const statistics = {
        recordsMatched: answer.statistics?.recordsMatched ?? 0,
        recordsScanned: answer.statistics?.recordsScanned ?? 0,
        bytesScanned: answer.statistics?.bytesScanned ?? 0,
      };
      progress(statistics);
      if (answer.status === 'Complete') {
        for (const row of answer.results ?? []) rows.push(rowOf(row));
        nextToken = answer.nextToken;
        if (nextToken === undefined) return { rows, statistics };
      } else if (answer.status === 'Scheduled' || answer.status === 'Running') {
        await retry.pause(ASK_EVERY);
      } else {
        throw new OperationError(`The query has ended as ${answer.status ?? 'Unknown'}`, {
          hint: 'Ask for less: a later --since, fewer groups with --group.',
          details: { queryId: id, status: answer.status },
        });
      }
    }
  }
}

/** A pointer to the event is of use to CloudWatch alone. */
function rowOf(
  fields: readonly { readonly field?: string | undefined; readonly value?: string | undefined }[],
) {
  return Object.fromEntries(
    fields.flatMap(({ field = '', value = '' }) => (field === '@ptr' ? [] : [[field, value] as const])),
  );
}

/** A query that CloudWatch cannot read, with a mark below what it stumbles over. */
function readable(error: unknown, query: string, before: number): unknown {
  if (awsErrorCode(error) !== 'MalformedQueryException') return error;
  const { queryCompileError, message } = error as {
    message: string;
    queryCompileError?: { message?: string; location?: { startCharOffset?: number } };
  };
  const what = (queryCompileError?.message ?? message).replace(/ at line \d+ and position \d+$/, '');
  const offset = (queryCompileError?.location?.startCharOffset ?? -1) - before;
  return new UsageError(`The query cannot be read: ${what}`, {
    cause: error,
    hint: [...(offset < 0 ? [] : marked(query, offset)), `Its language: ${SYNTAX}`].join('\n'),
    ...(offset >= 0 && { details: { offset } }),
  });
}

function marked(query: string, offset: number): string[] {
  const lines = query.split('\n');
  let left = offset;
  for (const [index, line] of lines.entries()) {
    if (left <= line.length)
      return [...lines.slice(0, index + 1), `${' '.repeat(left)}^`, ...lines.slice(index + 1)];
    left -= line.length + 1;
  }
  return lines;
}
