import type { ProvidingService } from '../../providers/service.ts';
import { concurrencyOperations } from './concurrency.ts';
import { functionOperations } from './functions.ts';
import { EVENT_TASK, invokeOperations, runEvent } from './invoke.ts';
import { permissionOperations } from './permissions.ts';
import { lambdaResources } from './resources.ts';
import { tagOperations } from './tags.ts';
import { versionOperations } from './versions.ts';

/** AWS Lambda. Functions on Node.js really run, each in a process of its own. */
export const lambda: ProvidingService = {
  name: 'lambda',
  signingNames: ['lambda'],
  sdk: () => import('@aws-sdk/client-lambda'),
  operations: {
    ...functionOperations,
    ...versionOperations,
    ...invokeOperations,
    ...permissionOperations,
    ...concurrencyOperations,
    ...tagOperations,
  },
  resources: lambdaResources,
  tasks: { [EVENT_TASK]: runEvent },
};
