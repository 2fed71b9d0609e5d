import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';

/** An object of S3 as a TemplateURL names it. */
export interface TemplatePlace {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** Where the URL names one. */
  readonly region?: string;
}

/**
 * Reads a URL of S3 in any style (virtual-hosted, path, dual-stack, regional or not), or one of the sandbox itself.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * @returns undefined for any other URL
 */
export function templatePlace(text: string, endpoint: string): TemplatePlace | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const own = new URL(endpoint);
  const path = url.pathname.slice(1);
  const versionId = url.searchParams.get('versionId') ?? undefined;
  const from = (bucket: string, key: string, region?: string): TemplatePlace | undefined =>
    bucket === '' || key === '' ? undefined : { bucket, key: decoded(key), versionId, region };
  const inPath = (region?: string) => {
    const slash = path.indexOf('/');
    return slash < 0 ? undefined : from(path.slice(0, slash), path.slice(slash + 1), region);
  };
  if (url.port === own.port && isLoopback(url.hostname)) {
    const bucket = /^(.+)\.localhost$/.exec(url.hostname)?.[1];
    return bucket === undefined ? inPath() : from(bucket.replace(/\.s3$/, ''), path);
  }
  if (url.protocol !== 'https:') return undefined;
  const match =
    /^(?:(.+)\.)?s3(?:[.-]dualstack)?(?:[.-]([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/.exec(
      url.hostname,
    );
  if (match === null) return undefined;
  const [, bucket, region] = match;
  return bucket === undefined ? inPath(region) : from(bucket, path, region);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]' || host.endsWith('.localhost');
}

/** S3 takes a plus in the path of a TemplateURL for a blank, as its console writes it. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/**
 * The text at a TemplateURL, as CloudFormation reads it: with the caller's rights, from S3 only.
 * @throws AwsError ValidationError
 */
export async function textAt(scope: Scope, url: string): Promise<string> {
  const place = templatePlace(url, scope.world.endpoint);
  if (place === undefined) throw new AwsError('ValidationError', 'TemplateURL must be a supported URL.');
  const { bucket, key, versionId, region = scope.region } = place;
  try {
    const { Body } = await scope.world.call<{ Body?: unknown }>(
      scope.world.scope(region),
      's3',
      'GetObject',
      {
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
      },
    );
    return await bodyText(Body);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(
      'ValidationError',
      `S3 error: ${error.message}\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  }
}

async function bodyText(body: unknown): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
