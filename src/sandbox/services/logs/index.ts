import type { ProvidingService } from '../../providers/service.ts';
import { eventOperations } from './events.ts';
import { groupOperations } from './groups.ts';
import { insightsOperations } from './insights/operations.ts';
import { liveTailOperations } from './live-tail.ts';
import { logsResources } from './resources.ts';
import { streamOperations } from './streams.ts';

/** Amazon CloudWatch Logs. */
export const logs: ProvidingService = {
  name: 'logs',
  signingNames: ['logs'],
  sdk: () => import('@aws-sdk/client-cloudwatch-logs'),
  operations: {
    ...groupOperations,
    ...streamOperations,
    ...eventOperations,
    ...liveTailOperations,
    ...insightsOperations,
  },
  resources: logsResources,
};
