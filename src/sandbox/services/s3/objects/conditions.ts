import { AwsError } from '../../../kernel/errors.ts';
import { noSuchKey, notImplemented, preconditionFailed } from '../errors.ts';
import type { ObjectVersion } from '../state.ts';

/** The conditions of a read. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html */
export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** @throws AwsError PreconditionFailed, or NotModified with status 304 */
export function checkRead(version: ObjectVersion, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  // HTTP dates have no fractions of a second.
  const modified = Math.floor(version.modifiedAt / 1000);
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  if (IfMatch !== undefined) {
    if (!names(IfMatch, version.etag)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince !== undefined && modified > seconds(IfUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (IfNoneMatch !== undefined) {
    if (names(IfNoneMatch, version.etag)) throw new AwsError('NotModified', 'Not Modified', 304);
  } else if (IfModifiedSince !== undefined && modified <= seconds(IfModifiedSince)) {
    throw new AwsError('NotModified', 'Not Modified', 304);
  }
}

/** @throws AwsError PreconditionFailed; a copy's source gives it where a read would say NotModified */
export function checkCopySource(version: ObjectVersion, conditions: ReadConditions): void {
  try {
    checkRead(version, conditions);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NotModified')
      throw preconditionFailed('x-amz-copy-source-If-None-Match');
    throw error;
  }
}

/**
 * The conditions of a write, checked against the object that it would replace.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws AwsError PreconditionFailed, NoSuchKey where If-Match finds no object
 */
export function checkWrite(
  existing: ObjectVersion | undefined,
  key: string,
  { IfMatch, IfNoneMatch }: Pick<ReadConditions, 'IfMatch' | 'IfNoneMatch'>,
): void {
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== '*') throw notImplemented('If-None-Match');
    if (existing !== undefined) throw preconditionFailed('If-None-Match');
  }
  if (IfMatch === undefined) return;
  if (existing === undefined) throw noSuchKey(key);
  if (!names(IfMatch, existing.etag)) throw preconditionFailed('If-Match');
}

function names(given: string, etag: string): boolean {
  return (
    given === '*' ||
    given.split(',').some((tag) => tag.trim().replace(/^W\/|"/g, '') === etag.replaceAll('"', ''))
  );
}
