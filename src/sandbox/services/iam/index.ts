import type { ProvidingService } from '../../providers/service.ts';
import { profileOperations } from './instance-profiles.ts';
import { policyOperations } from './policies.ts';
import { iamResources } from './resources.ts';
import { roleOperations } from './roles.ts';
import { simulationOperations } from './simulation.ts';
import { userOperations } from './users.ts';

/** AWS IAM: roles, instance profiles and policies. What policies say is kept, and weighed only where S3 or a simulation asks. */
export const iam: ProvidingService = {
  name: 'iam',
  signingNames: ['iam'],
  sdk: () => import('@aws-sdk/client-iam'),
  operations: {
    ...roleOperations,
    ...profileOperations,
    ...policyOperations,
    ...simulationOperations,
    ...userOperations,
  },
  resources: iamResources,
};
