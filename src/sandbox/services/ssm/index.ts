import type { ProvidingService } from '../../providers/service.ts';
import { changeOperations } from './change.ts';
import { describeOperations } from './describe.ts';
import { managedInstanceOperations } from './managed-instances.ts';
import { putParameter } from './put.ts';
import { readOperations } from './read.ts';
import { ssmResources } from './resources.ts';

/** AWS Systems Manager, of which the Parameter Store: one's own parameters and AWS's public ones. */
export const ssm: ProvidingService = {
  name: 'ssm',
  signingNames: ['ssm'],
  sdk: () => import('@aws-sdk/client-ssm'),
  operations: {
    PutParameter: putParameter,
    ...readOperations,
    ...describeOperations,
    ...changeOperations,
    ...managedInstanceOperations,
  },
  resources: ssmResources,
};
