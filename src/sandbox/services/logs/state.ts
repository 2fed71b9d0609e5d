import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';

export interface EventRecord {
  readonly timestamp: Instant;
  readonly message: string;
  readonly ingestedAt: Instant;
  /** Counts the events of a region, so that equal times keep the order they came in. */
  readonly number: number;
}

export interface StreamRecord {
  readonly name: string;
  readonly createdAt: Instant;
  /** By time, and where that is equal by arrival. */
  readonly events: EventRecord[];
}

export interface FilterRecord {
  readonly name: string;
  readonly pattern: string;
  readonly createdAt: Instant;
  /** What the request said of it: transformations, or a destination. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface GroupRecord {
  readonly name: string;
  readonly createdAt: Instant;
  readonly logClass: string;
  retentionInDays?: number;
  kmsKeyId?: string;
  deletionProtection: boolean;
  tags: Record<string, string>;
  readonly streams: Table<StreamRecord>;
  readonly metricFilters: Table<FilterRecord>;
  readonly subscriptionFilters: Table<FilterRecord>;
}

interface LogsState {
  readonly groups: Table<GroupRecord>;
  events: number;
}

export const logsState = defineSlice<LogsState>('logs', () => ({ groups: {}, events: 0 }));

/** Without the `:*` that some answers append. */
export function groupArn(scope: Scope, name: string): string {
  return arn(scope, 'logs', `log-group:${name}`);
}

/** The name in what a request gives: a name, or an ARN with or without `:*`. */
export function groupNameOf(given: string): string {
  return /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)/.exec(given)?.[1] ?? given;
}

/** @throws AwsError ResourceNotFoundException */
export function existingGroup(scope: Scope, given: string): GroupRecord {
  const group = own(logsState(scope).groups, groupNameOf(given));
  if (group === undefined) throw notFound('The specified log group does not exist.');
  return group;
}

/** @throws AwsError ResourceNotFoundException */
export function existingStream(group: GroupRecord, name: string): StreamRecord {
  const stream = own(group.streams, name);
  if (stream === undefined) throw notFound('The specified log stream does not exist.');
  return stream;
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
