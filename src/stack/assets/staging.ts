import { createHash } from 'node:crypto';
import { dnsSuffixOf } from '../../aws/partition.ts';
import type { TemplateDocument } from '../../cfn/document.ts';
import type { TemplateSource } from '../deployment/request.ts';
import type { Asset } from './asset.ts';
import type { AssetCalls } from './calls.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const INLINE_BYTES = 51_200;
const STAGED_BYTES = 1_000_000;

/** The bucket for what is too large for a request, or that instances and functions fetch: one an account and region. */
export function assetsBucketName(account: string, region: string): string {
  return `bk-stack-assets-${account}-${region}`;
}

/** How the template gets to CloudFormation. */
export type StagingPlan =
  /** In the request itself. */
  | { readonly kind: 'inline' }
  | {
      readonly kind: 'bucket';
      readonly bucket: string;
      readonly key: string;
      /** Whether the template is there from an earlier time. */
      readonly present: boolean;
      /** The other assets that are not there yet. */
      readonly missing: readonly Asset[];
      /** What has to be done to the bucket first; never to one of the person's own. */
      readonly bucketWork: 'none' | 'secure' | 'create';
    }
  /** It cannot get there. */
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string };

export interface StagingSubject {
  readonly template: Pick<TemplateDocument, 'text' | 'format'>;
  /** What instances and functions fetch from the same bucket. */
  readonly assets?: readonly Asset[];
  readonly account: string;
  readonly region: string;
  /** A bucket of the person's own, in place of ours. */
  readonly bucket?: string;
}

/** Looks how the template will get to CloudFormation; changes nothing. */
export async function planStaging(
  calls: Pick<AssetCalls, 'bucketState' | 'isSecured' | 'objectExists'>,
  { template, assets = [], account, region, bucket: own }: StagingSubject,
): Promise<StagingPlan> {
  const bytes = Buffer.byteLength(template.text);
  if (bytes > STAGED_BYTES) {
    return {
      kind: 'refused',
      reason: `The template has ${bytes} bytes, and CloudFormation takes ${STAGED_BYTES} at most`,
      hint: 'Move parts of it into nested stacks.',
    };
  }
  if (own === undefined && assets.length === 0 && bytes <= INLINE_BYTES) return { kind: 'inline' };
  const bucket = own ?? assetsBucketName(account, region);
  const key = templateKey(template);
  const state = await calls.bucketState(bucket);
  if (state === 'ours') {
    const [present, secured, ...others] = await Promise.all([
      calls.objectExists(bucket, key),
      own !== undefined || calls.isSecured(bucket),
      ...assets.map((asset) => calls.objectExists(bucket, asset.key)),
    ]);
    const missing = assets.filter((_, index) => others[index] !== true);
    return { kind: 'bucket', bucket, key, present, missing, bucketWork: secured ? 'none' : 'secure' };
  }
  if (state === 'absent' && own === undefined) {
    return { kind: 'bucket', bucket, key, present: false, missing: assets, bucketWork: 'create' };
  }
  return { kind: 'refused', ...refusal(state, bucket, own !== undefined, { account, region }) };
}

function refusal(
  state: 'absent' | 'forbidden' | 'elsewhere',
  bucket: string,
  own: boolean,
  { account, region }: { readonly account: string; readonly region: string },
): { reason: string; hint: string } {
  const another = own
    ? 'Name another with --assets-bucket, or leave it out and bk-stack makes one.'
    : 'Name a bucket of your own: --assets-bucket NAME';
  switch (state) {
    case 'absent':
      return { reason: `There is no bucket ${bucket} to stage the template in`, hint: another };
    case 'forbidden':
      return {
        reason: `The bucket ${bucket}, to stage the template in, belongs to another account than ${account}, or may not be used by the identity in use`,
        hint: another,
      };
    case 'elsewhere':
      return { reason: `The bucket ${bucket}, to stage the template in, is not in ${region}`, hint: another };
  }
}

/** A name made of the content, so that what is there already need not be sent again. */
export function templateKey({ text, format }: StagingSubject['template']): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return `templates/${hash}.${format === 'JSON' ? 'json' : 'yml'}`;
}

/** Carries out a plan that was not refused. `say` gets a line before the bucket is made. */
export async function stage(
  calls: AssetCalls,
  plan: Exclude<StagingPlan, { kind: 'refused' }>,
  { template, region }: Pick<StagingSubject, 'template' | 'region'>,
  say: (line: string) => void,
): Promise<TemplateSource> {
  if (plan.kind === 'inline') return { templateBody: template.text };
  const { bucket, key, present, missing, bucketWork } = plan;
  if (bucketWork === 'create') {
    say(`Making the bucket ${bucket} for templates and programs: private, encrypted, versioned, TLS only`);
    await calls.createBucket(bucket);
  }
  if (bucketWork !== 'none') await calls.secureBucket(bucket);
  if (!present) {
    await calls.putObject(
      bucket,
      key,
      template.text,
      template.format === 'JSON' ? 'application/json' : 'application/yaml',
    );
  }
  for (const asset of missing) await calls.putObject(bucket, asset.key, asset.content, asset.contentType);
  return { templateUrl: templateUrl(bucket, key, region) };
}

/** CloudFormation reads a template from S3 by its virtual-hosted URL; a bucket with dots does not fit the certificate. */
export function templateUrl(bucket: string, key: string, region: string): string {
  const host = `s3.${region}.${dnsSuffixOf(region)}`;
  return bucket.includes('.') ? `https://${host}/${bucket}/${key}` : `https://${bucket}.${host}/${key}`;
}
