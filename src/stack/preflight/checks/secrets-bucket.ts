import { headFailure } from '../../../aws/bucket-head.ts';
import type { AwsContext } from '../../../aws/context.ts';
import { type Verdict, verdict } from './check.ts';

/** A bucket, as far as one may look. */
export type BucketState =
  | { readonly kind: 'there'; readonly region: string | undefined }
  | { readonly kind: 'missing' }
  /** It is another account's, or not ours to look at. */
  | { readonly kind: 'hidden' };

/**
 * Whether a secrets bucket that is named is there, and where the stack looks for it: builds would go without their secrets.
 * @param region of the stack
 */
export async function checkSecretsBucket(
  calls: { bucket(name: string): Promise<BucketState> },
  parameters: ReadonlyMap<string, string>,
  region: string,
): Promise<Verdict> {
  const bucket = parameters.get('SecretsBucket') ?? '';
  if (bucket === '') return verdict('none is named');
  const state = await calls.bucket(bucket);
  switch (state.kind) {
    case 'missing':
      return verdict('', {
        problems: [
          {
            message: `There is no bucket ${bucket}`,
            hint: 'Name one that is there (--param SecretsBucket=...), or leave it out: the stack makes its own.',
          },
        ],
      });
    case 'hidden':
      return verdict('', {
        warnings: [
          { message: `Whether ${bucket} can be used could not be checked: it may not be looked at` },
        ],
      });
    case 'there': {
      const stated = parameters.get('SecretsBucketRegion') || region;
      if (state.region === undefined || state.region === stated) return verdict(`${bucket} is there`);
      return verdict('', {
        problems: [
          {
            message: `The bucket ${bucket} is in ${state.region}, not in ${stated}`,
            hint: `Say where it is: --param SecretsBucketRegion=${state.region}`,
          },
        ],
      });
    }
  }
}

/** The same on AWS. */
export async function bucketState(
  aws: AwsContext,
  Bucket: string,
  abortSignal: AbortSignal,
): Promise<BucketState> {
  const { HeadBucketCommand } = await import('../../../aws/sdk/s3.ts');
  const client = await aws.clients.s3();
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket }), { abortSignal });
    return { kind: 'there', region: BucketRegion };
  } catch (error) {
    const { status, region: elsewhereIn } = headFailure(error);
    switch (status) {
      case 301:
      case 400:
        return { kind: 'there', region: elsewhereIn };
      case 403:
        return { kind: 'hidden' };
      case 404:
        return { kind: 'missing' };
      default:
        throw error;
    }
  }
}
