import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { OperationError } from '../../errors.ts';

/** A secrets bucket: where it is, whose it is, and how it was named. */
export interface BucketLocation {
  readonly bucket: string;
  readonly region: string;
  /** The account that it has to belong to. */
  readonly account: string;
  /** The name that a command gave: a stack's or a bucket's. */
  readonly name: string;
  /** What the stack says of it; undefined for a bucket that was named itself. */
  readonly stack?: {
    /** The key that its instances may decrypt with, if it is not the account's default one. */
    readonly kmsKey?: string;
    /** Whether its builds get what is in the bucket. */
    readonly read: boolean;
  };
}

/** Arguments by which a command finds the bucket again: the stack's name, or `--bucket` and the bucket's. */
export function bucketArguments({ name, stack }: Pick<BucketLocation, 'name' | 'stack'>): string {
  return stack === undefined ? `--bucket ${name}` : name;
}

/**
 * The secrets bucket of a stack of bk-stack or of the official template, by its parameters and outputs.
 * @param region of the stack; SecretsBucketRegion counts only for a bucket that SecretsBucket names
 * @throws OperationError for a stack that has no bucket (yet)
 */
export function bucketOfStack(stack: Stack, region: string): BucketLocation {
  const { StackName: name = '', StackId = '', StackStatus = '?', Outputs = [], Parameters = [] } = stack;
  const output = Outputs.find(({ OutputKey }) => OutputKey === 'ManagedSecretsBucket')?.OutputValue;
  const parameter = (key: string) =>
    Parameters.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue || undefined;
  const named = parameter('SecretsBucket');
  const bucket = named ?? output;
  if (bucket === undefined) {
    throw new OperationError(`The stack ${name} has no secrets bucket (it is ${StackStatus})`, {
      hint: `See bk-stack status ${name} --region ${region}; while it is being made: bk-stack status ${name} --wait --region ${region}`,
    });
  }
  const kmsKey = parameter('SecretsBucketKMSKey');
  return {
    bucket,
    region: (named !== undefined && parameter('SecretsBucketRegion')) || region,
    // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
    account: StackId.split(':')[4] ?? '',
    name,
    stack: {
      read: parameter('EnableSecretsPlugin') !== 'false',
      ...(kmsKey !== undefined && { kmsKey }),
    },
  };
}

/** A bucket by its own name, which has to belong to the caller's account. */
export async function bucketByName(aws: AwsContext, bucket: string): Promise<BucketLocation> {
  const { GetCallerIdentityCommand } = await import('../../aws/sdk/sts.ts');
  const client = await aws.clients.sts();
  const { Account = '' } = await client.send(new GetCallerIdentityCommand({}));
  return { bucket, region: aws.region, account: Account, name: bucket };
}
