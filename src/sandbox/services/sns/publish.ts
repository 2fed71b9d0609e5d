import type { MessageAttributeValue, PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { invalid, isFifo, topicAt, type SubscriptionRecord, type TopicRecord } from './state.ts';

/** https://docs.aws.amazon.com/general/latest/gr/sns.html, in bytes. */
const LARGEST_MESSAGE = 262_144;

interface Notification {
  readonly id: string;
  readonly topic: TopicRecord;
  readonly input: PublishInput;
}

/**
 * Sends a message to the queues and functions that are subscribed. Mails, texts and web hooks leave no sandbox, and
 * are not sent.
 * @throws AwsError NotFound, InvalidParameter
 */
function publish(input: PublishInput, scope: Scope): PublishResponse {
  if (input.PhoneNumber !== undefined) throw invalid('PhoneNumber', 'the sandbox sends no text messages');
  const topic = topicAt(scope, input.TopicArn ?? input.TargetArn);
  checkMessage(topic, input);
  const id = scope.world.ids.uuid();
  for (const subscription of topic.subscriptions) {
    if (!subscription.pending) deliver(scope, subscription, { id, topic, input });
  }
  return {
    MessageId: id,
    ...(isFifo(topic) && { SequenceNumber: String((topic.sequence += 1)).padStart(20, '0') }),
  };
}

function checkMessage(
  topic: TopicRecord,
  { Message = '', MessageStructure, Subject, ...input }: PublishInput,
) {
  if (Message === '') throw invalid('Message', 'Empty message');
  if (Buffer.byteLength(Message) > LARGEST_MESSAGE) throw invalid('Message', 'Message too long');
  if (Subject !== undefined && (Subject.length === 0 || Subject.length > 100)) throw invalid('Subject', '');
  if (MessageStructure === 'json') perProtocol(Message, 'default');
  if (isFifo(topic) && input.MessageGroupId === undefined)
    throw invalid('MessageGroupId', 'The MessageGroupId parameter is required for FIFO topics');
}

/** What a message that differs by protocol says for one of them. @throws AwsError InvalidParameter */
function perProtocol(message: string, protocol: string): string {
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalid('Message Structure', 'JSON message body failed to parse');
  }
  const { [protocol]: own, default: common } = texts as Record<string, unknown>;
  if (typeof common !== 'string') throw invalid('Message Structure', 'No default entry in JSON message body');
  return typeof own === 'string' ? own : common;
}

function deliver(scope: Scope, subscription: SubscriptionRecord, notification: Notification): void {
  const { protocol } = subscription;
  const { input } = notification;
  const message = input.Message ?? '';
  const text = input.MessageStructure === 'json' ? perProtocol(message, protocol) : message;
  const sending =
    protocol === 'sqs'
      ? sendToQueue(scope, subscription, notification, text)
      : protocol === 'lambda'
        ? invokeFunction(scope, subscription, notification, text)
        : undefined;
  // An endpoint that is gone, or refuses, keeps no one from publishing.
  if (sending !== undefined) scope.world.background(sending.catch(unlessAwsError));
}

function unlessAwsError(error: unknown): void {
  if (!(error instanceof AwsError)) throw error;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function described(scope: Scope, { id, topic, input }: Notification, text: string) {
  return {
    Type: 'Notification',
    MessageId: id,
    TopicArn: topic.arn,
    ...(input.Subject !== undefined && { Subject: input.Subject }),
    Message: text,
    Timestamp: new Date(scope.world.now()).toISOString(),
  };
}

function attributesOf(given: Readonly<Record<string, MessageAttributeValue>> = {}) {
  return Object.fromEntries(
    Object.entries(given).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        Type: DataType,
        Value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64'),
      },
    ]),
  );
}

async function sendToQueue(
  scope: Scope,
  { endpoint, attributes }: SubscriptionRecord,
  notification: Notification,
  text: string,
): Promise<void> {
  const { input, topic } = notification;
  const raw = attributes['RawMessageDelivery']?.toLowerCase() === 'true';
  const given = input.MessageAttributes;
  const body = {
    ...described(scope, notification, text),
    ...(given !== undefined && { MessageAttributes: attributesOf(given) }),
  };
  await scope.world.call(scope, 'sqs', 'SendMessage', {
    QueueUrl: `${scope.world.endpoint}/${scope.accountId}/${endpoint.split(':').at(-1) ?? ''}`,
    MessageBody: raw ? text : JSON.stringify(body),
    ...(raw && given !== undefined && { MessageAttributes: given }),
    ...(isFifo(topic) && {
      MessageGroupId: input.MessageGroupId,
      MessageDeduplicationId: input.MessageDeduplicationId ?? notification.id,
    }),
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
async function invokeFunction(
  scope: Scope,
  { arn, endpoint }: SubscriptionRecord,
  notification: Notification,
  text: string,
): Promise<void> {
  const Sns = {
    ...described(scope, notification, text),
    MessageAttributes: attributesOf(notification.input.MessageAttributes),
  };
  const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: arn, Sns };
  await scope.world.call(scope, 'lambda', 'Invoke', {
    FunctionName: endpoint,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify({ Records: [record] })),
  });
}

export const publishOperations = { Publish: publish };
