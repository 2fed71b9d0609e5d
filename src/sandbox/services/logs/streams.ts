import type {
  CreateLogStreamRequest,
  DeleteLogStreamRequest,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkRange, checkText, required } from '../common/validation.ts';
import { invalidToken } from './groups.ts';
import {
  existingGroup,
  existingStream,
  groupArn,
  invalidParameter,
  type GroupRecord,
  type StreamRecord,
} from './state.ts';

const CODE = 'InvalidParameterException';

/** @throws AwsError ResourceAlreadyExistsException, ResourceNotFoundException */
export function createLogStream(input: CreateLogStreamRequest, scope: Scope): object {
  const group = existingGroup(scope, required(input.logGroupName, 'logGroupName', CODE));
  const name = checkText(
    required(input.logStreamName, 'logStreamName', CODE),
    'logStreamName',
    { least: 1, most: 512, pattern: '[^:*]*' },
    CODE,
  );
  if (own(group.streams, name) !== undefined) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
  }
  put(group.streams, name, { name, createdAt: scope.world.now(), events: [] });
  return {};
}

function deleteLogStream(input: DeleteLogStreamRequest, scope: Scope): object {
  const group = existingGroup(scope, required(input.logGroupName, 'logGroupName'));
  remove(group.streams, existingStream(group, required(input.logStreamName, 'logStreamName')).name);
  return {};
}

function describeLogStreams(input: DescribeLogStreamsRequest, scope: Scope): DescribeLogStreamsResponse {
  const group = existingGroup(
    scope,
    required(input.logGroupIdentifier ?? input.logGroupName, 'logGroupName'),
  );
  const { logStreamNamePrefix, orderBy = 'LogStreamName', descending = false } = input;
  if (orderBy === 'LastEventTime' && logStreamNamePrefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const found = sorted(group.streams).filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ''));
  if (orderBy === 'LastEventTime') found.sort((left, right) => lastEvent(left) - lastEvent(right));
  if (descending) found.reverse();
  const size = checkRange(input.limit ?? 50, 'limit', [1, 50]);
  const { items, nextToken } = pageOf(found, size, input.nextToken, invalidToken);
  return {
    logStreams: items.map((stream) => described(stream, group, scope)),
    ...(nextToken !== undefined && { nextToken }),
  };
}

function lastEvent({ events, createdAt }: StreamRecord): number {
  return events.at(-1)?.timestamp ?? createdAt;
}

function described({ name, createdAt, events }: StreamRecord, group: GroupRecord, scope: Scope): LogStream {
  const [first, last] = [events[0], events.at(-1)];
  return {
    logStreamName: name,
    creationTime: createdAt,
    ...(first !== undefined && { firstEventTimestamp: first.timestamp }),
    ...(last !== undefined && { lastEventTimestamp: last.timestamp, lastIngestionTime: last.ingestedAt }),
    uploadSequenceToken: '49',
    arn: `${groupArn(scope, group.name)}:log-stream:${name}`,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- CloudWatch Logs still reports it, as zero
    storedBytes: 0,
  };
}

export const streamOperations = {
  CreateLogStream: createLogStream,
  DeleteLogStream: deleteLogStream,
  DescribeLogStreams: describeLogStreams,
};
