import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs';
import type { AwsContext } from '../../aws/context.ts';
import type { GroupTarget, LogEvent } from '../event.ts';

/** What a session tells about once a second. */
export interface LiveUpdate {
  /** They have no ids. */
  readonly events: readonly LogEvent[];
  /** Whether there were more than the five hundred that CloudWatch sends in a second. */
  readonly sampled: boolean;
}

/**
 * Opens a session of CloudWatch's live tail over several groups, ten at most. It goes on until the signal is aborted, its three
 * hours are over or the connection is lost; the latter two are thrown.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
 */
export type OpenLive = (
  targets: readonly GroupTarget[],
  pattern: string | undefined,
  signal: AbortSignal,
) => Promise<AsyncIterable<LiveUpdate>>;

/** The same on AWS. @param stackId has the account and the partition in it, which the groups' ARNs need */
export function openLiveOn(aws: AwsContext, stackId: string): OpenLive {
  const [, partition = 'aws', , region = aws.region, account = ''] = stackId.split(':');
  return async (targets, pattern, abortSignal) => {
    const { StartLiveTailCommand } = await import('../../aws/sdk/cloudwatch-logs.ts');
    const client = await aws.clients.cloudWatchLogs();
    const { responseStream } = await client.send(
      new StartLiveTailCommand({
        logGroupIdentifiers: targets.map(
          ({ name }) => `arn:${partition}:logs:${region}:${account}:log-group:${name}`,
        ),
        ...(pattern !== undefined && { logEventFilterPattern: pattern }),
      }),
      { abortSignal },
    );
    return updates(responseStream ?? [], new Map(targets.map((target) => [target.name, target])));
  };
}

async function* updates(
  stream: AsyncIterable<StartLiveTailResponseStream> | Iterable<StartLiveTailResponseStream>,
  targets: ReadonlyMap<string, GroupTarget>,
): AsyncGenerator<LiveUpdate> {
  for await (const {
    sessionStart,
    sessionUpdate,
    SessionTimeoutException,
    SessionStreamingException,
  } of stream) {
    const failure = SessionTimeoutException ?? SessionStreamingException;
    if (failure !== undefined) throw failure;
    if (sessionStart !== undefined) yield { events: [], sampled: false };
    if (sessionUpdate === undefined) continue;
    const events = (sessionUpdate.sessionResults ?? []).flatMap((event): readonly LogEvent[] => {
      const target = targets.get(nameIn(event.logGroupIdentifier ?? ''));
      if (target === undefined) return [];
      return [
        {
          id: '',
          group: target.group,
          groupName: target.name,
          stream: event.logStreamName ?? '',
          timestamp: event.timestamp ?? 0,
          ingestedAt: event.ingestionTime ?? 0,
          message: event.message ?? '',
        },
      ];
    });
    yield { events, sampled: sessionUpdate.sessionMetadata?.sampled ?? false };
  }
}

/** A group's name in what a session calls it: an ARN, the account and the name, or the name. */
function nameIn(identifier: string): string {
  return identifier
    .replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '')
    .replace(/^\d+:/, '')
    .replace(/:\*$/, '');
}
