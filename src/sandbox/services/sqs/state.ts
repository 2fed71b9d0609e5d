import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, type Table } from '../../kernel/table.ts';
import type { Instant } from '../../kernel/time.ts';
import { defineSlice } from '../../kernel/slice.ts';

/** A message's attribute, its binary value in base64. */
export interface AttributeRecord {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly binary?: string;
}

export interface MessageRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Table<AttributeRecord>;
  readonly sentAt: Instant;
  readonly traceHeader?: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sequenceNumber?: string;
  deadLetterSource?: string;
  visibleAt: Instant;
  receiveCount: number;
  firstReceivedAt?: Instant;
  /** Of the last time it was received. */
  receipt?: string;
}

export interface QueueRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Instant;
  modifiedAt: Instant;
  /** As SQS tells them: texts. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
  /** In the order in which they were sent. */
  messages: MessageRecord[];
  purgedAt?: Instant;
  sequence: number;
  /** When FIFO messages were sent, and as which message, by their deduplication id. */
  readonly recent: Table<{
    readonly at: Instant;
    readonly messageId: string;
    readonly sequenceNumber: string;
  }>;
}

export const sqsState = defineSlice<{ readonly queues: Table<QueueRecord> }>('sqs', () => ({ queues: {} }));

export function queueUrl({ world, accountId }: Scope, name: string): string {
  return `${world.endpoint}/${accountId}/${name}`;
}

export function queueArn(scope: Scope, name: string): string {
  return arn(scope, 'sqs', name);
}

export function noQueue(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
}

/**
 * The queue of a URL. Only its path counts: a URL stays good when the sandbox comes up on another port.
 * @throws AwsError QueueDoesNotExist, MissingParameter
 */
export function queueAt(scope: Scope, url: string | undefined): QueueRecord {
  if (url === undefined || url === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter QueueUrl.');
  }
  const found = own(sqsState(scope).queues, url.split('/').at(-1));
  if (found === undefined) throw noQueue();
  return found;
}

export function isFifo({ attributes }: QueueRecord): boolean {
  return attributes['FifoQueue'] === 'true';
}
