import type { AwsContext } from '../aws/context.ts';
import { awsErrorCode } from '../aws/errors.ts';
import type { GroupPlace, LogEvent } from './event.ts';

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
}

/** What reading logs needs of CloudWatch. */
export interface LogCalls {
  /** A page of a group's events, the oldest first; an empty one for a group or streams that are not there (yet). */
  events(place: GroupPlace, range: EventRange, page?: string): Promise<EventPage>;
}

/** The same on AWS. */
export function logCalls(aws: AwsContext): LogCalls {
  return {
    async events({ group, name }, { start, end, pattern, streams }, page) {
      const { FilterLogEventsCommand } = await import('../aws/sdk/cloudwatch-logs.ts');
      const client = await aws.clients.cloudWatchLogs();
      try {
        const answer = await client.send(
          new FilterLogEventsCommand({
            logGroupName: name,
            startTime: Math.max(0, Math.floor(start)),
            endTime: end,
            filterPattern: pattern,
            ...(streams !== undefined && { logStreamNames: [...streams] }),
            nextToken: page,
          }),
        );
        const events = (answer.events ?? []).map((event) => ({
          id: event.eventId ?? '',
          group,
          stream: event.logStreamName ?? '',
          timestamp: event.timestamp ?? 0,
          ingestedAt: event.ingestionTime ?? 0,
          message: event.message ?? '',
        }));
        return { events, ...(answer.nextToken !== undefined && { next: answer.nextToken }) };
      } catch (error) {
        if (awsErrorCode(error) === 'ResourceNotFoundException') return { events: [] };
        throw error;
      }
    },
  };
}
