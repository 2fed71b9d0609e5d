import type { GetRandomPasswordRequest } from '@aws-sdk/client-secrets-manager';
import type { Scope } from '../../kernel/world.ts';
import type { ProvidingService } from '../../providers/service.ts';
import { listingOperations } from './listing.ts';
import { randomPassword } from './password.ts';
import { secretsResources } from './resources.ts';
import { deleteDueSecrets, DELETION_TASK, secretOperations } from './secrets.ts';
import { versionOperations } from './versions.ts';

/** AWS Secrets Manager, without rotation and replicas. */
export const secretsmanager: ProvidingService = {
  name: 'secretsmanager',
  signingNames: ['secretsmanager'],
  sdk: () => import('@aws-sdk/client-secrets-manager'),
  operations: {
    ...secretOperations,
    ...versionOperations,
    ...listingOperations,
    GetRandomPassword: (input: GetRandomPasswordRequest, { world }: Scope) => ({
      RandomPassword: randomPassword(world, input),
    }),
  },
  resources: secretsResources,
  tasks: { [DELETION_TASK]: deleteDueSecrets },
};
