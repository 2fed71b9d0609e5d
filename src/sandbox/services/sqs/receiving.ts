import type {
  ChangeMessageVisibilityRequest,
  DeleteMessageRequest,
  Message,
  MessageAttributeValue,
  ReceiveMessageRequest,
  ReceiveMessageResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, type Table } from '../../kernel/table.ts';
import { attributesMd5, md5 } from './digest.ts';
import { sendTo, takeFrom } from './messages.ts';
import { queueAt, sqsState, type AttributeRecord, type MessageRecord, type QueueRecord } from './state.ts';
import { waitFor } from './waiting.ts';

const LONGEST_VISIBILITY = 43_200;

function sendMessage(input: SendMessageRequest, scope: Scope): SendMessageResult {
  return sendTo(scope, queueAt(scope, input.QueueUrl), input);
}

/** Gives messages at once if there are any; else it waits as long as it is told to, or the queue says. */
async function receiveMessage(input: ReceiveMessageRequest, scope: Scope): Promise<ReceiveMessageResult> {
  const queue = queueAt(scope, input.QueueUrl);
  const most = checked(input.MaxNumberOfMessages ?? 1, 'MaxNumberOfMessages', 1, 10);
  const wait = input.WaitTimeSeconds ?? Number(queue.attributes['ReceiveMessageWaitTimeSeconds']);
  const { world } = scope;
  const deadline = world.now() + checked(wait, 'WaitTimeSeconds', 0, 20) * 1000;
  const visibility =
    input.VisibilityTimeout === undefined
      ? undefined
      : checked(input.VisibilityTimeout, 'VisibilityTimeout', 0, LONGEST_VISIBILITY);
  let taken = takeFrom(scope, queue, most, visibility);
  while (taken.length === 0 && world.now() < deadline && isThere(scope, queue)) {
    const now = world.now();
    const soonest = Math.min(...queue.messages.map(({ visibleAt }) => visibleAt).filter((at) => at > now));
    await waitFor(scope, queue, Math.min(deadline, soonest));
    taken = takeFrom(scope, queue, most, visibility);
  }
  return taken.length === 0 ? {} : { Messages: taken.map((message) => describe(message, input, scope)) };
}

function isThere(scope: Scope, queue: QueueRecord): boolean {
  return own(sqsState(scope).queues, queue.name) === queue;
}

function checked(value: number, name: string, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new AwsError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}

function describe(message: MessageRecord, input: ReceiveMessageRequest, { accountId }: Scope): Message {
  const wanted = new Set<string>([
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- SQS still takes it from older programs
    ...(input.AttributeNames ?? []),
    ...(input.MessageSystemAttributeNames ?? []),
  ]);
  const system = Object.entries({
    SenderId: accountId,
    SentTimestamp: String(Math.floor(message.sentAt)),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAt ?? 0)),
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSource,
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: message.sequenceNumber,
  }).filter(([name, value]) => value !== undefined && (wanted.has('All') || wanted.has(name)));
  const attributes = chosen(message.attributes, input.MessageAttributeNames ?? []);
  const digest = attributesMd5(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(digest !== undefined && {
      MD5OfMessageAttributes: digest,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, attribute]) => [name, attributeValue(attribute)]),
      ),
    }),
  };
}

/** The attributes that are asked for: by name, all of a prefix (`colour.*`), or every one. */
function chosen(attributes: Table<AttributeRecord>, names: readonly string[]): Table<AttributeRecord> {
  const result: Table<AttributeRecord> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    const asked = names.some(
      (pattern) =>
        pattern === 'All' ||
        pattern === name ||
        (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
    );
    if (asked) put(result, name, attribute);
  }
  return result;
}

function attributeValue({ binary, DataType, StringValue }: AttributeRecord): MessageAttributeValue {
  return {
    DataType,
    ...(StringValue !== undefined && { StringValue }),
    ...(binary !== undefined && { BinaryValue: Buffer.from(binary, 'base64') }),
  };
}

/** @throws AwsError ReceiptHandleIsInvalid */
function messageIdOf(receipt: string | undefined): string {
  const [id = ''] = Buffer.from(receipt ?? '', 'base64')
    .toString()
    .split(' ');
  if (/^[0-9a-f-]{36}$/.test(id)) return id;
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receipt ?? ''}" is not a valid receipt handle.`,
    404,
  );
}

/** Deletes a message by any receipt of it, as a standard queue does; one that is gone counts as deleted. */
export function deleteFrom(queue: QueueRecord, receipt: string | undefined): void {
  const id = messageIdOf(receipt);
  const at = queue.messages.findIndex(({ messageId }) => messageId === id);
  if (at >= 0) queue.messages.splice(at, 1);
}

function deleteMessage({ QueueUrl, ReceiptHandle }: DeleteMessageRequest, scope: Scope): object {
  deleteFrom(queueAt(scope, QueueUrl), ReceiptHandle);
  return {};
}

/** @throws AwsError InvalidParameterValue, MessageNotInflight, ReceiptHandleIsInvalid */
export function changeVisibility(
  { world }: Scope,
  queue: QueueRecord,
  receipt: string | undefined,
  seconds = 0,
): void {
  checked(seconds, 'VisibilityTimeout', 0, LONGEST_VISIBILITY);
  const id = messageIdOf(receipt);
  const message = queue.messages.find(({ messageId }) => messageId === id);
  if (message === undefined || message.visibleAt <= world.now()) {
    throw new AwsError(
      'MessageNotInflight',
      `Value ${receipt ?? ''} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
  message.visibleAt = world.now() + seconds * 1000;
}

function changeMessageVisibility(input: ChangeMessageVisibilityRequest, scope: Scope): object {
  const queue = queueAt(scope, input.QueueUrl);
  changeVisibility(scope, queue, input.ReceiptHandle, input.VisibilityTimeout);
  return {};
}

export const messageOperations = {
  SendMessage: sendMessage,
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  ChangeMessageVisibility: changeMessageVisibility,
};
