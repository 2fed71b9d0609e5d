import { isBlank, isReference, isSecretName } from '../../redaction/names.ts';
import { Redactor } from '../../redaction/redactor.ts';
import { parameterDefinitions, parameterGroups } from '../parameters/index.ts';
import { currentParameters } from '../update/request/parameters.ts';
import type { StackFacts } from '../facts/stack-facts.ts';
import { templateDocument } from '../facts/stack/template.ts';
import type { StackSummary } from '../facts/stack/summary.ts';

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

/** The parameters of a stack in the order of its template, without anything secret: what a support team asks for first. */
export async function shownParameters(facts: StackFacts): Promise<StackParameters> {
  const { stackName, region, status, origin, version, createdAt, updatedAt } = facts.summary;
  const current = currentParameters(facts.stack.Parameters);
  const template = templateDocument(await facts.template());
  const definitions = template === undefined ? [] : parameterDefinitions(template.body);
  const groups = template === undefined ? [] : parameterGroups(template.body);
  const declared = new Map(definitions.map((definition) => [definition.name, definition]));
  const ordered = new Set([...groups.flatMap(({ parameters }) => parameters), ...current.keys()]);
  return {
    stack: {
      ...{ stackName, region, status, origin, createdAt },
      ...(version !== undefined && { version }),
      ...(updatedAt !== undefined && { updatedAt }),
    },
    parameters: [...ordered]
      .filter((name) => current.has(name))
      .map((name): StackParameterValue => {
        const value = current.get(name);
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
