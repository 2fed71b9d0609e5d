import type { ProvidingService } from '../../providers/service.ts';
import { eventBridgeResources } from './resources.ts';
import { ruleOperations } from './rules.ts';
import { runSchedule, SCHEDULE_TASK } from './schedule.ts';

/** Amazon EventBridge as far as it starts functions by schedules: rules of the default bus. Events are not matched. */
export const eventbridge: ProvidingService = {
  name: 'eventbridge',
  signingNames: ['events'],
  sdk: () => import('@aws-sdk/client-eventbridge'),
  operations: ruleOperations,
  resources: eventBridgeResources,
  tasks: { [SCHEDULE_TASK]: runSchedule },
};
