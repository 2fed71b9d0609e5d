import type { RequestContext } from '../kernel/world.ts';
import { own } from '../kernel/table.ts';
import type { Input, Permission } from './permission.ts';

/**
 * Operations of S3 whose permission has another name.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ACTIONS: Readonly<Record<string, string>> = {
  AbortMultipartUpload: 'AbortMultipartUpload',
  CompleteMultipartUpload: 'PutObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  DeleteBucketCors: 'PutBucketCORS',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketReplication: 'PutReplicationConfiguration',
  DeleteBucketTagging: 'PutBucketTagging',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjectVersions: 'ListBucketVersions',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListParts: 'ListMultipartUploadParts',
  PutBucketAccelerateConfiguration: 'PutAccelerateConfiguration',
  PutBucketCors: 'PutBucketCORS',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  PutBucketReplication: 'PutReplicationConfiguration',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
};

/** Operations on one version, where the request names one, need a permission of their own. */
const VERSIONED = /^(GetObject|DeleteObject|GetObjectAcl|GetObjectTagging|PutObjectAcl|PutObjectTagging)$/;

/** The permissions that an operation of S3 needs. */
export function s3Requests(
  operation: string,
  input: Input,
  { partition }: RequestContext,
): readonly Permission[] {
  const { Bucket, Key, VersionId, Prefix } = input;
  if (Bucket === undefined) return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  const bucket = `arn:${partition}:s3:::${Bucket}`;
  const one = (name: string, key: string | undefined, version: string | undefined): Permission => {
    const versioned =
      version !== undefined && VERSIONED.test(name) ? name.replace('Object', 'ObjectVersion') : name;
    return {
      action: `s3:${versioned}`,
      resource: key === undefined ? bucket : `${bucket}/${key}`,
      ...(Prefix !== undefined && { context: { 's3:prefix': Prefix } }),
    };
  };
  if (operation === 'DeleteObjects') {
    return (input.Delete?.Objects ?? []).map((each) => one('DeleteObject', each.Key, each.VersionId));
  }
  const asked = [one(own(ACTIONS, operation) ?? operation, Key, VersionId)];
  if (input.CopySource !== undefined) {
    const [, from = '', key = '', version] =
      /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(decodeURIComponent(input.CopySource)) ?? [];
    const source = one('GetObject', key, version);
    asked.push({ ...source, resource: `arn:${partition}:s3:::${from}/${key}` });
  }
  if (operation === 'PutObject') {
    if (input.ACL !== undefined) asked.push(one('PutObjectAcl', Key, undefined));
    if (input.Tagging !== undefined) asked.push(one('PutObjectTagging', Key, undefined));
  }
  return asked;
}
