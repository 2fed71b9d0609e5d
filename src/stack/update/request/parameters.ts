import type { Parameter } from '@aws-sdk/client-cloudformation';
import { checkParameters, type GivenParameters, type Template } from '../../parameters/index.ts';
import type { StackParameter } from '../../deployment/request.ts';

/** The values that a stack has, by parameter; undefined where CloudFormation keeps one to itself. */
export type CurrentParameters = ReadonlyMap<string, string | undefined>;

/** A parameter whose value an update changes. Texts of what may not be shown are masked. */
export interface ParameterChange {
  readonly name: string;
  /** Absent for one that the stack did not have. */
  readonly before?: string;
  readonly after: string;
}

/** The parameters of an update, and what becomes of each. */
export interface ParameterPlan {
  readonly request: readonly StackParameter[];
  readonly changes: readonly ParameterChange[];
  /** What the stack has, and the template does not take any more. */
  readonly gone: readonly string[];
  /** All values afterwards, as far as they are known. */
  readonly effective: ReadonlyMap<string, string>;
}

/** Stands for a value that may not be shown. */
export const MASK = '****';

/** As DescribeStacks tells them: NoEcho parameters come masked. */
export function currentParameters(parameters: readonly Parameter[] = []): CurrentParameters {
  return new Map(
    parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [
      ParameterKey,
      /^\*{4,}$/.test(ParameterValue) ? undefined : ParameterValue,
    ]),
  );
}

/**
 * Works out the parameters of an update: what is given counts, what is not keeps its value, what is new gets its default.
 * @throws UsageError with everything that is wrong, also with a kept value that the template does not take any more
 */
export function planParameters(
  template: Template,
  current: CurrentParameters,
  given: { readonly file: GivenParameters; readonly flags: GivenParameters },
): ParameterPlan {
  const declared = new Map(template.definitions.map((definition) => [definition.name, definition]));
  const kept = [...current].filter(([name]) => declared.has(name));
  const known = kept.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, { value, from: 'the stack has it' }] as const],
  );
  const hidden = kept.flatMap(([name, value]) => (value === undefined ? [name] : []));
  const merged = checkParameters(template, {
    file: new Map([...known, ...given.file]),
    flags: given.flags,
    kept: new Set(hidden),
  });
  const isGiven = (name: string) => given.file.has(name) || given.flags.has(name);
  const after = (name: string, preset: string | undefined) => merged.get(name) ?? preset ?? '';
  return {
    request: template.definitions.flatMap(({ name }): StackParameter[] => {
      if (!isGiven(name)) {
        return current.has(name) ? [{ ParameterKey: name, UsePreviousValue: true }] : [];
      }
      return [{ ParameterKey: name, ParameterValue: merged.get(name) ?? '' }];
    }),
    changes: template.definitions.flatMap(({ name, preset, noEcho }): ParameterChange[] => {
      const before = current.get(name);
      const next = after(name, preset);
      const same = isGiven(name) ? before === next : current.has(name);
      if (same) return [];
      return [
        {
          name,
          ...(current.has(name) && { before: noEcho ? MASK : (before ?? MASK) }),
          after: noEcho ? MASK : next,
        },
      ];
    }),
    gone: [...current.keys()].filter((name) => !declared.has(name)),
    effective: new Map(
      Array.from(declared)
        .filter(([name]) => isGiven(name) || !hidden.includes(name))
        .map(([name, { preset }]) => [name, after(name, preset)]),
    ),
  };
}
