import { completeCreation } from '../../providers/complete-creation.ts';
import { generatedName } from '../../providers/generated-name.ts';
import type { Properties, ResourceProvider } from '../../providers/provider.ts';
import type { Scope } from '../../kernel/world.ts';
import { remove } from '../../kernel/table.ts';
import { flag, members, tagsOf, text, texts } from '../../providers/properties.ts';
import { findTopic, snsState, topicAt, type TopicRecord } from './state.ts';
import {
  addSubscription,
  endSubscription,
  setSubscriptionAttribute,
  subscriptionAt,
} from './subscriptions.ts';
import { addTopic, checkTopicAttributes } from './topics.ts';

const LONGEST_NAME = 256;
const TOPIC_ATTRIBUTES = [
  ...['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig', 'FifoThroughputScope'],
  ...['ContentBasedDeduplication', 'ArchivePolicy', 'DataProtectionPolicy'],
];
const SUBSCRIPTION_ATTRIBUTES = [
  ...['RawMessageDelivery', 'FilterPolicy', 'FilterPolicyScope', 'DeliveryPolicy', 'RedrivePolicy'],
  'SubscriptionRoleArn',
];

/** The properties that are attributes of the same name, nested ones as the JSON that the API takes. */
function attributesIn(properties: Properties, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = properties[name];
      const nested = typeof value === 'object' && value !== null;
      const given = nested ? JSON.stringify(value) : text(properties, name);
      return given === undefined ? [] : [[name, given]];
    }),
  );
}

/** The subscriptions that a topic's own property lists; those gone from the list end. */
function settleSubscriptions(
  scope: Scope,
  topic: TopicRecord,
  next: Properties,
  previous: Properties = {},
): void {
  const listed = (properties: Properties) =>
    members(properties, 'Subscription').map((one) => ({
      Protocol: text(one, 'Protocol'),
      Endpoint: text(one, 'Endpoint'),
    }));
  const wanted = listed(next);
  for (const { Protocol, Endpoint } of listed(previous)) {
    if (wanted.some((one) => one.Protocol === Protocol && one.Endpoint === Endpoint)) continue;
    const gone = topic.subscriptions.find((one) => one.protocol === Protocol && one.endpoint === Endpoint);
    endSubscription(scope, gone?.arn);
  }
  for (const one of wanted) addSubscription(scope, topic, one);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topic.html */
const topic: ResourceProvider = {
  type: 'AWS::SNS::Topic',
  seconds: { create: 10, update: 10, delete: 5 },
  create(properties, context) {
    const fifo = flag(properties, 'FifoTopic') ?? false;
    const suffix = fifo ? '.fifo' : '';
    const name =
      text(properties, 'TopicName') ?? generatedName(context, LONGEST_NAME - suffix.length) + suffix;
    const attributes = {
      ...attributesIn(properties, TOPIC_ATTRIBUTES),
      ...(fifo && { FifoTopic: 'true' }),
    };
    const record = addTopic(context, name, attributes, tagsOf(properties, context.tags));
    completeCreation(
      () => {
        settleSubscriptions(context, record, properties);
      },
      () => {
        remove(snsState(context).topics, record.name);
      },
    );
    return record.arn;
  },
  update(arn, next, previous, context) {
    const record = topicAt(context, arn);
    const given = attributesIn(next, TOPIC_ATTRIBUTES);
    checkTopicAttributes(given);
    const before = Object.keys(attributesIn(previous, TOPIC_ATTRIBUTES));
    record.attributes = Object.fromEntries(
      Object.entries({ ...record.attributes, ...given }).filter(
        ([name]) => name in given || !before.includes(name),
      ),
    );
    record.tags = tagsOf(next, context.tags);
    settleSubscriptions(context, record, next, previous);
  },
  delete(arn, _properties, context) {
    const record = findTopic(context, arn);
    if (record !== undefined) remove(snsState(context).topics, record.name);
  },
  attributes: (arn) => ({ TopicArn: arn, TopicName: arn.split(':').at(-1) ?? '' }),
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-subscription.html */
const subscription: ResourceProvider = {
  type: 'AWS::SNS::Subscription',
  create(properties, context) {
    const { arn } = addSubscription(context, topicAt(context, text(properties, 'TopicArn')), {
      Protocol: text(properties, 'Protocol'),
      Endpoint: text(properties, 'Endpoint'),
      Attributes: attributesIn(properties, SUBSCRIPTION_ATTRIBUTES),
    });
    return arn;
  },
  update(arn, next, previous, context) {
    const record = subscriptionAt(context, arn);
    const given = attributesIn(next, SUBSCRIPTION_ATTRIBUTES);
    for (const [name, value] of Object.entries(given)) setSubscriptionAttribute(record, name, value);
    for (const name of Object.keys(attributesIn(previous, SUBSCRIPTION_ATTRIBUTES))) {
      if (!(name in given)) Reflect.deleteProperty(record.attributes, name);
    }
  },
  delete(arn, _properties, context) {
    endSubscription(context, arn);
  },
  attributes: (arn) => ({ Arn: arn }),
};

function setPolicy(properties: Properties, scope: Scope): void {
  const Policy = JSON.stringify(properties['PolicyDocument'] ?? {});
  for (const arn of texts(properties, 'Topics') ?? []) {
    const record = topicAt(scope, arn);
    record.attributes = { ...record.attributes, Policy };
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topicpolicy.html */
const topicPolicy: ResourceProvider = {
  type: 'AWS::SNS::TopicPolicy',
  create(properties, context) {
    setPolicy(properties, context);
    return generatedName(context, 128);
  },
  update(_id, next, _previous, context) {
    setPolicy(next, context);
  },
  delete(_id, properties, context) {
    for (const arn of texts(properties, 'Topics') ?? []) {
      const record = findTopic(context, arn);
      if (record !== undefined) Reflect.deleteProperty(record.attributes, 'Policy');
    }
  },
  attributes: (id) => ({ Id: id }),
};

export const snsResources = [topic, subscription, topicPolicy];
