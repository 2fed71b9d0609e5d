import type {
  DescribeQueriesRequest,
  DescribeQueriesResponse,
  GetQueryResultsRequest,
  GetQueryResultsResponse,
  QueryInfo,
  QueryStatus,
  StartQueryRequest,
  StartQueryResponse,
  StopQueryRequest,
  StopQueryResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Scope } from '../../../kernel/world.ts';
import { own, put, sorted, type Table } from '../../../kernel/table.ts';
import { defineSlice } from '../../../kernel/slice.ts';
import { pageOf } from '../../common/paging.ts';
import { checkRange, required } from '../../common/validation.ts';
import { invalidToken } from '../groups.ts';
import { existingGroup, invalidParameter, logsState, notFound } from '../state.ts';
import { evaluate, fieldOf, instant, type Row } from './evaluate.ts';
import { readQuery } from './query.ts';

interface QueryRecord {
  readonly id: string;
  readonly query: string;
  readonly groups: readonly string[];
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly limit?: number;
  readonly startedAt: number;
  /** The number of the last event that there was. */
  readonly upTo: number;
  cancelled: boolean;
}

const queries = defineSlice<{ readonly queries: Table<QueryRecord> }>('logs.insights', () => ({
  queries: {},
}));

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
const MOST_GROUPS = 50;
const MOST_RESULTS = 100_000;
const MOST_ON_PAGE = 10_000;
/** How long a query takes, in milliseconds: AWS needs some seconds. */
const TAKES = 2000;
const OVERHEAD = 26;
const MOST_DESCRIBED = 1000;

/** The log groups that a query reads; none for one that is not there. */
export function groupsOfQuery(scope: Scope, id: string | undefined): readonly string[] {
  return own(queries(scope).queries, id)?.groups ?? [];
}

/** @throws AwsError MalformedQueryException, InvalidParameterException, ResourceNotFoundException */
function startQuery(input: StartQueryRequest, scope: Scope): StartQueryResponse {
  const given = [input.logGroupName, input.logGroupNames, input.logGroupIdentifiers].filter(
    (groups) => groups !== undefined,
  );
  const groups = given.flat();
  if (given.length !== 1 || groups.length === 0 || groups.length > MOST_GROUPS) {
    throw invalidParameter(
      `Exactly one of logGroupName, logGroupNames and logGroupIdentifiers has to be given, with at most ${MOST_GROUPS} log groups.`,
    );
  }
  if ((input.queryLanguage ?? 'CWLI') !== 'CWLI') {
    throw invalidParameter(`The sandbox does not know the query language ${input.queryLanguage ?? ''}.`);
  }
  const start = (input.startTime ?? 0) * 1000;
  const end = (input.endTime ?? 0) * 1000;
  if (end < start) throw invalidParameter('End time should not be less than start time.');
  const query = required(input.queryString, 'queryString');
  const limit = input.limit === undefined ? undefined : checkRange(input.limit, 'limit', [1, MOST_RESULTS]);
  const names = groups.map((group) => existingGroup(scope, group).name);
  readQuery(query);
  const id = scope.world.ids.uuid();
  put(queries(scope).queries, id, {
    id,
    query,
    groups: names,
    start,
    end,
    ...(limit !== undefined && { limit }),
    startedAt: scope.world.now(),
    upTo: logsState(scope).events,
    cancelled: false,
  });
  return { queryId: id };
}

/** @throws AwsError ResourceNotFoundException */
function getQueryResults(input: GetQueryResultsRequest, scope: Scope): GetQueryResultsResponse {
  const query = existingQuery(scope, input.queryId);
  if (query.cancelled) return { queryLanguage: 'CWLI', status: 'Cancelled', results: [] };
  if (scope.world.now() < query.startedAt + TAKES) {
    return { queryLanguage: 'CWLI', status: 'Running', results: [], statistics: { recordsScanned: 0 } };
  }
  const { events, bytes } = eventsOf(query, scope);
  const { columns, rows, events: areEvents, matched } = evaluate(readQuery(query.query), events, query.limit);
  const size = checkRange(input.maxItems ?? MOST_ON_PAGE, 'maxItems', [1, MOST_ON_PAGE]);
  const { items, nextToken } = pageOf(rows, size, input.nextToken, invalidToken);
  return {
    queryLanguage: 'CWLI',
    status: 'Complete',
    statistics: {
      recordsMatched: matched,
      recordsScanned: events.length,
      bytesScanned: bytes,
      estimatedRecordsSkipped: 0,
      estimatedBytesSkipped: 0,
      logGroupsScanned: query.groups.length,
    },
    results: items.map((row) =>
      [...columns, ...(areEvents ? ['@ptr'] : [])].flatMap((field) => {
        const value = fieldOf(row, field);
        return value === undefined ? [] : [{ field, value: String(value) }];
      }),
    ),
    ...(nextToken !== undefined && { nextToken }),
  };
}

function stopQuery(input: StopQueryRequest, scope: Scope): StopQueryResponse {
  const query = existingQuery(scope, input.queryId);
  if (query.cancelled || scope.world.now() >= query.startedAt + TAKES) {
    throw invalidParameter('The query has ended already.');
  }
  query.cancelled = true;
  return { success: true };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeQueries.html */
function describeQueries(input: DescribeQueriesRequest, scope: Scope): DescribeQueriesResponse {
  const known = sorted(queries(scope).queries)
    .map((query): QueryInfo => ({
      queryId: query.id,
      queryLanguage: 'CWLI',
      queryString: query.query,
      status: statusOf(query, scope),
      createTime: query.startedAt,
      ...(query.groups.length === 1 && { logGroupName: query.groups[0] }),
    }))
    .filter(
      ({ logGroupName, status }) =>
        (input.logGroupName === undefined || input.logGroupName === logGroupName) &&
        (input.status === undefined || input.status === status),
    )
    .sort((a, b) => (b.createTime ?? 0) - (a.createTime ?? 0));
  const size = checkRange(input.maxResults ?? MOST_DESCRIBED, 'maxResults', [1, MOST_DESCRIBED]);
  const { items, nextToken } = pageOf(known, size, input.nextToken, invalidToken);
  return { queries: items, ...(nextToken !== undefined && { nextToken }) };
}

function statusOf(query: QueryRecord, scope: Scope): QueryStatus {
  if (query.cancelled) return 'Cancelled';
  return scope.world.now() < query.startedAt + TAKES ? 'Running' : 'Complete';
}

function existingQuery(scope: Scope, id: string | undefined): QueryRecord {
  const query = own(queries(scope).queries, required(id, 'queryId'));
  if (query === undefined) throw notFound('The specified query does not exist.');
  return query;
}

/** The events that a query goes through, the newest first. */
function eventsOf(query: QueryRecord, scope: Scope): { events: readonly Row[]; bytes: number } {
  const events: Row[] = [];
  let bytes = 0;
  for (const name of query.groups) {
    const group = own(logsState(scope).groups, name);
    for (const stream of group === undefined ? [] : sorted(group.streams)) {
      for (const { timestamp, message, ingestedAt, number } of stream.events) {
        if (timestamp < query.start || timestamp > query.end || number > query.upTo) continue;
        bytes += Buffer.byteLength(message) + OVERHEAD;
        events.push({
          timestamp,
          inMessage: inMessage(message),
          fields: new Map<string, string | number>([
            ['@timestamp', instant(timestamp)],
            ['@message', message],
            ['@logStream', stream.name],
            ['@log', `${scope.accountId}:${name}`],
            ['@ingestionTime', instant(ingestedAt)],
            ['@ptr', Buffer.from(`${name} ${number}`).toString('base64')],
          ]),
        });
      }
    }
  }
  return { events: events.sort((a, b) => b.timestamp - a.timestamp), bytes };
}

/** Fields of a message that is JSON, those inside others by a path with dots. */
function inMessage(message: string): Row['inMessage'] {
  let document: unknown;
  let read = false;
  return (name) => {
    if (!read) {
      read = true;
      document = message.trimStart().startsWith('{') ? parsed(message) : undefined;
    }
    const value = name
      .split('.')
      .reduce<unknown>(
        (inner, step) => (inner as Record<string, unknown> | null | undefined)?.[step],
        document,
      );
    if (value === undefined || value === null) return undefined;
    return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean);
  };
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message) as unknown;
  } catch {
    return undefined;
  }
}

export const insightsOperations = {
  StartQuery: startQuery,
  GetQueryResults: getQueryResults,
  StopQuery: stopQuery,
  DescribeQueries: describeQueries,
};
