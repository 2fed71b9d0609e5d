import { UsageError } from '../../errors.ts';
import { nearestNames } from '../../terminal/nearest.ts';
import { counted } from '../../terminal/text.ts';
import { faultOf } from './constraints.ts';
import type { ParameterDefinition } from './definition.ts';
import type { GivenParameters, GivenValue } from './given.ts';
import { leftOutBecause } from './left-out.ts';
import { OWN_TEMPLATE, type Template } from './read-template.ts';

interface Problem {
  readonly parameter: string;
  readonly message: string;
  readonly from?: string;
}

/** Where values come from. */
export interface GivenSources {
  readonly file: GivenParameters;
  readonly flags: GivenParameters;
  /** Parameters that keep a value which is not known here. */
  readonly kept?: ReadonlySet<string>;
}

/**
 * Checks what was given against the template, and merges it: what stands on the command line wins over the file.
 * @returns the values given, by name
 * @throws UsageError that tells everything that is wrong at once, without the values of NoEcho parameters
 */
export function checkParameters(
  { definitions, name: templateName }: Pick<Template, 'definitions' | 'name'>,
  { file, flags, kept }: GivenSources,
): Map<string, string> {
  const merged = new Map<string, GivenValue>([...file, ...flags]);
  const known = new Map(definitions.map((definition) => [definition.name, definition]));
  // A value of the file that the command line replaces may still have a name that there is not.
  const unknown = [...file, ...flags].filter(([name]) => !known.has(name));
  const problems = [
    ...unknown.map(([name, { from }]) => unknownParameter(name, from, [...known.keys()], templateName)),
    ...[...merged].flatMap(([name, given]) => {
      const definition = known.get(name);
      return definition === undefined ? [] : problemsWith(definition, given);
    }),
    ...definitions
      .filter(({ name, preset }) => preset === undefined && !merged.has(name) && kept?.has(name) !== true)
      .map(({ name }) => ({ parameter: name, message: `${name} has no default and has to be given` })),
  ];
  if (problems.length > 0) throw refused(problems, templateName);
  return new Map([...merged].map(([name, { value }]) => [name, value]));
}

function unknownParameter(
  name: string,
  from: string,
  known: readonly string[],
  templateName: string,
): Problem {
  const reason = templateName === OWN_TEMPLATE ? leftOutBecause(name) : undefined;
  if (reason !== undefined) {
    const remedy = from === '--param' ? 'do not give it' : 'delete the line';
    return {
      parameter: name,
      from,
      message: `${name} of Buildkite's own template is left out: ${reason}; ${remedy}`,
    };
  }
  const near = nearestNames(name, known);
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return { parameter: name, from, message: `${templateName} has no parameter ${name}${meant}` };
}

function problemsWith(definition: ParameterDefinition, { value, from }: GivenValue): Problem[] {
  const { name, noEcho } = definition;
  const fault = faultOf(definition, value);
  if (fault === undefined) return [];
  const not = noEcho || value === '' ? '' : `, not ${JSON.stringify(value)}`;
  return [{ parameter: name, from, message: `${name} ${fault}${not}` }];
}

function refused(problems: readonly Problem[], templateName: string): UsageError {
  const lines = problems.map(({ message, from }) => (from === undefined ? message : `${message} (${from})`));
  const [first = ''] = lines;
  const message =
    lines.length === 1
      ? first
      : [`${counted(lines.length, 'parameter')} cannot be used:`, ...lines.map((line) => `  ${line}`)].join(
          '\n',
        );
  return new UsageError(message, {
    hint:
      templateName === OWN_TEMPLATE
        ? 'What there is to set, and what is allowed: docs/parameters.md'
        : `What there is to set, and what is allowed, stands under Parameters in ${templateName}.`,
    details: { problems },
  });
}
