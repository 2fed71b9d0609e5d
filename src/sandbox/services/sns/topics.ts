import type {
  CreateTopicInput,
  CreateTopicResponse,
  DeleteTopicInput,
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  ListTopicsInput,
  ListTopicsResponse,
  SetTopicAttributesInput,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-sns';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, put, remove, sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { checkTags, tagList, tagMap, withoutTags, type Tags } from '../common/tags.ts';
import { findTopic, invalid, snsState, topicArn, topicAt, type TopicRecord } from './state.ts';

export const PAGE = 100;
const MOST_TAGS = 50;

/** https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
const SETTABLE = new Set([
  ...['DeliveryPolicy', 'DisplayName', 'Policy', 'TracingConfig', 'KmsMasterKeyId', 'SignatureVersion'],
  ...['ContentBasedDeduplication', 'FifoThroughputScope', 'ArchivePolicy', 'DataProtectionPolicy'],
  ...['HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'].flatMap((protocol) =>
    ['SuccessFeedbackRoleArn', 'SuccessFeedbackSampleRate', 'FailureFeedbackRoleArn'].map(
      (name) => protocol + name,
    ),
  ),
]);

function checkName(name: string, fifo: boolean): void {
  const pattern = fifo ? /^[\w-]{1,251}\.fifo$/ : /^[\w-]{1,256}$/;
  if (!pattern.test(name)) throw invalid('Topic Name', '');
}

/** @throws AwsError InvalidParameter */
export function checkTopicAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!SETTABLE.has(name)) throw invalid('AttributeName', '');
    if (name === 'DisplayName' && value.length > 100)
      throw invalid('DisplayName', 'must be at most 100 long');
  }
}

/** @throws AwsError InvalidParameter, TagLimitExceeded */
function checkedTags(tags: Tags): Record<string, string> {
  checkTags(tags, (key) => invalid('Tags', `${key} begins with aws:, which is reserved`));
  if (Object.keys(tags).length > MOST_TAGS) {
    throw new AwsError('TagLimitExceeded', 'Could not complete request: tag quota of per resource exceeded');
  }
  return { ...tags };
}

/**
 * Makes a topic, or finds the one that is there with the same attributes and tags.
 * @throws AwsError InvalidParameter
 */
export function addTopic(
  scope: Scope,
  name: string,
  given: Readonly<Record<string, string>>,
  tags: Tags,
): TopicRecord {
  const { FifoTopic, ...rest } = given;
  const fifo = FifoTopic === 'true';
  checkName(name, fifo);
  checkTopicAttributes(rest);
  const { topics } = snsState(scope);
  const there = own(topics, name);
  if (there !== undefined) {
    const other = Object.entries(rest).some(([key, value]) => there.attributes[key] !== value);
    if (other) throw invalid('Attributes', 'Topic already exists with different attributes');
    if (Object.entries(tags).some(([key, value]) => there.tags[key] !== value))
      throw invalid('Tags', 'Topic already exists with different tags');
    return there;
  }
  return put(topics, name, {
    name,
    arn: topicArn(scope, name),
    attributes: { ...(fifo && { FifoTopic: 'true', ContentBasedDeduplication: 'false' }), ...rest },
    tags: { ...tags },
    subscriptions: [],
    deletedSubscriptions: 0,
    sequence: 0,
  });
}

function createTopic({ Name = '', Attributes, Tags }: CreateTopicInput, scope: Scope): CreateTopicResponse {
  const tags = checkedTags(tagMap(Tags));
  return { TopicArn: addTopic(scope, Name, Attributes ?? {}, tags).arn };
}

/** Deleting what is not there is no error. */
function deleteTopic({ TopicArn }: DeleteTopicInput, scope: Scope): object {
  const topic = findTopic(scope, TopicArn);
  if (topic !== undefined) remove(snsState(scope).topics, topic.name);
  return {};
}

function listTopics({ NextToken }: ListTopicsInput, scope: Scope): ListTopicsResponse {
  const { items, nextToken } = pageOf(sorted(snsState(scope).topics), PAGE, NextToken, () =>
    invalid('NextToken', ''),
  );
  return {
    Topics: items.map(({ arn }) => ({ TopicArn: arn })),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
}

/** Who may use a topic that has no policy of its own: its owner, for everything. */
function ownPolicy({ accountId }: Scope, topic: TopicRecord): string {
  const actions = ['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission'];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [...actions, 'DeleteTopic', 'Subscribe', 'ListSubscriptionsByTopic', 'Publish'].map(
          (name) => `SNS:${name}`,
        ),
        Resource: topic.arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });
}

function getTopicAttributes({ TopicArn }: GetTopicAttributesInput, scope: Scope): GetTopicAttributesResponse {
  const topic = topicAt(scope, TopicArn);
  const pending = topic.subscriptions.filter((subscription) => subscription.pending).length;
  return {
    Attributes: {
      DisplayName: '',
      Policy: ownPolicy(scope, topic),
      ...topic.attributes,
      TopicArn: topic.arn,
      Owner: scope.accountId,
      SubscriptionsPending: String(pending),
      SubscriptionsConfirmed: String(topic.subscriptions.length - pending),
      SubscriptionsDeleted: String(topic.deletedSubscriptions),
    },
  };
}

function setTopicAttributes(
  { TopicArn, AttributeName = '', AttributeValue = '' }: SetTopicAttributesInput,
  scope: Scope,
): object {
  const topic = topicAt(scope, TopicArn);
  checkTopicAttributes({ [AttributeName]: AttributeValue });
  topic.attributes = { ...topic.attributes, [AttributeName]: AttributeValue };
  return {};
}

/** @throws AwsError ResourceNotFound, as these three operations call it */
function tagged(scope: Scope, given: string | undefined): TopicRecord {
  const topic = findTopic(scope, given);
  if (topic === undefined) throw new AwsError('ResourceNotFound', 'Resource does not exist', 404);
  return topic;
}

function tagResource({ ResourceArn, Tags }: TagResourceRequest, scope: Scope): object {
  const topic = tagged(scope, ResourceArn);
  const added = tagMap(Tags);
  checkTags(added, (key) => invalid('Tags', `${key} begins with aws:, which is reserved`));
  topic.tags = { ...topic.tags, ...added };
  return {};
}

function untagResource({ ResourceArn, TagKeys }: UntagResourceRequest, scope: Scope): object {
  const topic = tagged(scope, ResourceArn);
  topic.tags = withoutTags(topic.tags, TagKeys);
  return {};
}

function listTagsForResource(
  { ResourceArn }: ListTagsForResourceRequest,
  scope: Scope,
): ListTagsForResourceResponse {
  return { Tags: tagList(tagged(scope, ResourceArn).tags) };
}

export const topicOperations = {
  CreateTopic: createTopic,
  DeleteTopic: deleteTopic,
  ListTopics: listTopics,
  GetTopicAttributes: getTopicAttributes,
  SetTopicAttributes: setTopicAttributes,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
};
