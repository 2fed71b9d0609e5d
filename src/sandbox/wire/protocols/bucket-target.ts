import { decodePath } from '../coding/bindings.ts';
import type { WireRequest } from '../coding/http.ts';
import type { Target } from './routes.ts';

/** The bucket that leads the host name, below localhost; undefined where there is none. */
export function hostBucket({ headers }: Pick<WireRequest, 'headers'>): string | undefined {
  const host = /^(.+?)(?:\.s3)?\.localhost(?::\d+)?$/.exec(headers['host'] ?? '')?.[1];
  return host === 's3' ? undefined : host;
}

/**
 * Takes the bucket out of a request to S3: it leads the path, or the host name where that is below localhost.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function bucketTarget({ path, headers }: WireRequest): Target {
  const host = hostBucket({ headers });
  if (host !== undefined) return { path, labels: { Bucket: host } };
  const [, bucket = '', rest = ''] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  if (bucket === '') return { path: '/', labels: {} };
  return { path: rest === '' ? '/' : rest, labels: { Bucket: decodePath(bucket) } };
}
