import type { AwsContext } from '../../aws/context.ts';
import { OperationError } from '../../errors.ts';
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
  const stack = await requireStack(aws, stackName);
  const output = (key: string) => stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  const parameter = (key: string) =>
    stack.Parameters?.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue || undefined;
  const named = parameter('SecretsBucket');
  const found = named ?? output('ManagedSecretsBucket');
  if (found === undefined) {
    throw new OperationError(
      `The stack ${stackName} has no secrets bucket (it is ${stack.StackStatus ?? '?'})`,
      {
        hint: `See bk-stack status ${stackName} --region ${aws.region}; while it is being made: bk-stack status ${stackName} --wait --region ${aws.region}`,
      },
    );
  }
  const kmsKey = parameter('SecretsBucketKMSKey');
  return {
    bucket: found,
    region: (named !== undefined && parameter('SecretsBucketRegion')) || aws.region,
    // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
    account: stack.StackId?.split(':')[4] ?? '',
    name: stackName,
    stack: {
      read: parameter('EnableSecretsPlugin') !== 'false',
      ...(kmsKey !== undefined && { kmsKey }),
    },
  };
}

async function callerAccount(aws: AwsContext): Promise<string> {
  const { GetCallerIdentityCommand } = await import('../../aws/sdk/sts.ts');
  const client = await aws.clients.sts();
  return (await client.send(new GetCallerIdentityCommand({}))).Account ?? '';
}
