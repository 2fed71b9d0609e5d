import type {
  CreateQueueRequest,
  CreateQueueResult,
  DeleteQueueRequest,
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  GetQueueUrlRequest,
  GetQueueUrlResult,
  ListQueuesRequest,
  ListQueuesResult,
  ListQueueTagsRequest,
  ListQueueTagsResult,
  PurgeQueueRequest,
  SetQueueAttributesRequest,
  TagQueueRequest,
  UntagQueueRequest,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { withoutTags } from '../common/tags.ts';
import { attributesOf, checkAttributes, DEFAULTS, setAttributes } from './attributes.ts';
import { dropExpired } from './messages.ts';
import { noQueue, queueArn, queueAt, queueUrl, sqsState, type QueueRecord } from './state.ts';

const PURGE_AGAIN_AFTER = 60_000;

function checkName(name: string, fifo: boolean): void {
  if (fifo && !/^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name)) {
    throw new AwsError(
      'InvalidParameterValue',
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
    );
  }
  if (!fifo && !/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw new AwsError(
      'InvalidParameterValue',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  }
}

/**
 * Makes a queue, or finds the one that is there with the same attributes.
 * @throws AwsError QueueNameExists, InvalidParameterValue, InvalidAttributeName, InvalidAttributeValue
 */
export function addQueue(
  scope: Scope,
  name: string,
  given: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>> = {},
): QueueRecord {
  const { queues } = sqsState(scope);
  const fifo = given['FifoQueue'] === 'true';
  checkName(name, fifo);
  checkAttributes(given, fifo);
  const there = own(queues, name);
  if (there !== undefined) {
    const other = Object.entries(given).find(([key, value]) => there.attributes[key] !== value);
    if (other === undefined) return there;
    throw new AwsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${other[0]}`,
    );
  }
  const now = scope.world.now();
  const queue: QueueRecord = {
    name,
    arn: queueArn(scope, name),
    createdAt: now,
    modifiedAt: now,
    attributes: {
      ...DEFAULTS,
      ...(fifo && {
        FifoQueue: 'true',
        ContentBasedDeduplication: 'false',
        DeduplicationScope: 'queue',
        FifoThroughputLimit: 'perQueue',
      }),
    },
    tags: { ...tags },
    messages: [],
    sequence: 0,
    recent: {},
  };
  setAttributes(scope, queue, given);
  return put(queues, name, queue);
}

function createQueue({ QueueName, Attributes, tags }: CreateQueueRequest, scope: Scope): CreateQueueResult {
  const { name } = addQueue(scope, QueueName ?? '', Attributes ?? {}, tags);
  return { QueueUrl: queueUrl(scope, name) };
}

function deleteQueue({ QueueUrl }: DeleteQueueRequest, scope: Scope): object {
  remove(sqsState(scope).queues, queueAt(scope, QueueUrl).name);
  return {};
}

function getQueueUrl(
  { QueueName, QueueOwnerAWSAccountId }: GetQueueUrlRequest,
  scope: Scope,
): GetQueueUrlResult {
  const mine = (QueueOwnerAWSAccountId ?? scope.accountId) === scope.accountId;
  const queue = mine ? own(sqsState(scope).queues, QueueName) : undefined;
  if (queue === undefined) throw noQueue();
  return { QueueUrl: queueUrl(scope, queue.name) };
}

function listQueues(
  { QueueNamePrefix = '', NextToken, MaxResults }: ListQueuesRequest,
  scope: Scope,
): ListQueuesResult {
  const names = sorted(sqsState(scope).queues)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(QueueNamePrefix));
  const { items, nextToken } = pageOf(
    names,
    Math.min(MaxResults ?? 1000, 1000),
    NextToken,
    () => new AwsError('InvalidParameterValue', 'Invalid or expired next token.'),
  );
  return {
    ...(items.length > 0 && { QueueUrls: items.map((name) => queueUrl(scope, name)) }),
    // Only who asks for pages is told of the next.
    ...(nextToken !== undefined && MaxResults !== undefined && { NextToken: nextToken }),
  };
}

function getQueueAttributes(
  { QueueUrl, AttributeNames = [] }: GetQueueAttributesRequest,
  scope: Scope,
): GetQueueAttributesResult {
  const queue = queueAt(scope, QueueUrl);
  dropExpired(scope, queue);
  const all = attributesOf(queue, scope.world.now());
  const wanted = new Set<string>(AttributeNames);
  const shown = Object.entries(all).filter(([name]) => wanted.has('All') || wanted.has(name));
  return shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) };
}

function setQueueAttributes({ QueueUrl, Attributes }: SetQueueAttributesRequest, scope: Scope): object {
  setAttributes(scope, queueAt(scope, QueueUrl), Attributes ?? {});
  return {};
}

function purgeQueue({ QueueUrl }: PurgeQueueRequest, scope: Scope): object {
  const queue = queueAt(scope, QueueUrl);
  const now = scope.world.now();
  if (queue.purgedAt !== undefined && now - queue.purgedAt < PURGE_AGAIN_AFTER) {
    throw new AwsError(
      'PurgeQueueInProgress',
      `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      403,
    );
  }
  queue.purgedAt = now;
  queue.messages = [];
  return {};
}

function tagQueue({ QueueUrl, Tags }: TagQueueRequest, scope: Scope): object {
  const queue = queueAt(scope, QueueUrl);
  queue.tags = { ...queue.tags, ...Tags };
  return {};
}

function untagQueue({ QueueUrl, TagKeys }: UntagQueueRequest, scope: Scope): object {
  const queue = queueAt(scope, QueueUrl);
  queue.tags = withoutTags(queue.tags, TagKeys);
  return {};
}

function listQueueTags({ QueueUrl }: ListQueueTagsRequest, scope: Scope): ListQueueTagsResult {
  const { tags } = queueAt(scope, QueueUrl);
  return Object.keys(tags).length === 0 ? {} : { Tags: tags };
}

export const queueOperations = {
  CreateQueue: createQueue,
  DeleteQueue: deleteQueue,
  GetQueueUrl: getQueueUrl,
  ListQueues: listQueues,
  GetQueueAttributes: getQueueAttributes,
  SetQueueAttributes: setQueueAttributes,
  PurgeQueue: purgeQueue,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
  ListQueueTags: listQueueTags,
};
