import type { AwsContext } from '../aws/context.ts';
import { type RetryClock, withRetry } from '../aws/retry.ts';
import type { GroupTarget } from './event.ts';

/** A log group by what CloudWatch keeps of it. */
export interface GroupFacts extends GroupTarget {
  readonly bytes: number;
  /** Undefined where events are kept for ever. */
  readonly retentionDays?: number;
}

/** Of these groups, those that are there. */
export async function existingGroups(
  aws: AwsContext,
  retry: RetryClock,
  targets: readonly GroupTarget[],
  abortSignal?: AbortSignal,
): Promise<readonly GroupFacts[]> {
  const { DescribeLogGroupsCommand } = await import('../aws/sdk/cloudwatch-logs.ts');
  const client = await aws.clients.cloudWatchLogs();
  const prefix = commonStart(targets.map(({ name }) => name));
  const found = new Map<string, GroupFacts>();
  let nextToken: string | undefined;
  do {
    const answer = await withRetry(retry, () =>
      client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, nextToken }), {
        ...(abortSignal !== undefined && { abortSignal }),
      }),
    );
    for (const { logGroupName = '', storedBytes = 0, retentionInDays } of answer.logGroups ?? []) {
      const target = targets.find(({ name }) => name === logGroupName);
      if (target === undefined) continue;
      found.set(logGroupName, {
        ...target,
        bytes: storedBytes,
        ...(retentionInDays !== undefined && { retentionDays: retentionInDays }),
      });
    }
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return targets.flatMap(({ name }) => found.get(name) ?? []);
}

/** What all of these begin with. */
function commonStart([first = '', ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
