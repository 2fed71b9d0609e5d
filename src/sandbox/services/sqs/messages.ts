import { createHash } from 'node:crypto';
import type {
  MessageAttributeValue,
  SendMessageBatchRequestEntry,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, type Table } from '../../kernel/table.ts';
import { redriveOf } from './attributes.ts';
import { attributesMd5, md5 } from './digest.ts';
import { isFifo, sqsState, type AttributeRecord, type MessageRecord, type QueueRecord } from './state.ts';
import { endWaits } from './waiting.ts';

const DEDUPLICATION = 5 * 60_000;

function invalid(parameter: string, value: string, reason: string): AwsError {
  return new AwsError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );
}

/** Puts a message into a queue. @throws AwsError MissingParameter, InvalidParameterValue, InvalidMessageContents */
export function sendTo(
  scope: Scope,
  queue: QueueRecord,
  input: Omit<SendMessageRequest, 'QueueUrl'> | SendMessageBatchRequestEntry,
): SendMessageResult {
  const { world } = scope;
  const body = input.MessageBody ?? '';
  const attributes = readAttributes(input.MessageAttributes ?? {});
  checkContent(queue, body, attributes);
  const fifo = isFifo(queue);
  const now = world.now();
  const digests = digestsOf(body, attributes);
  if (!fifo && input.MessageDeduplicationId !== undefined) {
    throw invalid(
      'MessageDeduplicationId',
      input.MessageDeduplicationId,
      'The request include parameter that is not valid for this queue type',
    );
  }
  const deduplicationId = fifo ? deduplicationOf(queue, input, body) : undefined;
  const before = own(queue.recent, deduplicationId);
  if (before !== undefined && now - before.at < DEDUPLICATION) {
    return { ...digests, MessageId: before.messageId, SequenceNumber: before.sequenceNumber };
  }
  const messageId = world.ids.uuid();
  const sequenceNumber = fifo ? String((queue.sequence += 1)).padStart(20, '0') : undefined;
  if (deduplicationId !== undefined && sequenceNumber !== undefined)
    put(queue.recent, deduplicationId, { at: now, messageId, sequenceNumber });
  const delay = fifo ? undefined : checkedDelay(input.DelaySeconds);
  const traceHeader = input.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
  queue.messages.push({
    messageId,
    body,
    attributes,
    sentAt: now,
    ...(traceHeader !== undefined && { traceHeader }),
    ...(input.MessageGroupId !== undefined && { groupId: input.MessageGroupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
    ...(sequenceNumber !== undefined && { sequenceNumber }),
    visibleAt: now + (delay ?? Number(queue.attributes['DelaySeconds'])) * 1000,
    receiveCount: 0,
  });
  endWaits(scope, queue);
  return {
    ...digests,
    MessageId: messageId,
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
  };
}

function checkedDelay(delay: number | undefined): number | undefined {
  if (delay === undefined || (delay >= 0 && delay <= 900)) return delay;
  throw invalid('DelaySeconds', String(delay), 'DelaySeconds must be >= 0 and <= 900.');
}

function deduplicationOf(
  queue: QueueRecord,
  input: Pick<SendMessageRequest, 'MessageGroupId' | 'MessageDeduplicationId'>,
  body: string,
): string {
  if (input.MessageGroupId === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  }
  if (input.MessageDeduplicationId !== undefined) return input.MessageDeduplicationId;
  if (queue.attributes['ContentBasedDeduplication'] === 'true')
    return createHash('sha256').update(body).digest('hex');
  throw new AwsError(
    'InvalidParameterValue',
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}

function readAttributes(given: Readonly<Record<string, MessageAttributeValue>>): Table<AttributeRecord> {
  const attributes: Table<AttributeRecord> = {};
  for (const [name, { DataType = '', StringValue, BinaryValue }] of Object.entries(given)) {
    if (!/^(?:String|Number|Binary)(?:\..+)?$/.test(DataType)) {
      throw new AwsError(
        'InvalidParameterValue',
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    if ((StringValue ?? '') === '' && (BinaryValue?.length ?? 0) === 0) {
      throw new AwsError(
        'InvalidParameterValue',
        `The message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`,
      );
    }
    put(attributes, name, {
      DataType,
      ...(StringValue !== undefined && { StringValue }),
      ...(BinaryValue !== undefined && { binary: Buffer.from(BinaryValue).toString('base64') }),
    });
  }
  return attributes;
}

function checkContent(queue: QueueRecord, body: string, attributes: Table<AttributeRecord>): void {
  if (body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  const size = Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', binary = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(binary, 'base64'),
    Buffer.byteLength(body),
  );
  const most = Number(queue.attributes['MaximumMessageSize']);
  if (size > most) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
    );
  }
}

function digestsOf(body: string, attributes: Table<AttributeRecord>) {
  const digest = attributesMd5(attributes);
  return { MD5OfMessageBody: md5(body), ...(digest !== undefined && { MD5OfMessageAttributes: digest }) };
}

/** Drops the messages whose retention is over. */
export function dropExpired({ world }: Scope, queue: QueueRecord): void {
  const oldest = world.now() - Number(queue.attributes['MessageRetentionPeriod']) * 1000;
  if (queue.messages.some(({ sentAt }) => sentAt <= oldest))
    queue.messages = queue.messages.filter(({ sentAt }) => sentAt > oldest);
}

/**
 * Takes up to `most` messages, which nobody else sees for `visibility` seconds. What was received too often moves to the
 * dead-letter queue instead; FIFO messages come in order, and a group waits for those of it that are in flight.
 */
export function takeFrom(
  scope: Scope,
  queue: QueueRecord,
  most: number,
  visibility?: number,
): MessageRecord[] {
  dropExpired(scope, queue);
  const { world } = scope;
  const now = world.now();
  const redrive = redriveOf(queue.attributes['RedrivePolicy'] ?? '');
  const seconds = visibility ?? Number(queue.attributes['VisibilityTimeout']);
  const taken: MessageRecord[] = [];
  const held = new Set<string>();
  for (const message of [...queue.messages]) {
    if (taken.length === most) break;
    const group = isFifo(queue) ? message.groupId : undefined;
    if (group !== undefined && held.has(group)) continue;
    if (message.visibleAt > now) {
      if (group !== undefined) held.add(group);
      continue;
    }
    if (redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount) {
      moveToDeadLetters(scope, queue, message, redrive.deadLetterTargetArn);
      continue;
    }
    message.visibleAt = now + seconds * 1000;
    message.receiveCount += 1;
    message.firstReceivedAt ??= now;
    message.receipt = Buffer.from(`${message.messageId} ${world.ids.uuid()}`).toString('base64');
    taken.push(message);
  }
  return taken;
}

function moveToDeadLetters(scope: Scope, queue: QueueRecord, message: MessageRecord, arn: string): void {
  const target = Object.values(sqsState(scope).queues).find((one) => one.arn === arn);
  if (target === undefined) return;
  queue.messages.splice(queue.messages.indexOf(message), 1);
  const { receipt: _, ...rest } = message;
  target.messages.push({ ...rest, visibleAt: scope.world.now(), deadLetterSource: queue.arn });
  endWaits(scope, target);
}
