import { AwsError } from '../../kernel/errors.ts';
import type { ResourceProvider } from '../../providers/provider.ts';
import type { ResourceRecord } from '../stacks/records.ts';
import type { TemplateValue } from '../template/index.ts';
import type { Driver } from './driver.ts';
import { EngineFault } from './failure.ts';

/** The driver of a type that one of the sandbox's services provides. */
export function provided(provider: ResourceProvider): Driver {
  return {
    pollSeconds: 1,
    seconds: (action) => provider.seconds?.[action] ?? 1,
    start(work) {
      const { action, properties, previous, context, physicalId = '' } = work;
      if (action === 'create') work.physicalId = provider.create(properties, context);
      else if (action === 'update') provider.update?.(physicalId, properties, previous, context);
      else {
        provider.delete(physicalId, properties, context);
        const { deletionTimeout } = provider;
        if (deletionTimeout !== undefined)
          work.step.deadline = context.world.now() + deletionTimeout.seconds * 1000;
      }
    },
    poll({ action, step, properties, context, physicalId = '' }) {
      if (action !== 'delete') return provider.isStable?.(physicalId, properties, context) ?? true;
      if (provider.isDeleted?.(physicalId, properties, context) ?? true) return true;
      const { deletionTimeout } = provider;
      if (deletionTimeout !== undefined && context.world.now() >= (step.deadline ?? Infinity))
        throw new EngineFault(deletionTimeout.reason(physicalId, properties, context));
      return false;
    },
    ref(record, context) {
      const { physicalId = '' } = record;
      return provider.ref?.(physicalId, appliedProperties(record), context) ?? physicalId;
    },
    attribute(record, name, context) {
      const attributes =
        provider.attributes?.(record.physicalId ?? '', appliedProperties(record), context) ?? {};
      if (Object.hasOwn(attributes, name)) return attributes[name] as TemplateValue;
      const property = record.properties[name];
      if (property !== undefined) return property;
      throw noAttribute(record, name);
    },
  };
}

export function appliedProperties(record: Pick<ResourceRecord, 'properties' | 'applied'>) {
  return record.applied ?? record.properties;
}

export function noAttribute({ logicalId }: Pick<ResourceRecord, 'logicalId'>, name: string): AwsError {
  return new AwsError(
    'ValidationError',
    `Template error: resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt`,
  );
}
