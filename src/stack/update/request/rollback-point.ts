import { createHash } from 'node:crypto';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { type Asset, templateKey } from '../../assets/index.ts';
import type { StackParameter } from '../../deployment/request.ts';
import type { Tags } from '../../naming/tags.ts';
import { currentParameters } from './parameters.ts';

/** An object in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** A stack as it was before an update: template, parameters and tags, enough to restore it. */
export interface RollbackPoint {
  readonly stackName: string;
  /** The key of the template, in the same bucket. */
  readonly template: string;
  /** By name; null for one whose value CloudFormation does not tell. */
  readonly parameters: Readonly<Record<string, string | null>>;
  readonly tags: Tags;
}

/** The objects in S3 that keep a stack as it is now: its template, and the record that names it. */
export function rollbackAssets(
  stack: Stack,
  template: string,
): { readonly record: Asset; readonly template: Asset } {
  const json = template.trimStart().startsWith('{');
  const kept: Asset = {
    key: templateKey({ text: template, format: json ? 'JSON' : 'YAML' }),
    content: template,
    contentType: json ? 'application/json' : 'application/yaml',
  };
  const point: RollbackPoint = {
    stackName: stack.StackName ?? '',
    template: kept.key,
    parameters: Object.fromEntries(
      Array.from(currentParameters(stack.Parameters), ([name, value]) => [name, value ?? null]),
    ),
    tags: tagsOf(stack),
  };
  const content = JSON.stringify(point);
  const hash = createHash('sha256').update(content).digest('hex');
  return {
    template: kept,
    record: { key: `stacks/${point.stackName}/${hash}.json`, content, contentType: 'application/json' },
  };
}

/** A stack's own tags. */
export function tagsOf({ Tags = [] }: Pick<Stack, 'Tags'>): Tags {
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** The parameters of an update that restores a stack. Values that CloudFormation doesn't tell stay as they are. */
export function rollbackParameters({ parameters }: RollbackPoint): StackParameter[] {
  return Object.entries(parameters).map(([ParameterKey, value]) =>
    value === null
      ? { ParameterKey, UsePreviousValue: true as const }
      : { ParameterKey, ParameterValue: value },
  );
}
