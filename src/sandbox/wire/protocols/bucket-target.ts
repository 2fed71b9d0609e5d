import { decodePath } from '../coding/bindings.ts';
import type { WireRequest } from '../coding/http.ts';
import type { Target } from './routes.ts';

/**
 * Takes the bucket out of a request to S3: it leads the path, or the host name where that is below localhost.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function bucketTarget({ path, headers }: WireRequest): Target {
  const host = /^(.+?)(?:\.s3)?\.localhost(?::\d+)?$/.exec(headers['host'] ?? '')?.[1];
  if (host !== undefined && host !== 's3') return { path, labels: { Bucket: host } };
  const [, bucket = '', rest = ''] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  if (bucket === '') return { path: '/', labels: {} };
  return { path: rest === '' ? '/' : rest, labels: { Bucket: decodePath(bucket) } };
}
