import type { AwsContext } from '../../aws/context.ts';
import { isBlank, isReference, isSecretName } from '../../redaction/names.ts';
import { Redactor } from '../../redaction/redactor.ts';
import { parameterDefinitions, parameterGroups } from '../parameters/index.ts';
import { currentParameters } from '../update/request/parameters.ts';
import { templateOf } from './describe-stack.ts';
import { requireStack } from '../facts/stack/find-stack.ts';
import { type StackSummary, summaryOf } from '../facts/stack/summary.ts';

/** A parameter of a stack, as it may be shown to anybody. */
export interface StackParameterValue {
  readonly name: string;
  /** `****` for one that is not to be shown. */
  readonly value: string;
  /** The template's default; absent where it has none. */
  readonly preset?: string;
  /** Whether the value is another than the default. */
  readonly changed: boolean;
  /** The template's heading over it. */
  readonly group: string;
}

export interface StackParameters {
  readonly stack: Pick<
    StackSummary,
    'stackName' | 'region' | 'status' | 'origin' | 'version' | 'createdAt' | 'updatedAt'
  >;
  readonly parameters: readonly StackParameterValue[];
}

const MASK = '****';

/**
 * The parameters of a stack in the order of its template, without anything secret: what a support team asks for first.
 * @throws OperationError when there is no stack with this name
 */
export async function shownParameters(aws: AwsContext, stackName: string): Promise<StackParameters> {
  const found = await requireStack(aws, stackName);
  const {
    stackId: _,
    queue: __,
    terminationProtection: ___,
    reason: ____,
    ...stack
  } = summaryOf(found, aws.region);
  const standing = currentParameters(found.Parameters);
  const template = await templateOf(aws, stackName);
  const definitions = template === undefined ? [] : parameterDefinitions(template.body);
  const groups = template === undefined ? [] : parameterGroups(template.body);
  const declared = new Map(definitions.map((definition) => [definition.name, definition]));
  const ordered = new Set([...groups.flatMap(({ parameters }) => parameters), ...standing.keys()]);
  return {
    stack,
    parameters: [...ordered]
      .filter((name) => standing.has(name))
      .map((name): StackParameterValue => {
        const value = standing.get(name);
        const { preset, noEcho = false } = declared.get(name) ?? {};
        const shown = (text: string) => (noEcho && text !== '' ? MASK : withoutSecrets(name, text));
        return {
          name,
          value: value === undefined || noEcho ? MASK : shown(value),
          ...(preset !== undefined && { preset: shown(preset) }),
          changed: value !== undefined && value !== preset,
          group: groups.find(({ parameters }) => parameters.includes(name))?.label ?? '',
        };
      }),
  };
}

/** What may be told of a value: nothing where its name is a secret's; else all but what looks like a secret in it. */
function withoutSecrets(name: string, value: string): string {
  if (isSecretName(name) && !isBlank(value) && !isReference(value)) return MASK;
  return new Redactor().redact(value).replace(/\[redacted [^\]]*\]/g, MASK);
}
