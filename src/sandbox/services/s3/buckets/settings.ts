import type {
  GetBucketAclOutput,
  GetBucketOwnershipControlsOutput,
  GetBucketTaggingOutput,
  GetBucketVersioningOutput,
  GetPublicAccessBlockOutput,
  Grant,
  PutBucketAclRequest,
  PutBucketOwnershipControlsRequest,
  PutBucketTaggingRequest,
  PutBucketVersioningRequest,
  PutPublicAccessBlockRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { checkTags, tagList, tagMap } from '../../common/tags.ts';
import { onBucket, type BucketRequest } from '../access.ts';
import { accessDenied, malformedXml, notImplemented } from '../errors.ts';
import type { BucketRecord } from '../state.ts';
import { ownerId } from './lifecycle.ts';

/** @throws AwsError AccessControlListNotSupported where the bucket's owner owns every object */
export function checkAcl({ ownership, publicAccessBlock }: BucketRecord, acl: string | undefined): void {
  if (acl === undefined || acl === 'bucket-owner-full-control') return;
  if (ownership === undefined || ownership === 'BucketOwnerEnforced') {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  if (acl.startsWith('public-') && publicAccessBlock?.BlockPublicAcls) throw accessDenied();
}

const EVERYONE = 'http://acs.amazonaws.com/groups/global/AllUsers';
const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const CANNED: Readonly<Record<string, readonly (readonly [string, 'READ' | 'WRITE' | 'READ_ACP'])[]>> = {
  private: [],
  'public-read': [[EVERYONE, 'READ']],
  'public-read-write': [
    [EVERYONE, 'READ'],
    [EVERYONE, 'WRITE'],
  ],
  'authenticated-read': [['http://acs.amazonaws.com/groups/global/AuthenticatedUsers', 'READ']],
  'log-delivery-write': [
    [LOG_DELIVERY, 'WRITE'],
    [LOG_DELIVERY, 'READ_ACP'],
  ],
};

/** The grants of a canned ACL. */
export function aclOf(acl: string, scope: Scope): GetBucketAclOutput {
  const owner = ownerId(scope);
  const grants = (CANNED[acl] ?? []).map(([URI, Permission]): Grant => ({
    Grantee: { Type: 'Group', URI },
    Permission,
  }));
  return {
    Owner: { ID: owner },
    Grants: [{ Grantee: { Type: 'CanonicalUser', ID: owner }, Permission: 'FULL_CONTROL' }, ...grants],
  };
}

/** Once on, versioning can only be suspended. @throws AwsError MalformedXML */
export function setVersioning(bucket: BucketRecord, status: string | undefined): void {
  if (status === undefined) return;
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  bucket.versioning = status;
}

/** Replaces the tags that users see; those of AWS stay. */
export function setBucketTags(bucket: BucketRecord, tags: Readonly<Record<string, string>>): void {
  checkTags(tags, () => new AwsError('InvalidTag', 'System tags cannot be added/updated by requester'));
  if (Object.keys(tags).length > 50) {
    throw new AwsError('BadRequest', 'Bucket tag count cannot be greater than 50');
  }
  const own = Object.entries(bucket.tags).filter(([key]) => key.startsWith('aws:'));
  bucket.tags = { ...Object.fromEntries(own), ...tags };
}

export const settingOperations = {
  PutBucketVersioning: onBucket<PutBucketVersioningRequest, object>(
    's3:PutBucketVersioning',
    (bucket, input) => {
      if (input.VersioningConfiguration?.MFADelete === 'Enabled') throw notImplemented('x-amz-mfa');
      setVersioning(bucket, input.VersioningConfiguration?.Status);
      return {};
    },
  ),
  GetBucketVersioning: onBucket<BucketRequest, GetBucketVersioningOutput>(
    's3:GetBucketVersioning',
    ({ versioning }) => (versioning === undefined ? {} : { Status: versioning }),
  ),
  PutPublicAccessBlock: onBucket<PutPublicAccessBlockRequest, object>(
    's3:PutBucketPublicAccessBlock',
    (bucket, { PublicAccessBlockConfiguration: given = {} }) => {
      bucket.publicAccessBlock = {
        BlockPublicAcls: given.BlockPublicAcls ?? false,
        IgnorePublicAcls: given.IgnorePublicAcls ?? false,
        BlockPublicPolicy: given.BlockPublicPolicy ?? false,
        RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
      };
      return {};
    },
  ),
  GetPublicAccessBlock: onBucket<BucketRequest, GetPublicAccessBlockOutput>(
    's3:GetBucketPublicAccessBlock',
    ({ name, publicAccessBlock }) => {
      if (publicAccessBlock !== undefined) return { PublicAccessBlockConfiguration: publicAccessBlock };
      throw new AwsError(
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
        404,
        { BucketName: name },
      );
    },
  ),
  DeletePublicAccessBlock: onBucket<BucketRequest, object>('s3:PutBucketPublicAccessBlock', (bucket) => {
    delete bucket.publicAccessBlock;
    return {};
  }),
  PutBucketOwnershipControls: onBucket<PutBucketOwnershipControlsRequest, object>(
    's3:PutBucketOwnershipControls',
    (bucket, { OwnershipControls }) => {
      const ownership = OwnershipControls?.Rules?.[0]?.ObjectOwnership;
      if (ownership === undefined) throw malformedXml();
      bucket.ownership = ownership;
      return {};
    },
  ),
  GetBucketOwnershipControls: onBucket<BucketRequest, GetBucketOwnershipControlsOutput>(
    's3:GetBucketOwnershipControls',
    ({ name, ownership }) => {
      if (ownership !== undefined) return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
      throw new AwsError(
        'OwnershipControlsNotFoundError',
        'The bucket ownership controls were not found',
        404,
        {
          BucketName: name,
        },
      );
    },
  ),
  DeleteBucketOwnershipControls: onBucket<BucketRequest, object>(
    's3:PutBucketOwnershipControls',
    (bucket) => {
      delete bucket.ownership;
      return {};
    },
  ),
  PutBucketTagging: onBucket<PutBucketTaggingRequest, object>(
    's3:PutBucketTagging',
    (bucket, { Tagging }) => {
      setBucketTags(bucket, tagMap(Tagging?.TagSet));
      return {};
    },
  ),
  GetBucketTagging: onBucket<BucketRequest, GetBucketTaggingOutput>(
    's3:GetBucketTagging',
    ({ name, tags }) => {
      if (Object.keys(tags).length > 0) return { TagSet: tagList(tags) };
      throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: name });
    },
  ),
  DeleteBucketTagging: onBucket<BucketRequest, object>('s3:PutBucketTagging', (bucket) => {
    setBucketTags(bucket, {});
    return {};
  }),
  PutBucketAcl: onBucket<PutBucketAclRequest, object>(
    's3:PutBucketAcl',
    (bucket, { ACL, AccessControlPolicy }) => {
      if (AccessControlPolicy !== undefined || ACL === undefined) {
        checkAcl(bucket, 'custom');
        throw notImplemented('x-amz-acl');
      }
      checkAcl(bucket, ACL);
      bucket.acl = ACL;
      return {};
    },
  ),
  GetBucketAcl: onBucket<BucketRequest, GetBucketAclOutput>('s3:GetBucketAcl', ({ acl }, _input, context) =>
    aclOf(acl, context),
  ),
};
