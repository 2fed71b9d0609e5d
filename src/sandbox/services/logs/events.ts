import type {
  FilteredLogEvent,
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
  PutLogEventsRequest,
  PutLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Scope } from '../../kernel/world.ts';
import { sorted } from '../../kernel/table.ts';
import { recordEmbedded } from '../cloudwatch/metrics/embedded.ts';
import { checkRange, required } from '../common/validation.ts';
import { compilePattern } from './filter-pattern.ts';
import { invalidToken } from './groups.ts';
import { tellSessions } from './live-tail.ts';
import { type Cursor, eventsAfter } from './merging.ts';
import {
  existingGroup,
  existingStream,
  invalidParameter,
  logsState,
  type EventRecord,
  type GroupRecord,
  type StreamRecord,
} from './state.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
const EVENT_OVERHEAD = 26;
const OLDEST = 14 * DAY;
const NEWEST = 2 * HOUR;
const MOST_READ = 10_000;

/** @throws AwsError InvalidParameterException, ResourceNotFoundException */
export function putLogEvents(input: PutLogEventsRequest, scope: Scope): PutLogEventsResponse {
  const group = existingGroup(scope, required(input.logGroupName, 'logGroupName'));
  const stream = existingStream(group, required(input.logStreamName, 'logStreamName'));
  const given = (input.logEvents ?? []).map(({ timestamp = NaN, message = '' }) => ({ timestamp, message }));
  checkBatch(given);
  const now = scope.world.now();
  const oldest = now - Math.min(OLDEST, (group.retentionInDays ?? Infinity) * DAY);
  const accepted = given.filter(({ timestamp }) => timestamp >= oldest && timestamp <= now + NEWEST);
  const state = logsState(scope);
  const records = accepted.map(({ timestamp, message }): EventRecord => {
    state.events += 1;
    return { timestamp, message, ingestedAt: now, number: state.events };
  });
  for (const record of records) insert(stream.events, record);
  tellSessions(scope, group, stream, records);
  recordEmbedded(
    scope,
    accepted.map(({ message }) => message),
  );
  const expired = given.filter(({ timestamp }) => timestamp < oldest).length;
  const early = given.findIndex(({ timestamp }) => timestamp > now + NEWEST);
  return {
    nextSequenceToken: String(state.events),
    ...((expired > 0 || early >= 0) && {
      rejectedLogEventsInfo: {
        ...(expired > 0 && { tooOldLogEventEndIndex: expired }),
        ...(early >= 0 && { tooNewLogEventStartIndex: early }),
      },
    }),
  };
}

function checkBatch(events: readonly { readonly timestamp: number; readonly message: string }[]): void {
  if (events.length === 0 || events.length > MOST_EVENTS) {
    throw invalidParameter(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and ${MOST_EVENTS}`,
    );
  }
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD, 0);
  if (bytes > MOST_BYTES)
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MOST_BYTES}`);
  if (events.some(({ message }) => message === '')) {
    throw invalidParameter('Log event message must not be empty.');
  }
  const ordered = events.every(
    ({ timestamp }, index) => index === 0 || timestamp >= (events[index - 1]?.timestamp ?? 0),
  );
  if (!ordered) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  const [first, last] = [events[0]?.timestamp ?? 0, events.at(-1)?.timestamp ?? 0];
  if (last - first > DAY) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
}

/** Nearly always the newest: the search is from the end. */
function insert(events: EventRecord[], event: EventRecord): void {
  let at = events.length;
  while (at > 0 && (events[at - 1]?.timestamp ?? 0) > event.timestamp) at -= 1;
  events.splice(at, 0, event);
}

/**
 * Tokens are positions, so that a reader that comes back with the last one gets what has come since; at the end the same
 * token comes back.
 */
function getLogEvents(input: GetLogEventsRequest, scope: Scope): GetLogEventsResponse {
  const group = existingGroup(
    scope,
    required(input.logGroupIdentifier ?? input.logGroupName, 'logGroupName'),
  );
  const stream = existingStream(group, required(input.logStreamName, 'logStreamName'));
  const { startTime = 0, endTime = Infinity } = input;
  const events = stream.events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
  const limit = checkRange(input.limit ?? MOST_READ, 'limit', [1, MOST_READ]);
  const [start, end] = window(events.length, limit, input);
  return {
    events: events.slice(start, end).map(({ timestamp, message, ingestedAt }) => ({
      timestamp,
      message,
      ingestionTime: ingestedAt,
    })),
    nextForwardToken: `f/${String(end).padStart(20, '0')}/s`,
    nextBackwardToken: `b/${String(start).padStart(20, '0')}/s`,
  };
}

function window(
  count: number,
  limit: number,
  { nextToken, startFromHead }: GetLogEventsRequest,
): [start: number, end: number] {
  if (nextToken === undefined) {
    return startFromHead === true ? [0, Math.min(limit, count)] : [Math.max(0, count - limit), count];
  }
  const [, direction, digits = ''] = /^([fb])\/(\d{20})\/s$/.exec(nextToken) ?? [];
  const position = Math.min(Number(digits), count);
  if (direction === 'f') return [position, Math.min(position + limit, count)];
  if (direction === 'b') return [Math.max(0, position - limit), position];
  throw invalidToken();
}

/** @throws AwsError InvalidParameterException for a pattern that cannot be read */
function filterLogEvents(input: FilterLogEventsRequest, scope: Scope): FilterLogEventsResponse {
  const group = existingGroup(
    scope,
    required(input.logGroupIdentifier ?? input.logGroupName, 'logGroupName'),
  );
  const { logStreamNames, logStreamNamePrefix, startTime = 0, endTime = Infinity } = input;
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
    throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive.');
  }
  const matches = compilePattern(input.filterPattern ?? '');
  const limit = checkRange(input.limit ?? MOST_READ, 'limit', [1, MOST_READ]);
  const from =
    input.nextToken === undefined ? { timestamp: startTime, number: -1 } : cursorOf(input.nextToken);
  const page: FilteredLogEvent[] = [];
  let bytes = 0;
  let last: Cursor | undefined;
  let more = false;
  const streams = streamsOf(group, logStreamNames, logStreamNamePrefix);
  for (const { stream, event } of eventsAfter(streams, from)) {
    const { timestamp, message, ingestedAt, number } = event;
    if (timestamp > endTime) break;
    if (!matches(message)) continue;
    bytes += message.length + EVENT_OVERHEAD;
    more = page.length === limit || (bytes > MOST_BYTES && page.length > 0);
    if (more) break;
    last = { timestamp, number };
    page.push({
      logStreamName: stream,
      timestamp,
      message,
      ingestionTime: ingestedAt,
      eventId: String(number).padStart(56, '0'),
    });
  }
  return {
    events: page,
    searchedLogStreams: [],
    ...(more && last !== undefined && { nextToken: `${last.timestamp}/${last.number}` }),
  };
}

/** @throws AwsError for a token that was never given out */
function cursorOf(token: string): Cursor {
  const [, timestamp, number] = /^(\d+)\/(\d+)$/.exec(token) ?? [];
  if (timestamp === undefined) throw invalidToken();
  return { timestamp: Number(timestamp), number: Number(number) };
}

function streamsOf(
  group: GroupRecord,
  names: readonly string[] | undefined,
  prefix = '',
): readonly StreamRecord[] {
  if (names !== undefined) return names.map((name) => existingStream(group, name));
  return sorted(group.streams).filter(({ name }) => name.startsWith(prefix));
}

export const eventOperations = {
  PutLogEvents: putLogEvents,
  GetLogEvents: getLogEvents,
  FilterLogEvents: filterLogEvents,
};
