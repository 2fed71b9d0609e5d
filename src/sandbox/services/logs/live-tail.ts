import { setTimeout as sleep } from 'node:timers/promises';
import type {
  LiveTailSessionLogEvent,
  StartLiveTailRequest,
  StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope, World } from '../../kernel/world.ts';
import { compilePattern } from './filter-pattern.ts';
import {
  existingGroup,
  invalidParameter,
  type EventRecord,
  type GroupRecord,
  type StreamRecord,
} from './state.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html */
const MOST_GROUPS = 10;
const MOST_A_SECOND = 500;
/** Milliseconds, as all that follows. */
const UPDATE_EVERY = 1000;
const LONGEST = 3 * 3_600_000;
/** Of real time: faster than this nobody reads. */
const SHORTEST_PAUSE = 10;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MOST_SESSIONS = 15;

interface Session {
  readonly takes: (group: GroupRecord, stream: StreamRecord, event: EventRecord) => boolean;
  waiting: LiveTailSessionLogEvent[];
  /** How many there were, those that were sampled away included. */
  matched: number;
}

/** The sessions that are open. They end with the process, as their connections do, so they are no state. */
const open = new WeakMap<World, Set<Session>>();

/** Hands events that have just been taken in to the sessions that want them. */
export function tellSessions(
  scope: Scope,
  group: GroupRecord,
  stream: StreamRecord,
  events: readonly EventRecord[],
): void {
  for (const session of open.get(scope.world) ?? []) {
    for (const event of events) {
      if (!session.takes(group, stream, event)) continue;
      session.matched += 1;
      // AWS does not say which it leaves out; here it is all that come after the first 500.
      if (session.waiting.length === MOST_A_SECOND) continue;
      session.waiting.push({
        logGroupIdentifier: `${scope.accountId}:${group.name}`,
        logStreamName: stream.name,
        timestamp: event.timestamp,
        ingestionTime: event.ingestedAt,
        message: event.message,
      });
    }
  }
}

/** @throws AwsError InvalidParameterException, ResourceNotFoundException, LimitExceededException */
function startLiveTail(
  input: StartLiveTailRequest,
  scope: Scope,
): { readonly responseStream: AsyncIterable<SessionEvent> } {
  const given = input.logGroupIdentifiers ?? [];
  if (given.length === 0 || given.length > MOST_GROUPS) {
    throw invalidParameter(`logGroupIdentifiers must have between 1 and ${MOST_GROUPS} members.`);
  }
  for (const identifier of given) {
    if (!identifier.startsWith('arn:') || identifier.endsWith('*')) {
      throw invalidParameter(`${identifier} is not the ARN of a log group.`);
    }
  }
  const groups = new Set(given.map((identifier) => existingGroup(scope, identifier)));
  const takesStream = streamTest(input);
  const matches = compilePattern(input.logEventFilterPattern ?? '');
  const sessions = open.get(scope.world) ?? new Set();
  open.set(scope.world, sessions);
  if (sessions.size >= MOST_SESSIONS) {
    throw new AwsError('LimitExceededException', 'Too many concurrent Live Tail sessions.');
  }
  const session: Session = {
    takes: (group, { name }, { message }) => groups.has(group) && takesStream(name) && matches(message),
    waiting: [],
    matched: 0,
  };
  sessions.add(session);
  return {
    responseStream: sessionStream(scope.world, input, session, () => sessions.delete(session)),
  };
}

function streamTest(input: StartLiveTailRequest): (name: string) => boolean {
  const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes } = input;
  if (logStreamNames === undefined && logStreamNamePrefixes === undefined) return () => true;
  if (logStreamNames !== undefined && logStreamNamePrefixes !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive.');
  }
  if ((logGroupIdentifiers?.length ?? 0) > 1) {
    throw invalidParameter('Log streams can be given with one log group only.');
  }
  if (logStreamNames !== undefined) return (name) => logStreamNames.includes(name);
  return (name) => logStreamNamePrefixes?.some((prefix) => name.startsWith(prefix)) === true;
}

/** As it goes over the wire, where an exception is its message. */
type SessionEvent =
  | Pick<StartLiveTailResponseStream, 'sessionStart' | 'sessionUpdate'>
  | { readonly SessionTimeoutException: { readonly message: string } };

/** An update every second, also where there is nothing to tell, until somebody leaves or three hours are over. */
async function* sessionStream(
  world: World,
  request: StartLiveTailRequest,
  session: Session,
  closed: () => void,
): AsyncGenerator<SessionEvent> {
  const until = world.now() + LONGEST;
  try {
    yield { sessionStart: { requestId: world.ids.uuid(), sessionId: world.ids.uuid(), ...request } };
    while (world.now() < until) {
      await sleep(Math.max(SHORTEST_PAUSE, UPDATE_EVERY / world.speed));
      const { waiting, matched } = session;
      session.waiting = [];
      session.matched = 0;
      yield {
        sessionUpdate: {
          sessionMetadata: { sampled: matched > waiting.length },
          sessionResults: waiting,
        },
      };
    }
    const message = 'The session has timed out after three hours.';
    yield { SessionTimeoutException: { message } };
  } finally {
    closed();
  }
}

export const liveTailOperations = { StartLiveTail: startLiveTail };
