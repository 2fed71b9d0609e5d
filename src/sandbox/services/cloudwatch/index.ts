import type { ProvidingService } from '../../providers/service.ts';
import { alarmOperations } from './alarms/operations.ts';
import { metricOperations } from './metrics/put.ts';
import { queryOperations } from './metrics/queries.ts';
import { cloudWatchResources } from './alarms/resources.ts';
import { tagOperations } from './alarms/tagging.ts';
import { ALARM_TASK } from './state/alarm-schedule.ts';
import { runAlarm } from './alarms/watching.ts';

/** Amazon CloudWatch: metrics by the minute, and alarms on them. */
export const cloudwatch: ProvidingService = {
  name: 'cloudwatch',
  signingNames: ['monitoring'],
  sdk: () => import('@aws-sdk/client-cloudwatch'),
  operations: { ...metricOperations, ...queryOperations, ...alarmOperations, ...tagOperations },
  resources: cloudWatchResources,
  tasks: { [ALARM_TASK]: runAlarm },
};
