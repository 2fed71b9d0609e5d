import { createHash } from 'node:crypto';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { type Asset, templateKey } from '../assets/index.ts';
import { parameterPath } from '../naming/parameters.ts';
import type { StackParameter } from '../deployment/request.ts';
import { currentParameters } from './parameters.ts';

/** Where something lies in S3. */
export interface FormerPlace {
  readonly bucket: string;
  readonly key: string;
}

/** A stack as it was before an update: all that it takes to have it like that again. */
export interface RollbackPoint {
  readonly stackName: string;
  /** The key of the template, in the same bucket. */
  readonly template: string;
  /** By name; null for one whose value CloudFormation does not tell. */
  readonly parameters: Readonly<Record<string, string | null>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A stack as it is, to be kept: its template and what else it is made from. */
export function formerAssets(
  stack: Stack,
  template: string,
): { readonly record: Asset; readonly template: Asset } {
  const json = template.trimStart().startsWith('{');
  const kept: Asset = {
    key: templateKey({ text: template, format: json ? 'JSON' : 'YAML' }),
    content: template,
    contentType: json ? 'application/json' : 'application/yaml',
  };
  const former: RollbackPoint = {
    stackName: stack.StackName ?? '',
    template: kept.key,
    parameters: Object.fromEntries(
      Array.from(currentParameters(stack.Parameters), ([name, value]) => [name, value ?? null]),
    ),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
  const content = JSON.stringify(former);
  const hash = createHash('sha256').update(content).digest('hex');
  return {
    template: kept,
    record: { key: `stacks/${former.stackName}/${hash}.json`, content, contentType: 'application/json' },
  };
}

/** The parameters of an update that makes a stack what it was. Values that are not known stay as they are. */
export function formerParameters({ parameters }: RollbackPoint): StackParameter[] {
  return Object.entries(parameters).map(([ParameterKey, value]) =>
    value === null
      ? { ParameterKey, UsePreviousValue: true as const }
      : { ParameterKey, ParameterValue: value },
  );
}

export interface RollbackStore {
  read(place: FormerPlace): Promise<RollbackPoint>;
  template(place: FormerPlace, former: RollbackPoint): Promise<string>;
  /** Remembers what the stack was before its last update. */
  remember(stackName: string, place: FormerPlace): Promise<void>;
  remembered(stackName: string): Promise<FormerPlace | undefined>;
  forget(stackName: string): Promise<void>;
}

/** The SSM parameter that tells where what a stack was before its last update is written down. */
function formerParameter(stackName: string): string {
  return `${parameterPath(stackName)}former`;
}

/** In the assets bucket and the Parameter Store. */
export function rollbackStore(aws: AwsContext): RollbackStore {
  const ssm = async () => ({ sdk: await import('../../aws/sdk/ssm.ts'), client: await aws.clients.ssm() });
  const textOf = async (Bucket: string, Key: string) => {
    const { GetObjectCommand } = await import('../../aws/sdk/s3.ts');
    const client = await aws.clients.s3();
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  return {
    read: async ({ bucket, key }) => JSON.parse(await textOf(bucket, key)) as RollbackPoint,
    template: ({ bucket }, { template }) => textOf(bucket, template),
    async remember(stackName, place) {
      const { sdk, client } = await ssm();
      await client.send(
        new sdk.PutParameterCommand({
          Name: formerParameter(stackName),
          Type: 'String',
          Value: JSON.stringify(place),
          Overwrite: true,
        }),
      );
    },
    async remembered(stackName) {
      const { sdk, client } = await ssm();
      try {
        const { Parameter } = await client.send(
          new sdk.GetParameterCommand({ Name: formerParameter(stackName) }),
        );
        return JSON.parse(Parameter?.Value ?? '') as FormerPlace;
      } catch (error) {
        if (awsErrorCode(error) === 'ParameterNotFound') return undefined;
        throw error;
      }
    },
    async forget(stackName) {
      const { sdk, client } = await ssm();
      try {
        await client.send(new sdk.DeleteParameterCommand({ Name: formerParameter(stackName) }));
      } catch (error) {
        if (awsErrorCode(error) !== 'ParameterNotFound') throw error;
      }
    },
  };
}
