import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { generatedName } from '../../../providers/generated-name.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../../../providers/provider.ts';
import { remove } from '../../../kernel/table.ts';
import { tagsOf, text, typed } from '../../../providers/properties.ts';
import { userTags } from '../../common/tags.ts';
import { putAlarm } from './operations.ts';
import { alarmArn, cloudWatchState } from '../state/state.ts';

const LONGEST_NAME = 255;
const KINDS = {
  numbers: new Set(['Threshold', 'EvaluationPeriods', 'DatapointsToAlarm', 'Period']),
  booleans: new Set(['ActionsEnabled', 'ReturnData']),
};

function settle(name: string, properties: Properties, context: ResourceContext): void {
  const { Tags: _, ...settings } = typed(properties, KINDS) as Omit<PutMetricAlarmInput, 'AlarmName'>;
  const alarm = putAlarm({ ...settings, AlarmName: name }, context);
  alarm.tags = tagsOf(properties, userTags(context.tags));
}

const alarm: ResourceProvider = {
  type: 'AWS::CloudWatch::Alarm',
  create(properties, context) {
    const name = text(properties, 'AlarmName') ?? generatedName(context, LONGEST_NAME);
    settle(name, properties, context);
    return name;
  },
  update(name, next, _previous, context) {
    settle(name, next, context);
  },
  delete(name, _properties, context) {
    remove(cloudWatchState(context).alarms, name);
  },
  attributes: (name, _properties, context) => ({ Arn: alarmArn(context, name) }),
};

export const cloudWatchResources = [alarm];
