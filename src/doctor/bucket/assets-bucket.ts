import type { AwsContext } from '../../aws/context.ts';
import { bucketState, type BucketState } from './secrets-bucket.ts';
import { assetCalls, type AssetCalls, assetsBucketName } from '../../stack/assets/index.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import type { Identity } from '../machine/account.ts';

/** Whether the bucket from which instances get their program is this account's, and nobody else's to write. */
export function assetsBucketCheck(aws: AwsContext, { account, arn }: Identity): Check {
  return {
    title: 'Assets bucket',
    run: async () => {
      const { region } = aws;
      const bucket = assetsBucketName(account, region);
      const calls = assetCalls(aws, { account, partition: arn.split(':')[1] ?? 'aws' });
      switch (await calls.bucketState(bucket)) {
        case 'absent':
          return examined('none yet: the first stack makes it');
        case 'forbidden':
        case 'elsewhere':
          return examined('', foreign(bucket, account));
        case 'ours': {
          const [secured, state] = await Promise.all([
            calls.isSecured(bucket),
            bucketState(aws, { bucket, account, region, name: bucket }),
          ]);
          if (state === undefined) return examined('none yet: the first stack makes it');
          return examined(`${bucket} is private`, judgeAssets(state, secured, calls));
        }
      }
    },
  };
}

export function judgeAssets(
  { bucket, openBy, blocked, versioned }: Pick<BucketState, 'bucket' | 'openBy' | 'blocked' | 'versioned'>,
  secured: boolean,
  calls: Pick<AssetCalls, 'secureBucket'>,
): Finding | undefined {
  const [reason] = openBy;
  const mend = {
    fix: 'Set it as create does (private, encrypted, versioned, TLS only): bk-stack doctor --fix',
    repair: {
      does: `Makes ${bucket} private, encrypted, versioned, and for TLS only.`,
      carryOut: () => calls.secureBucket(bucket),
    },
  };
  if (reason !== undefined) {
    return {
      code: 'assets-bucket-open',
      severity: 'error',
      message: `The assets bucket ${bucket} is open to others: ${reason}`,
      meaning: 'Whoever can write there has the programs that instances run.',
      ...mend,
    };
  }
  if (secured && blocked && versioned) return undefined;
  const lacks = [
    secured ? '' : 'a policy that asks for TLS',
    blocked ? '' : 'a block of public access',
    versioned ? '' : 'versions',
  ].filter(Boolean);
  return {
    code: 'assets-bucket-unsecured',
    severity: 'warning',
    message: `The assets bucket ${bucket} lacks ${lacks.join(' and ')}`,
    meaning: 'Instances run what lies there, so it should be guarded.',
    ...mend,
  };
}

function foreign(bucket: string, account: string): Finding {
  return {
    code: 'assets-bucket-foreign',
    severity: 'error',
    message: `The bucket ${bucket} does not belong to the account ${account}, or is not to be used with this identity`,
    meaning: 'A new stack has no place for what its instances fetch.',
    fix: 'Name a bucket of your own when you create and update: --assets-bucket NAME',
  };
}
