import type {
  DeletedObject,
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../kernel/errors.ts';
import type { RequestContext } from '../../../kernel/world.ts';
import { checkPolicy, onBucket, reachableBucket } from '../access.ts';
import { malformedXml, preconditionFailed } from '../errors.ts';
import type { BucketRecord, DeleteMarkerVersion } from '../state.ts';
import { addVersion, current, NULL_VERSION, takeVersion } from './versions.ts';

const deleteAction = ({ VersionId }: { VersionId?: string | undefined }) =>
  VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';

/**
 * Without a version id, a versioned bucket hides the object under a delete marker; with one, the version is gone for
 * good. What is not there counts as deleted.
 */
function deleteOne(
  bucket: BucketRecord,
  {
    Key = '',
    VersionId,
    ETag,
  }: { Key?: string | undefined; VersionId?: string | undefined; ETag?: string | undefined },
  context: RequestContext,
): DeleteObjectOutput {
  if (ETag !== undefined && ETag !== '*') {
    const existing = current(bucket, Key);
    if (existing?.etag.replaceAll('"', '') !== ETag.replaceAll('"', '')) throw preconditionFailed('If-Match');
  }
  if (VersionId !== undefined) {
    const taken = takeVersion(bucket, Key, VersionId);
    return { VersionId, ...(taken?.deleteMarker && { DeleteMarker: true }) };
  }
  if (bucket.versioning === undefined) {
    takeVersion(bucket, Key, NULL_VERSION);
    return {};
  }
  const marker = addVersion<DeleteMarkerVersion>(bucket, Key, { deleteMarker: true }, context);
  return { DeleteMarker: true, VersionId: marker.versionId };
}

const MOST_AT_ONCE = 1000;

function deleteObjects(input: DeleteObjectsRequest, context: RequestContext): DeleteObjectsOutput {
  const bucket = reachableBucket(input, context);
  const objects = input.Delete?.Objects ?? [];
  if (objects.length === 0 || objects.length > MOST_AT_ONCE) throw malformedXml();
  const answer: Required<Pick<DeleteObjectsOutput, 'Deleted' | 'Errors'>> = { Deleted: [], Errors: [] };
  for (const object of objects) {
    try {
      checkPolicy(bucket, deleteAction(object), object, context);
      answer.Deleted.push(deleted(object, deleteOne(bucket, object, context)));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      answer.Errors.push({
        Key: object.Key,
        VersionId: object.VersionId,
        Code: error.code,
        Message: error.message,
      });
    }
  }
  return input.Delete?.Quiet ? { Errors: answer.Errors } : answer;
}

function deleted(
  { Key, VersionId }: { Key: string | undefined; VersionId?: string | undefined },
  outcome: DeleteObjectOutput,
): DeletedObject {
  return {
    Key,
    ...(VersionId !== undefined && { VersionId }),
    ...(outcome.DeleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: outcome.VersionId }),
  };
}

export const deleteOperations = {
  DeleteObject: onBucket<DeleteObjectRequest, DeleteObjectOutput>(deleteAction, (bucket, input, context) =>
    deleteOne(bucket, { Key: input.Key, VersionId: input.VersionId, ETag: input.IfMatch }, context),
  ),
  DeleteObjects: deleteObjects,
};
