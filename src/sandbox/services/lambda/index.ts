import type { ProvidingService } from '../../providers/service.ts';
import { concurrencyOperations } from './functions/concurrency.ts';
import { functionOperations } from './functions/functions.ts';
import { EVENT_TASK, invokeOperations, runEvent } from './invoke.ts';
import { permissionOperations } from './functions/permissions.ts';
import { lambdaResources } from './resources.ts';
import { tagOperations } from './functions/tags.ts';
import { versionOperations } from './functions/versions.ts';

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
