import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { OperationError } from '../../errors.ts';
import { outputOf, ownerOf, parameterOf } from '../../stack/facts/stack/values.ts';
import { requireStack } from '../../stack/facts/stack/find-stack.ts';

/** Which bucket a command works on. */
export interface BucketPlace {
  readonly bucket: string;
  readonly region: string;
  /** The account that it has to belong to. */
  readonly account: string;
  /** How people call the place: a stack's name or a bucket's. */
  readonly name: string;
  /** What the stack says of it; undefined for a bucket that was named itself. */
  readonly stack?: {
    /** The key that its instances may decrypt with, if it is not the account's default one. */
    readonly kmsKey?: string;
    /** Whether its builds get what is in the bucket. */
    readonly read: boolean;
  };
}

/** The place as a command names it: the stack's name, or `--bucket` and the bucket's. */
export function placeWords({ name, stack }: Pick<BucketPlace, 'name' | 'stack'>): string {
  return stack === undefined ? `--bucket ${name}` : name;
}

/**
 * The secrets bucket of a stack, of bk-stack or of the official template, or one by its own name.
 * @throws OperationError where there is no such stack, or the stack has no bucket yet
 */
export async function locateBucket(
  aws: AwsContext,
  { stackName, bucket }: { readonly stackName?: string | undefined; readonly bucket?: string | undefined },
): Promise<BucketPlace> {
  if (bucket !== undefined || stackName === undefined) {
    return {
      bucket: bucket ?? '',
      region: aws.region,
      account: await callerAccount(aws),
      name: bucket ?? '',
    };
  }
  return stackBucket(await requireStack(aws, stackName), aws.region);
}

/**
 * The secrets bucket of a stack that is known already.
 * @throws OperationError where the stack has no bucket yet
 */
export function stackBucket(stack: Stack, region: string): BucketPlace {
  const { StackName: stackName = '' } = stack;
  const named = parameterOf(stack, 'SecretsBucket');
  const found = named ?? outputOf(stack, 'ManagedSecretsBucket');
  if (found === undefined) {
    throw new OperationError(
      `The stack ${stackName} has no secrets bucket (it is ${stack.StackStatus ?? '?'})`,
      {
        hint: `See bk-stack status ${stackName} --region ${region}; while it is being made: bk-stack status ${stackName} --wait --region ${region}`,
      },
    );
  }
  const kmsKey = parameterOf(stack, 'SecretsBucketKMSKey');
  return {
    bucket: found,
    region: (named !== undefined && parameterOf(stack, 'SecretsBucketRegion')) || region,
    account: ownerOf(stack).account,
    name: stackName,
    stack: {
      read: parameterOf(stack, 'EnableSecretsPlugin') !== 'false',
      ...(kmsKey !== undefined && { kmsKey }),
    },
  };
}

async function callerAccount(aws: AwsContext): Promise<string> {
  const { GetCallerIdentityCommand } = await import('../../aws/sdk/sts.ts');
  const client = await aws.clients.sts();
  return (await client.send(new GetCallerIdentityCommand({}))).Account ?? '';
}
