import type { ProvidingService } from '../../providers/service.ts';
import { aliasOperations } from './aliases.ts';
import { cryptographyOperations } from './cryptography.ts';
import { grantOperations } from './grants.ts';
import { deleteDueKeys, DELETION_TASK, keyOperations } from './keys.ts';
import { kmsResources } from './resources.ts';
import { signingOperations } from './signing.ts';

/** AWS Key Management Service: keys with real material, which never leaves the world's state. */
export const kms: ProvidingService = {
  name: 'kms',
  signingNames: ['kms'],
  sdk: () => import('@aws-sdk/client-kms'),
  operations: {
    ...keyOperations,
    ...aliasOperations,
    ...cryptographyOperations,
    ...signingOperations,
    ...grantOperations,
  },
  resources: kmsResources,
  tasks: { [DELETION_TASK]: deleteDueKeys },
};
