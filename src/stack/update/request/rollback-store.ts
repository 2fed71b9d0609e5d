import type { AwsContext } from '../../../aws/context.ts';
import { awsErrorCode } from '../../../aws/errors.ts';
import { parameterPath } from '../../naming/parameters.ts';
import type { RollbackPoint, S3Location } from './rollback-point.ts';

/** Where rollback points are kept. */
export interface RollbackStore {
  read(location: S3Location): Promise<RollbackPoint>;
  template(location: S3Location, point: RollbackPoint): Promise<string>;
  /** Makes this the point that `rollback` goes back to. */
  remember(stackName: string, location: S3Location): Promise<void>;
  remembered(stackName: string): Promise<S3Location | undefined>;
  forget(stackName: string): Promise<void>;
}

/** The SSM parameter that points at a stack's rollback point. */
function rollbackParameter(stackName: string): string {
  return `${parameterPath(stackName)}former`;
}

/** Keeps rollback points in the assets bucket, and points at the latest in the Parameter Store. */
export function rollbackStore(aws: AwsContext): RollbackStore {
  const ssm = async () => ({ sdk: await import('../../../aws/sdk/ssm.ts'), client: await aws.clients.ssm() });
  const textOf = async (Bucket: string, Key: string) => {
    const { GetObjectCommand } = await import('../../../aws/sdk/s3.ts');
    const client = await aws.clients.s3();
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  return {
    read: async ({ bucket, key }) => JSON.parse(await textOf(bucket, key)) as RollbackPoint,
    template: ({ bucket }, { template }) => textOf(bucket, template),
    async remember(stackName, location) {
      const { sdk, client } = await ssm();
      await client.send(
        new sdk.PutParameterCommand({
          Name: rollbackParameter(stackName),
          Type: 'String',
          Value: JSON.stringify(location),
          Overwrite: true,
        }),
      );
    },
    async remembered(stackName) {
      const { sdk, client } = await ssm();
      try {
        const { Parameter } = await client.send(
          new sdk.GetParameterCommand({ Name: rollbackParameter(stackName) }),
        );
        return JSON.parse(Parameter?.Value ?? '') as S3Location;
      } catch (error) {
        if (awsErrorCode(error) === 'ParameterNotFound') return undefined;
        throw error;
      }
    },
    async forget(stackName) {
      const { sdk, client } = await ssm();
      try {
        await client.send(new sdk.DeleteParameterCommand({ Name: rollbackParameter(stackName) }));
      } catch (error) {
        if (awsErrorCode(error) !== 'ParameterNotFound') throw error;
      }
    },
  };
}
