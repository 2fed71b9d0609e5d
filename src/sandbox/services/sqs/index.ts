import type { ProvidingService } from '../../providers/service.ts';
import { batchOperations } from './batches.ts';
import { queueOperations } from './queues.ts';
import { messageOperations } from './receiving.ts';
import { sqsResources } from './resources.ts';
import { endWait, WAIT_TASK } from './waiting.ts';

/** Amazon Simple Queue Service: standard and FIFO queues. */
export const sqs: ProvidingService = {
  name: 'sqs',
  signingNames: ['sqs'],
  sdk: () => import('@aws-sdk/client-sqs'),
  operations: { ...queueOperations, ...messageOperations, ...batchOperations },
  resources: sqsResources,
  tasks: { [WAIT_TASK]: endWait },
};
