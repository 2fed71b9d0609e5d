import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { isFifo, sqsState, type QueueRecord } from './state.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};
const BOOLEANS = new Set(['FifoQueue', 'ContentBasedDeduplication', 'SqsManagedSseEnabled']);
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  DeduplicationScope: ['messageGroup', 'queue'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
};
const TEXTS = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId']);
const FIFO_ONLY = new Set(['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit']);

export const DEFAULTS: Readonly<Record<string, string>> = {
  VisibilityTimeout: '30',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
};

/** @throws AwsError InvalidAttributeName, InvalidAttributeValue */
export function checkAttributes(given: Readonly<Record<string, string>>, fifo: boolean): void {
  for (const [name, value] of Object.entries(given)) {
    if (!isKnown(name) || (FIFO_ONLY.has(name) && !fifo))
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    if (!isAllowed(name, value)) {
      throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
    }
  }
}

function isKnown(name: string): boolean {
  return name in RANGES || name in CHOICES || BOOLEANS.has(name) || TEXTS.has(name);
}

function isAllowed(name: string, value: string): boolean {
  const range = RANGES[name];
  if (range !== undefined)
    return /^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1];
  if (BOOLEANS.has(name)) return value === 'true' || value === 'false';
  if (CHOICES[name] !== undefined) return CHOICES[name].includes(value);
  if (name === 'RedrivePolicy' && value !== '') return redriveOf(value) !== undefined;
  return true;
}

export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** What a redrive policy says; undefined for what is none. */
export function redriveOf(policy: string): Redrive | undefined {
  try {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
    const count = Number(maxReceiveCount);
    if (typeof deadLetterTargetArn !== 'string' || !(count >= 1 && count <= 1000)) return undefined;
    return { deadLetterTargetArn, maxReceiveCount: count };
  } catch {
    return undefined;
  }
}

/** Sets attributes; an empty text takes one back. @throws AwsError InvalidAttributeName, InvalidAttributeValue */
export function setAttributes(
  scope: Scope,
  queue: QueueRecord,
  given: Readonly<Record<string, string>>,
): void {
  checkAttributes(given, isFifo(queue));
  if ('FifoQueue' in given && given['FifoQueue'] !== queue.attributes['FifoQueue'])
    throw new AwsError('InvalidAttributeName', 'Unknown Attribute FifoQueue.');
  const target = redriveOf(given['RedrivePolicy'] ?? '')?.deadLetterTargetArn;
  if (target !== undefined && !Object.values(sqsState(scope).queues).some(({ arn }) => arn === target)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${given['RedrivePolicy'] ?? ''} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`,
    );
  }
  queue.attributes = Object.fromEntries(
    Object.entries({ ...queue.attributes, ...given }).filter(([, value]) => value !== ''),
  );
  queue.modifiedAt = scope.world.now();
}

/** All attributes of a queue, those that are counted among them. */
export function attributesOf(queue: QueueRecord, now: number): Record<string, string> {
  const seconds = (instant: number) => String(Math.floor(instant / 1000));
  const waiting = queue.messages.filter(({ visibleAt }) => visibleAt > now);
  const inFlight = waiting.filter(({ receipt }) => receipt !== undefined).length;
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: seconds(queue.createdAt),
    LastModifiedTimestamp: seconds(queue.modifiedAt),
    ApproximateNumberOfMessages: String(queue.messages.length - waiting.length),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(waiting.length - inFlight),
  };
}
