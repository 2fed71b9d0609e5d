import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';

/** An agent token as the Parameter Store keeps it. */
export interface StoredToken {
  /** SecureString, or String where it is not encrypted. */
  readonly type: string;
  readonly value: string;
}

/** Reads the agent token that an SSM parameter holds; undefined where there is no such parameter. */
export async function readToken(aws: AwsContext, path: string): Promise<StoredToken | undefined> {
  const { GetParameterCommand } = await import('../../../aws/sdk/ssm.ts');
  const client = await aws.clients.ssm();
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: path, WithDecryption: true }));
    return { type: Parameter?.Type ?? '', value: (Parameter?.Value ?? '').trim() };
  } catch (error) {
    if (awsErrorCode(error) === 'ParameterNotFound') return undefined;
    throw error;
  }
}
