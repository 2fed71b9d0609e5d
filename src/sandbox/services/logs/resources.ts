import { completeCreation } from '../../providers/complete-creation.ts';
import { generatedName } from '../../providers/generated-name.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../../providers/provider.ts';
import { own, put, remove } from '../../kernel/table.ts';
import { flag, integer, tagsOf, text } from '../../providers/properties.ts';
import { userTags } from '../common/tags.ts';
import { createLogGroup, deleteLogGroup, putRetention } from './groups.ts';
import { existingGroup, groupArn, logsState, type FilterRecord, type GroupRecord } from './state.ts';
import { createLogStream } from './streams.ts';

const logGroup: ResourceProvider = {
  type: 'AWS::Logs::LogGroup',
  create(properties, context) {
    const name = text(properties, 'LogGroupName') ?? generatedName(context, 512);
    const group = createLogGroup({ logGroupName: name }, context);
    completeCreation(
      () => {
        settle(group, properties, context);
      },
      () => {
        remove(logsState(context).groups, name);
      },
    );
    return name;
  },
  update(name, next, _previous, context) {
    settle(existingGroup(context, name), next, context);
  },
  delete(name, _properties, context) {
    if (own(logsState(context).groups, name) !== undefined) deleteLogGroup({ logGroupName: name }, context);
  },
  present: (name, _properties, context) => ({
    RetentionInDays: existingGroup(context, name).retentionInDays,
  }),
  attributes: (name, _properties, context) => ({ Arn: `${groupArn(context, name)}:*` }),
};

function settle(group: GroupRecord, properties: Properties, context: ResourceContext): void {
  group.tags = tagsOf(properties, userTags(context.tags));
  group.deletionProtection = flag(properties, 'DeletionProtectionEnabled') ?? false;
  const key = text(properties, 'KmsKeyId');
  if (key === undefined) delete group.kmsKeyId;
  else group.kmsKeyId = key;
  const days = integer(properties, 'RetentionInDays');
  if (days === undefined) delete group.retentionInDays;
  else putRetention({ logGroupName: group.name, retentionInDays: days }, context);
}

const logStream: ResourceProvider = {
  type: 'AWS::Logs::LogStream',
  create(properties, context) {
    const name = text(properties, 'LogStreamName') ?? generatedName(context, 512);
    createLogStream({ logGroupName: text(properties, 'LogGroupName'), logStreamName: name }, context);
    return name;
  },
  delete(name, properties, context) {
    const group = own(logsState(context).groups, text(properties, 'LogGroupName'));
    if (group !== undefined) remove(group.streams, name);
  },
};

/** A filter of a group; what it would feed is not fed. */
function filterProvider(
  type: string,
  filtersOf: (group: GroupRecord) => Record<string, FilterRecord>,
): ResourceProvider {
  const keep = (name: string, properties: Properties, context: ResourceContext) => {
    const group = existingGroup(context, text(properties, 'LogGroupName') ?? '');
    put(filtersOf(group), name, {
      name,
      pattern: text(properties, 'FilterPattern') ?? '',
      createdAt: context.world.now(),
      settings: properties,
    });
  };
  return {
    type,
    create(properties, context) {
      const name = text(properties, 'FilterName') ?? generatedName(context, 512);
      keep(name, properties, context);
      return name;
    },
    update(name, next, _previous, context) {
      keep(name, next, context);
    },
    delete(name, properties, context) {
      const group = own(logsState(context).groups, text(properties, 'LogGroupName'));
      if (group !== undefined) remove(filtersOf(group), name);
    },
  };
}

export const logsResources = [
  logGroup,
  logStream,
  filterProvider('AWS::Logs::MetricFilter', ({ metricFilters }) => metricFilters),
  filterProvider('AWS::Logs::SubscriptionFilter', ({ subscriptionFilters }) => subscriptionFilters),
];
