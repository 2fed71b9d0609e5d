import type { ProvidingService } from '../../providers/service.ts';
import { publishOperations } from './publish.ts';
import { snsResources } from './resources.ts';
import { subscriptionOperations } from './subscriptions.ts';
import { topicOperations } from './topics.ts';

/** Amazon Simple Notification Service: topics that reach the sandbox's queues and functions. */
export const sns: ProvidingService = {
  name: 'sns',
  signingNames: ['sns'],
  sdk: () => import('@aws-sdk/client-sns'),
  operations: { ...topicOperations, ...subscriptionOperations, ...publishOperations },
  resources: snsResources,
};
