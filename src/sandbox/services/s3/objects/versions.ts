import { own, put, remove } from '../../../kernel/table.ts';
import type { Scope } from '../../../kernel/world.ts';
import { noSuchKey, noSuchVersion } from '../errors.ts';
import { AwsError } from '../../../kernel/errors.ts';
import type { BucketRecord, DeleteMarkerVersion, ObjectVersion, VersionRecord } from '../state.ts';

/** The id of what is written while a bucket is not versioned. */
export const NULL_VERSION = 'null';

/** Adds a version on top of a key's others, or in place of the one without an id. */
export function addVersion<Version extends VersionRecord>(
  bucket: BucketRecord,
  key: string,
  version: Omit<Version, 'versionId' | 'modifiedAt'>,
  { world }: Scope,
): Version {
  const versionId = bucket.versioning === 'Enabled' ? world.ids.hex('', 32) : NULL_VERSION;
  const added = { ...version, versionId, modifiedAt: world.now() } as Version;
  const before = own(bucket.objects, key) ?? [];
  put(bucket.objects, key, [added, ...before.filter((held) => held.versionId !== versionId)]);
  return added;
}

/** Takes one version away for good. @returns the version, if it was there */
export function takeVersion(bucket: BucketRecord, key: string, versionId: string): VersionRecord | undefined {
  const held = own(bucket.objects, key) ?? [];
  const found = held.find((version) => version.versionId === versionId);
  if (found === undefined) return undefined;
  if (held.length === 1) remove(bucket.objects, key);
  else
    put(
      bucket.objects,
      key,
      held.filter((version) => version !== found),
    );
  return found;
}

/** The newest version of a key, which may be a delete marker. */
export function latest(bucket: BucketRecord, key: string): VersionRecord | undefined {
  return own(bucket.objects, key)?.[0];
}

/** The object that a client sees under a key. */
export function current(bucket: BucketRecord, key: string): ObjectVersion | undefined {
  const version = latest(bucket, key);
  return version?.deleteMarker ? undefined : version;
}

/**
 * The version asked for, or the newest.
 * @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker asked for by its id
 */
export function objectVersion(
  bucket: BucketRecord,
  key: string,
  versionId: string | undefined,
  method: 'GET' | 'HEAD' = 'GET',
): ObjectVersion {
  if (versionId === undefined) {
    const version = latest(bucket, key);
    if (version !== undefined && !version.deleteMarker) return version;
    throw withMarker(noSuchKey(key), version);
  }
  const version = own(bucket.objects, key)?.find((held) => held.versionId === versionId);
  if (version === undefined) {
    if (versionId === NULL_VERSION || /^[0-9a-f]{32}$/.test(versionId)) throw noSuchVersion(key, versionId);
    throw new AwsError('InvalidArgument', 'Invalid version id specified', 400, {
      ArgumentName: 'versionId',
      ArgumentValue: versionId,
    });
  }
  if (!version.deleteMarker) return version;
  const refused = new AwsError(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    405,
    {
      Method: method,
      ResourceType: 'DeleteMarker',
    },
  );
  throw withMarker(refused, version);
}

/** Errors about a delete marker say so in headers. */
function withMarker(error: AwsError, marker: DeleteMarkerVersion | undefined): AwsError {
  if (marker === undefined) return error;
  return new AwsError(error.code, error.message, error.status, {
    ...error.details,
    DeleteMarker: true,
    VersionId: marker.versionId,
  });
}

/** The member that tells a version's id, where the bucket has ever been versioned. */
export function versionAnswer(
  { versioning }: BucketRecord,
  { versionId }: VersionRecord,
): { VersionId?: string } {
  return versioning === undefined ? {} : { VersionId: versionId };
}
