import { generatedName } from '../../providers/generated-name.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../../providers/provider.ts';
import type { Scope } from '../../kernel/world.ts';
import { own, remove } from '../../kernel/table.ts';
import { flag, tagsOf, text, texts } from '../../providers/properties.ts';
import { DEFAULTS, setAttributes } from './attributes.ts';
import { addQueue } from './queues.ts';
import { queueArn, queueAt, queueUrl, sqsState } from './state.ts';

const LONGEST_NAME = 80;

/** The properties that are attributes of the same name. */
const ATTRIBUTES = [
  ...['VisibilityTimeout', 'MaximumMessageSize', 'MessageRetentionPeriod', 'DelaySeconds'],
  ...['ReceiveMessageWaitTimeSeconds', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'],
  ...['SqsManagedSseEnabled', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'],
  ...['FifoQueue', 'RedrivePolicy', 'RedriveAllowPolicy'],
];

function attributesIn(properties: Properties): Record<string, string> {
  return Object.fromEntries(
    ATTRIBUTES.flatMap((name) => {
      const value = properties[name];
      const given =
        typeof value === 'object' && value !== null ? JSON.stringify(value) : text(properties, name);
      return given === undefined ? [] : [[name, given]];
    }),
  );
}

const nameOf = (url: string) => url.split('/').at(-1) ?? '';

const queue: ResourceProvider = {
  type: 'AWS::SQS::Queue',
  seconds: { create: 60, update: 60, delete: 60 },
  create(properties, context) {
    const fifo = flag(properties, 'FifoQueue') ?? false;
    const suffix = fifo ? '.fifo' : '';
    const name =
      text(properties, 'QueueName') ?? generatedName(context, LONGEST_NAME - suffix.length) + suffix;
    addQueue(context, name, attributesIn(properties), tagsOf(properties, context.tags));
    return queueUrl(context, name);
  },
  update(url, next, previous, context) {
    const record = queueAt(context, url);
    const given = attributesIn(next);
    const gone = Object.keys(attributesIn(previous)).filter((name) => !(name in given));
    const restored = Object.fromEntries(gone.map((name) => [name, DEFAULTS[name] ?? '']));
    setAttributes(context, record, { ...restored, ...given });
    record.tags = tagsOf(next, context.tags);
  },
  delete(url, _properties, context) {
    remove(sqsState(context).queues, nameOf(url));
  },
  attributes: (url, _properties, context) => ({
    Arn: queueArn(context, nameOf(url)),
    QueueName: nameOf(url),
    QueueUrl: url,
  }),
};

function setPolicies(properties: Properties, policy: string, scope: Scope): void {
  for (const url of texts(properties, 'Queues') ?? []) {
    setAttributes(scope, queueAt(scope, url), { Policy: policy });
  }
}

function policyText(properties: Properties): string {
  const policy = properties['PolicyDocument'];
  return typeof policy === 'string' ? policy : JSON.stringify(policy ?? {});
}

const queuePolicy: ResourceProvider = {
  type: 'AWS::SQS::QueuePolicy',
  create(properties, context: ResourceContext) {
    setPolicies(properties, policyText(properties), context);
    return generatedName(context, 128);
  },
  update(_id, next, _previous, context) {
    setPolicies(next, policyText(next), context);
  },
  delete(_id, properties, context) {
    for (const url of texts(properties, 'Queues') ?? []) {
      const record = own(sqsState(context).queues, nameOf(url));
      if (record !== undefined) setAttributes(context, record, { Policy: '' });
    }
  },
  attributes: (id) => ({ Id: id }),
};

export const sqsResources = [queue, queuePolicy];
