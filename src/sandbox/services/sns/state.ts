import { AwsError } from '../../kernel/errors.ts';
import { arn } from '../../kernel/location.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, type Table } from '../../kernel/table.ts';
import { defineSlice } from '../../kernel/slice.ts';

export interface SubscriptionRecord {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** Whether the endpoint has yet to say that it wants the messages. */
  readonly pending: boolean;
  attributes: Record<string, string>;
}

export interface TopicRecord {
  readonly name: string;
  readonly arn: string;
  /** What was set; what was not has its default. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
  readonly subscriptions: SubscriptionRecord[];
  deletedSubscriptions: number;
  sequence: number;
}

export const snsState = defineSlice<{ readonly topics: Table<TopicRecord> }>('sns', () => ({ topics: {} }));

export function topicArn(scope: Scope, name: string): string {
  return arn(scope, 'sns', name);
}

export function invalid(parameter: string, reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${parameter} Reason: ${reason}`);
}

/** The topic of an ARN, if there is one. @throws AwsError InvalidParameter for what is no topic's ARN */
export function findTopic(scope: Scope, given: string | undefined): TopicRecord | undefined {
  const [, name] = /^arn:[^:]+:sns:[^:]+:\d{12}:([^:]+)$/.exec(given ?? '') ?? [];
  if (name === undefined) throw invalid('TopicArn', 'An ARN must have at least 6 elements, not 1');
  const topic = own(snsState(scope).topics, name);
  return topic?.arn === given ? topic : undefined;
}

/** @throws AwsError NotFound, InvalidParameter */
export function topicAt(scope: Scope, given: string | undefined): TopicRecord {
  const topic = findTopic(scope, given);
  if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
  return topic;
}

export function isFifo({ attributes }: TopicRecord): boolean {
  return attributes['FifoTopic'] === 'true';
}
