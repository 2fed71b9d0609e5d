import { own } from '../../kernel/table.ts';
import type { ProvidingService } from '../../providers/service.ts';
import type { BucketRequest } from './access.ts';
import { configurationOperations } from './buckets/configurations.ts';
import { encryptionOperations } from './buckets/encryption.ts';
import { bucketOperations } from './buckets/lifecycle.ts';
import { policyOperations } from './buckets/policy.ts';
import { settingOperations } from './buckets/settings.ts';
import { objectListings } from './listing/objects.ts';
import { uploadListings } from './listing/uploads.ts';
import { versionListings } from './listing/versions.ts';
import { copyObject } from './objects/copy.ts';
import { deleteOperations } from './objects/delete.ts';
import { readOperations } from './objects/get.ts';
import { multipartOperations } from './objects/multipart.ts';
import { putObject } from './objects/put.ts';
import { taggingOperations } from './objects/tagging.ts';
import { s3Resources } from './resources.ts';
import { bucketsOf } from './state.ts';

/** Amazon S3. Bodies lie in the world's blobs; a bucket's policy is asked for its denials. */
export const s3: ProvidingService = {
  name: 's3',
  signingNames: ['s3'],
  sdk: () => import('@aws-sdk/client-s3'),
  operations: {
    ...configurationOperations,
    ...bucketOperations,
    ...policyOperations,
    ...encryptionOperations,
    ...settingOperations,
    PutObject: putObject,
    CopyObject: copyObject,
    ...readOperations,
    ...deleteOperations,
    ...taggingOperations,
    ...multipartOperations,
    ...objectListings,
    ...versionListings,
    ...uploadListings,
  },
  homeOf: (world, { Bucket }: BucketRequest) => own(bucketsOf(world), Bucket)?.region,
  resources: s3Resources,
};
