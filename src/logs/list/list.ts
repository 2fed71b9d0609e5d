import pLimit from 'p-limit';
import type { AwsContext } from '../../aws/context.ts';
import { retryClockOf } from '../../aws/retry.ts';
import { requireStack } from '../../stack/facts/stack/find-stack.ts';
import { logCalls } from '../calls.ts';
import { instancesOfStack } from '../console.ts';
import type { LogGroup } from '../event.ts';
import { existingGroups } from '../groups.ts';
import { logTargets } from '../targets.ts';
import { allStreams } from '../streams.ts';

const GROUPS_AT_ONCE = 3;

/** A stream, and the instance that it is of. */
export interface ListedStream {
  readonly stream: string;
  /** Undefined for the scaler's, which are no instances'. */
  readonly instanceId?: string;
  /** Whether the stack's group has the instance now. */
  readonly present?: boolean;
  readonly firstEvent?: string;
  /** CloudWatch is up to an hour behind with it. */
  readonly lastEvent?: string;
}

export interface ListedGroup {
  readonly group: LogGroup;
  readonly name: string;
  readonly exists: boolean;
  /** CloudWatch tells the size of groups only. */
  readonly bytes?: number;
  readonly retentionDays?: number;
  readonly streams: readonly ListedStream[];
}

export interface LogList {
  readonly stack: string;
  /** Whether other stacks write to the same groups, as those of the official template do. */
  readonly shared: boolean;
  readonly groups: readonly ListedGroup[];
}

/**
 * The log groups of a stack and the streams in them, the latest first. Of groups that other stacks share, those of the
 * instances that the stack has now.
 * @throws OperationError where there is no such stack
 */
export async function listLogs(
  aws: AwsContext,
  stackName: string,
  wanted: readonly LogGroup[],
  signal: AbortSignal,
): Promise<LogList> {
  const stack = await requireStack(aws, stackName);
  const { targets, sharedBy } = logTargets(stack, wanted);
  const retry = retryClockOf(aws, signal);
  const [there, instances] = await Promise.all([
    existingGroups(aws, retry, targets, signal),
    instancesOfStack(aws, stack),
  ]);
  const present = new Set(instances);
  const calls = logCalls(aws, signal);
  const groups = await pLimit(GROUPS_AT_ONCE).map(targets, async (target): Promise<ListedGroup> => {
    const facts = there.find(({ name }) => name === target.name);
    if (facts === undefined) return { ...target, exists: false, streams: [] };
    const streams = (await allStreams(calls, retry, target))
      .filter(({ stream }) => sharedBy === undefined || present.has(stream))
      .sort((a, b) => (b.lastEvent ?? 0) - (a.lastEvent ?? 0));
    return {
      ...facts,
      exists: true,
      streams: streams.map(({ stream, firstEvent, lastEvent }) => ({
        stream,
        ...(target.group !== 'scaler' && { instanceId: stream, present: present.has(stream) }),
        ...(firstEvent !== undefined && { firstEvent: new Date(firstEvent).toISOString() }),
        ...(lastEvent !== undefined && { lastEvent: new Date(lastEvent).toISOString() }),
      })),
    };
  });
  return { stack: stackName, shared: sharedBy !== undefined, groups };
}
