import type {
  DeleteObjectTaggingRequest,
  GetObjectAclOutput,
  GetObjectAclRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectAclRequest,
  PutObjectTaggingRequest,
} from '@aws-sdk/client-s3';
import { tagList, tagMap } from '../../common/tags.ts';
import { onBucket } from '../access.ts';
import { aclOf, checkAcl } from '../buckets/settings.ts';
import { notImplemented } from '../errors.ts';
import { checkObjectTags } from './settings.ts';
import { objectVersion, versionAnswer } from './versions.ts';

export const taggingOperations = {
  GetObjectTagging: onBucket<GetObjectTaggingRequest, GetObjectTaggingOutput>(
    's3:GetObjectTagging',
    (bucket, input) => {
      const version = objectVersion(bucket, input.Key ?? '', input.VersionId);
      return { TagSet: tagList(version.tags), ...versionAnswer(bucket, version) };
    },
  ),
  PutObjectTagging: onBucket<PutObjectTaggingRequest, object>('s3:PutObjectTagging', (bucket, input) => {
    const version = objectVersion(bucket, input.Key ?? '', input.VersionId);
    const tags = tagMap(input.Tagging?.TagSet);
    checkObjectTags(tags);
    version.tags = tags;
    return versionAnswer(bucket, version);
  }),
  DeleteObjectTagging: onBucket<DeleteObjectTaggingRequest, object>(
    's3:DeleteObjectTagging',
    (bucket, input) => {
      const version = objectVersion(bucket, input.Key ?? '', input.VersionId);
      version.tags = {};
      return versionAnswer(bucket, version);
    },
  ),
  /** Objects belong to their bucket's owner, whose full control is all there is. */
  GetObjectAcl: onBucket<GetObjectAclRequest, GetObjectAclOutput>(
    's3:GetObjectAcl',
    (bucket, input, context) => {
      objectVersion(bucket, input.Key ?? '', input.VersionId);
      return aclOf('private', context);
    },
  ),
  PutObjectAcl: onBucket<PutObjectAclRequest, object>('s3:PutObjectAcl', (bucket, input) => {
    objectVersion(bucket, input.Key ?? '', input.VersionId);
    checkAcl(bucket, input.ACL ?? 'custom');
    if (input.ACL !== 'private' && input.ACL !== 'bucket-owner-full-control')
      throw notImplemented('x-amz-acl');
    return {};
  }),
};
