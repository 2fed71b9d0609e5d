import type { FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { AwsContext } from '../aws/context.ts';
import { awsErrorCode } from '../aws/errors.ts';
import { captureRawJson } from '../aws/raw-json.ts';
import { UsageError } from '../errors.ts';
import type { GroupTarget, LogEvent } from './event.ts';

/** Which events of a group are wanted. Both ends count. */
export interface EventRange {
  readonly start: number;
  readonly end?: number | undefined;
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
  readonly pattern?: string | undefined;
  /** At most a hundred; undefined for all. */
  readonly streams?: readonly string[] | undefined;
}

export interface EventPage {
  readonly events: readonly LogEvent[];
  readonly next?: string;
  /** What is not there (yet): the group, or one of the streams that were named, where AWS gives none of the others either. */
  readonly missing?: 'group' | 'stream';
}

/** A stream of a group, by what CloudWatch keeps of it. Times are milliseconds since 1970. */
export interface StreamFacts {
  readonly stream: string;
  readonly firstEvent?: number;
  /** Up to an hour behind what is there. */
  readonly lastEvent?: number;
}

export interface StreamPage {
  readonly streams: readonly StreamFacts[];
  readonly next?: string;
  /** Where the group is not there. */
  readonly missing?: true;
}

/** What reading logs needs of CloudWatch. */
export interface LogCalls {
  /**
   * A page of a group's events, the oldest first; an empty one for a group or streams that are not there (yet).
   * @throws UsageError for a pattern that CloudWatch cannot read
   */
  events(target: GroupTarget, range: EventRange, page?: string): Promise<EventPage>;
  /** A page of a group's streams whose names begin so, by name. */
  streams(target: GroupTarget, prefix?: string, page?: string): Promise<StreamPage>;
}

const SYNTAX = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html';
/** Events on a page: what fits in memory several times over, and about as many as AWS puts into its megabyte. */
const PAGE = 5000;

/** The same on AWS. Requests end when the signal is aborted. */
export function logCalls(aws: AwsContext, abortSignal: AbortSignal): LogCalls {
  return {
    async events({ group, name }, { start, end, pattern, streams }, page) {
      const { FilterLogEventsCommand } = await import('../aws/sdk/cloudwatch-logs.ts');
      const client = await aws.clients.cloudWatchLogs();
      try {
        const command = new FilterLogEventsCommand({
          logGroupName: name,
          startTime: Math.max(0, Math.floor(start)),
          endTime: end === undefined ? undefined : Math.ceil(end),
          filterPattern: pattern,
          limit: PAGE,
          ...(streams !== undefined && { logStreamNames: [...streams] }),
          nextToken: page,
        });
        const rawJson = captureRawJson(command);
        const read = await client.send(command, { abortSignal });
        const answer = (rawJson() as FilterLogEventsCommandOutput | undefined) ?? read;
        const events = (answer.events ?? []).map((event) => ({
          id: event.eventId ?? '',
          group,
          groupName: name,
          stream: event.logStreamName ?? '',
          timestamp: event.timestamp ?? 0,
          ingestedAt: event.ingestionTime ?? 0,
          message: event.message ?? '',
        }));
        return { events, ...(answer.nextToken !== undefined && { next: answer.nextToken }) };
      } catch (error) {
        // With a page it may be that one's token, which is good for a day.
        if (
          pattern !== undefined &&
          page === undefined &&
          awsErrorCode(error) === 'InvalidParameterException'
        ) {
          throw new UsageError(`--filter: ${(error as Error).message}`, {
            cause: error,
            hint: `A term with signs in it stands between double quotes, within the shell's: '"exit status 1"'. Its language: ${SYNTAX}`,
          });
        }
        if (awsErrorCode(error) !== 'ResourceNotFoundException') throw error;
        const missing = /log stream/.test((error as Error).message) ? 'stream' : 'group';
        return { events: [], missing };
      }
    },

    async streams({ name }, prefix, page) {
      const { DescribeLogStreamsCommand } = await import('../aws/sdk/cloudwatch-logs.ts');
      const client = await aws.clients.cloudWatchLogs();
      try {
        const { logStreams, nextToken } = await client.send(
          new DescribeLogStreamsCommand({ logGroupName: name, logStreamNamePrefix: prefix, nextToken: page }),
          { abortSignal },
        );
        const streams = (logStreams ?? []).map(
          ({ logStreamName = '', firstEventTimestamp, lastEventTimestamp }) => ({
            stream: logStreamName,
            ...(firstEventTimestamp !== undefined && { firstEvent: firstEventTimestamp }),
            ...(lastEventTimestamp !== undefined && { lastEvent: lastEventTimestamp }),
          }),
        );
        return { streams, ...(nextToken !== undefined && { next: nextToken }) };
      } catch (error) {
        if (awsErrorCode(error) === 'ResourceNotFoundException') return { streams: [], missing: true };
        throw error;
      }
    },
  };
}
