import type {
  GetSubscriptionAttributesInput,
  GetSubscriptionAttributesResponse,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsInput,
  ListSubscriptionsResponse,
  SetSubscriptionAttributesInput,
  SubscribeInput,
  SubscribeResponse,
  Subscription,
  UnsubscribeInput,
} from '@aws-sdk/client-sns';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { sorted } from '../../kernel/table.ts';
import { pageOf } from '../common/paging.ts';
import { invalid, snsState, topicAt, type SubscriptionRecord, type TopicRecord } from './state.ts';
import { PAGE } from './topics.ts';

/** What an endpoint of each protocol looks like, and whether SNS asks it first whether it wants the messages. */
const PROTOCOLS: Readonly<Record<string, { readonly endpoint: RegExp; readonly confirms: boolean }>> = {
  sqs: { endpoint: /^arn:[^:]+:sqs:/, confirms: false },
  lambda: { endpoint: /^arn:[^:]+:lambda:/, confirms: false },
  firehose: { endpoint: /^arn:[^:]+:firehose:/, confirms: false },
  sms: { endpoint: /^\+?[\d-]{5,}$/, confirms: false },
  email: { endpoint: /^[^@\s]+@[^@\s]+$/, confirms: true },
  'email-json': { endpoint: /^[^@\s]+@[^@\s]+$/, confirms: true },
  http: { endpoint: /^http:\/\/./, confirms: true },
  https: { endpoint: /^https:\/\/./, confirms: true },
};
const BOOLEANS = new Set(['RawMessageDelivery']);
const TEXTS = new Set(['DeliveryPolicy', 'RedrivePolicy', 'SubscriptionRoleArn']);

/** @throws AwsError InvalidParameter */
function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('FilterPolicy'))
      throw invalid(name, "the sandbox's SNS delivers every message: it knows no filter policies");
    if (!BOOLEANS.has(name) && !TEXTS.has(name)) throw invalid('AttributeName', '');
    if (BOOLEANS.has(name) && !/^(?:true|false)$/i.test(value))
      throw invalid(name, `Invalid value [${value}]. Must be true or false.`);
  }
}

/**
 * Subscribes an endpoint, or finds the subscription it has.
 * @throws AwsError InvalidParameter, NotFound
 */
export function addSubscription(
  scope: Scope,
  topic: TopicRecord,
  { Protocol = '', Endpoint = '', Attributes = {} }: Omit<SubscribeInput, 'TopicArn'>,
): SubscriptionRecord {
  const protocol = PROTOCOLS[Protocol];
  if (protocol === undefined) throw invalid('Protocol', `Does not support this protocol string: ${Protocol}`);
  if (!protocol.endpoint.test(Endpoint)) throw invalid('Endpoint', `not one of the protocol ${Protocol}`);
  checkAttributes(Attributes);
  const there = topic.subscriptions.find(
    ({ protocol: of, endpoint }) => of === Protocol && endpoint === Endpoint,
  );
  if (there !== undefined) return there;
  const record: SubscriptionRecord = {
    arn: `${topic.arn}:${scope.world.ids.uuid()}`,
    protocol: Protocol,
    endpoint: Endpoint,
    pending: protocol.confirms,
    attributes: { ...Attributes },
  };
  topic.subscriptions.push(record);
  return record;
}

function subscribe(input: SubscribeInput, scope: Scope): SubscribeResponse {
  const { arn, pending } = addSubscription(scope, topicAt(scope, input.TopicArn), input);
  return { SubscriptionArn: pending && !input.ReturnSubscriptionArn ? 'pending confirmation' : arn };
}

function topicOf(scope: Scope, arn: string | undefined): TopicRecord | undefined {
  const isIts = (subscription: SubscriptionRecord) => subscription.arn === arn;
  return Object.values(snsState(scope).topics).find(({ subscriptions }) => subscriptions.some(isIts));
}

/** Ends a subscription; one that is gone is no error. */
export function endSubscription(scope: Scope, arn: string | undefined): void {
  const topic = topicOf(scope, arn);
  const at = topic?.subscriptions.findIndex((subscription) => subscription.arn === arn) ?? -1;
  if (topic === undefined || at < 0) return;
  topic.subscriptions.splice(at, 1);
  topic.deletedSubscriptions += 1;
}

function unsubscribe({ SubscriptionArn }: UnsubscribeInput, scope: Scope): object {
  endSubscription(scope, SubscriptionArn);
  return {};
}

/** @throws AwsError NotFound */
export function subscriptionAt(scope: Scope, arn: string | undefined): SubscriptionRecord {
  const found = topicOf(scope, arn)?.subscriptions.find((subscription) => subscription.arn === arn);
  if (found === undefined) throw new AwsError('NotFound', 'Subscription does not exist', 404);
  return found;
}

function getSubscriptionAttributes(
  { SubscriptionArn }: GetSubscriptionAttributesInput,
  scope: Scope,
): GetSubscriptionAttributesResponse {
  const { arn, protocol, endpoint, pending, attributes } = subscriptionAt(scope, SubscriptionArn);
  return {
    Attributes: {
      RawMessageDelivery: 'false',
      ...attributes,
      SubscriptionArn: arn,
      TopicArn: arn.slice(0, arn.lastIndexOf(':')),
      Protocol: protocol,
      Endpoint: endpoint,
      Owner: scope.accountId,
      PendingConfirmation: String(pending),
      ConfirmationWasAuthenticated: String(!pending),
    },
  };
}

/** @throws AwsError NotFound, InvalidParameter */
export function setSubscriptionAttribute(record: SubscriptionRecord, name: string, value: string): void {
  checkAttributes({ [name]: value });
  record.attributes = { ...record.attributes, [name]: value };
}

function setSubscriptionAttributes(
  { SubscriptionArn, AttributeName = '', AttributeValue = '' }: SetSubscriptionAttributesInput,
  scope: Scope,
): object {
  setSubscriptionAttribute(subscriptionAt(scope, SubscriptionArn), AttributeName, AttributeValue);
  return {};
}

const paged =
  (topicsOf: (input: ListSubscriptionsByTopicInput, scope: Scope) => readonly TopicRecord[]) =>
  (
    input: ListSubscriptionsByTopicInput | ListSubscriptionsInput,
    scope: Scope,
  ): ListSubscriptionsResponse => {
    const all = topicsOf(input as ListSubscriptionsByTopicInput, scope).flatMap((topic) =>
      topic.subscriptions.map(({ arn, protocol, endpoint, pending }): Subscription => ({
        SubscriptionArn: pending ? 'PendingConfirmation' : arn,
        Owner: scope.accountId,
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn: topic.arn,
      })),
    );
    const page = pageOf(all, PAGE, input.NextToken, () => invalid('NextToken', ''));
    return {
      Subscriptions: page.items,
      ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
    };
  };

export const subscriptionOperations = {
  Subscribe: subscribe,
  Unsubscribe: unsubscribe,
  GetSubscriptionAttributes: getSubscriptionAttributes,
  SetSubscriptionAttributes: setSubscriptionAttributes,
  ListSubscriptions: paged((_input, scope) => sorted(snsState(scope).topics)),
  ListSubscriptionsByTopic: paged(({ TopicArn }, scope) => [topicAt(scope, TopicArn)]),
};
