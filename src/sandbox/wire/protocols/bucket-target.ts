import { decodePath } from '../coding/bindings.ts';
import type { WireRequest } from '../coding/http.ts';
import type { Target } from './routes.ts';

/** A bucket before the name of S3's endpoint in a region, or in none. */
const OF_S3 = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?(?::\d+)?$/;
/** A bucket before the sandbox's own name. */
const OF_SANDBOX = /^(.+?)(?:\.s3)?\.localhost(?::\d+)?$/;

/** The bucket that leads the host name, below localhost or S3's own name; undefined where there is none. */
export function hostBucket({ headers }: Pick<WireRequest, 'headers'>): string | undefined {
  const { host = '' } = headers;
  const bucket = (OF_S3.exec(host) ?? OF_SANDBOX.exec(host))?.[1];
  return bucket === 's3' ? undefined : bucket;
}

/**
 * Takes the bucket out of a request to S3: it leads the path, or the host name.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function bucketTarget({ path, headers }: WireRequest): Target {
  const host = hostBucket({ headers });
  if (host !== undefined) return { path, labels: { Bucket: host } };
  const [, bucket = '', rest = ''] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  if (bucket === '') return { path: '/', labels: {} };
  return { path: rest === '' ? '/' : rest, labels: { Bucket: decodePath(bucket) } };
}
