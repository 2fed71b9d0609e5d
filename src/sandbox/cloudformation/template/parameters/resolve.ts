import { validationError } from '../../syntax/errors.ts';
import type { ParameterDefinition, Template } from '../../syntax/model.ts';
import { checkConstraints } from './constraints.ts';
import { listElements, mustExist, parameterShape } from './types.ts';

/** What the caller supplied, in the API's own shape. */
export interface SuppliedParameter {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: boolean;
}

/** A parameter with its value. Plain JSON, to be kept in the stack's state. */
export interface ResolvedParameter {
  readonly key: string;
  readonly type: string;
  /** What the caller gave, or the default: for an SSM type the name of the stored parameter. */
  readonly value: string;
  /** For SSM types: what the Parameter Store held. */
  readonly resolvedValue?: string;
  readonly noEcho: boolean;
  /** What `Ref` gives: a list for list types. */
  readonly reference: string | readonly string[];
}

/** What the checking of parameters asks of the world. */
export interface ParameterLookups {
  /** Whether the value of an AWS-specific parameter exists: `exists('AWS::EC2::VPC::Id', 'vpc-1')`. */
  exists(type: string, value: string): Promise<boolean>;
  /** A parameter of the Parameter Store by name, which may end in `:version` or `:label`. */
  ssmParameter(name: string): Promise<{ readonly type: string; readonly value: string } | undefined>;
}

export interface ParameterOptions {
  /** The stack's parameters so far, for UsePreviousValue. */
  readonly previous?: readonly ResolvedParameter[];
  readonly lookups: Pick<ParameterLookups, 'ssmParameter'>;
}

/**
 * Values for every parameter of the template, in its order, each checked against its constraints.
 * @throws AwsError ValidationError
 */
export async function resolveParameters(
  template: Template,
  supplied: readonly SuppliedParameter[],
  { previous = [], lookups }: ParameterOptions,
): Promise<ResolvedParameter[]> {
  const definitions = [...template.parameters.values()];
  const given = givenValues(template, supplied, previous);
  const missing = definitions.filter(
    ({ name, default: fallback }) => !given.has(name) && fallback === undefined,
  );
  if (missing.length > 0) {
    throw validationError(`Parameters: [${missing.map(({ name }) => name).join(', ')}] must have values`);
  }
  const valued = definitions.map((definition) => {
    const value = given.get(definition.name) ?? definition.default ?? '';
    checkConstraints(definition, value);
    return { definition, value };
  });
  const stored = await storedValues(valued, lookups);
  return valued.map(({ definition, value }) => resolved(definition, value, stored.get(value)));
}

function givenValues(
  template: Template,
  supplied: readonly SuppliedParameter[],
  previous: readonly ResolvedParameter[],
): Map<string, string> {
  const given = new Map<string, string>();
  const unknown: string[] = [];
  for (const { ParameterKey: key, ParameterValue: value, UsePreviousValue: keep = false } of supplied) {
    if (key === undefined || key === '') {
      throw validationError('Parameter key is missing: every Parameters member must have a ParameterKey.');
    }
    if (keep && value !== undefined && value !== '') {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    }
    const before = previous.find((parameter) => parameter.key === key);
    if (keep && before === undefined) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    if (!template.parameters.has(key)) {
      unknown.push(key);
      continue;
    }
    const kept = keep ? before?.value : value;
    if (kept !== undefined) given.set(key, kept);
  }
  if (unknown.length > 0) {
    throw validationError(
      template.parameters.size === 0
        ? 'Parameter values specified for a template which does not require them.'
        : `Parameters: [${unknown.join(', ')}] do not exist in the template`,
    );
  }
  return given;
}

/** The Parameter Store's values for the parameters of SSM types, by the name given. */
async function storedValues(
  valued: readonly { definition: ParameterDefinition; value: string }[],
  lookups: Pick<ParameterLookups, 'ssmParameter'>,
): Promise<Map<string, string>> {
  const names = valued
    .filter(({ definition }) => parameterShape(definition.type)?.stored === true)
    .map(({ value }) => value);
  const found = await Promise.all(
    [...new Set(names)].map(async (name) => [name, await lookups.ssmParameter(name)] as const),
  );
  const refused = (which: (stored: { type: string } | undefined) => boolean): string =>
    found
      .filter(([, stored]) => which(stored))
      .map(([name]) => name)
      .join(', ');
  const missing = refused((stored) => stored === undefined);
  if (missing !== '') {
    throw validationError(`Unable to fetch parameters [${missing}] from parameter store for this account.`);
  }
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html: no SecureString
  const secure = refused((stored) => stored?.type === 'SecureString');
  if (secure !== '') {
    throw validationError(
      `Parameters [${secure}] referenced by template have types not supported by CloudFormation.`,
    );
  }
  return new Map(found.flatMap(([name, stored]) => (stored === undefined ? [] : [[name, stored.value]])));
}

function resolved(
  { name, type, noEcho }: ParameterDefinition,
  value: string,
  stored: string | undefined,
): ResolvedParameter {
  const shape = parameterShape(type);
  const used = shape?.stored === true ? (stored ?? '') : value;
  return {
    key: name,
    type,
    value,
    ...(shape?.stored === true ? { resolvedValue: used } : {}),
    noEcho,
    reference: shape?.list === true ? listElements(used) : used,
  };
}

/**
 * Checks that the values of AWS-specific parameters exist. CloudFormation does so once the stack is CREATE_IN_PROGRESS,
 * not in the request: what is returned is the reason with which the stack then rolls back.
 */
export async function missingParameterValues(
  parameters: readonly ResolvedParameter[],
  lookups: Pick<ParameterLookups, 'exists'>,
): Promise<string | undefined> {
  const complaints = await Promise.all(
    parameters.map(async ({ key, type, reference }) => {
      const element = parameterShape(type)?.element ?? 'String';
      if (!mustExist(element)) return [];
      const values = typeof reference === 'string' ? [reference] : reference;
      const checked = await Promise.all(
        values.map(async (value) => ({ value, exists: await lookups.exists(element, value) })),
      );
      return checked
        .filter(({ exists }) => !exists)
        .map(({ value }) => `parameter value ${value} for parameter name ${key} does not exist`);
    }),
  );
  const all = complaints.flat();
  return all.length === 0
    ? undefined
    : `Parameter validation failed: ${all.join(', ')}. Rollback requested by user.`;
}
