import {
  responseUrl,
  responsesAt,
  openResponseUrl,
  tokenOf,
  closeResponseUrl,
} from '../stacks/response-urls.ts';
import { text } from '../../providers/properties.ts';
import type { TemplateBody, TemplateValue } from '../template/index.ts';
import type { Driver } from '../resources/driver.ts';
import { EngineFault } from '../resources/failure.ts';
import { noAttribute } from '../resources/provided.ts';

/** A handle is a URL that takes signals. What it stands for is its token: the sandbox's port may change. */
export const waitConditionHandle: Driver = {
  pollSeconds: 1,
  seconds: () => 1,
  start(work) {
    const { action, context, physicalId } = work;
    if (action === 'create') {
      work.physicalId = responseUrl(context, openResponseUrl(context, work.stack.stackId));
    } else if (action === 'delete' && physicalId !== undefined) {
      closeResponseUrl(context, tokenOf(physicalId));
    }
  },
  poll: () => true,
  ref: ({ physicalId }, context) =>
    physicalId === undefined ? '' : responseUrl(context, tokenOf(physicalId)),
  attribute(record, name) {
    throw noAttribute(record, name);
  },
};

/** Waits for signals at its handle. Without one it has a CreationPolicy, whose signals the engine counts. */
export const waitCondition: Driver = {
  pollSeconds: 60,
  seconds: () => 0,
  start(work) {
    const { action, context, properties, step } = work;
    if (action === 'update') {
      throw new EngineFault('Update to resource type AWS::CloudFormation::WaitCondition is not supported.');
    }
    if (action === 'delete') return;
    work.physicalId = `${context.stackId}/${context.logicalId}`;
    if (typeof properties['Handle'] === 'string') {
      step.deadline = context.world.now() + Number(properties['Timeout'] ?? 0) * 1000;
    }
  },
  poll(work) {
    const { action, context, properties, step } = work;
    const handle = properties['Handle'];
    if (action !== 'create' || typeof handle !== 'string') return true;
    const successes = successesIn(responsesAt(context, tokenOf(handle)));
    const count = Number(properties['Count'] ?? 1);
    if (successes.size >= count) {
      work.data = { Data: JSON.stringify(Object.fromEntries(successes)) };
      return true;
    }
    if (step.deadline !== undefined && context.world.now() >= step.deadline) {
      throw new EngineFault(
        `WaitCondition timed out. Received ${successes.size} conditions when expecting ${count}`,
      );
    }
    return false;
  },
  ref: ({ physicalId = '' }) => physicalId,
  attribute(record, name): TemplateValue {
    if (name === 'Data') return text(record.data ?? {}, 'Data') ?? '{}';
    throw noAttribute(record, name);
  },
};

/** The data of each success, by unique id. @throws EngineFault for a failure and for what is no signal */
function successesIn(messages: readonly TemplateBody[]): Map<string, TemplateValue> {
  const successes = new Map<string, TemplateValue>();
  for (const { Status, UniqueId, Reason = '', Data = '' } of messages) {
    if (typeof UniqueId !== 'string' || (Status !== 'SUCCESS' && Status !== 'FAILURE')) {
      throw new EngineFault('Unparsable WaitCondition data');
    }
    if (Status === 'FAILURE') {
      const reason = typeof Reason === 'string' ? Reason : JSON.stringify(Reason);
      throw new EngineFault(`WaitCondition received failed message: '${reason}' for uniqueId: ${UniqueId}`);
    }
    if (!successes.has(UniqueId)) successes.set(UniqueId, Data);
  }
  return successes;
}
