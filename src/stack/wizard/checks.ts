import { nearestNames } from '../../terminal/nearest.ts';
import { mixedArchitectures } from '../preflight/index.ts';
import { faultOf, type ParameterDefinition } from '../parameters/index.ts';
import type { Check } from './prompter.ts';
import type { WizardSource } from './source.ts';
import type { Values } from './values.ts';

/** A check of the template's own constraints, in words that stand alone. */
export function constraintCheck(definition: ParameterDefinition, values: Values): Check {
  return (answer) => {
    const fault = faultOf(definition, answer.trim()) ?? faultOfSize(definition.name, answer.trim(), values);
    return fault === undefined ? undefined : `It ${fault}`;
  };
}

/** The template's Rules cannot compare numbers, so this stands nowhere in it. */
function faultOfSize(name: string, answer: string, values: Values): string | undefined {
  if (name === 'MaxSize' && Number(answer) < Number(values.get('MinSize'))) {
    return `must be at least the fewest instances, ${values.get('MinSize')}`;
  }
  // While the smaller is asked for, the greater can still follow; only where it was given does it bind.
  if (name === 'MinSize' && values.has('MaxSize') && Number(answer) > Number(values.get('MaxSize'))) {
    return `must be at most the most instances, ${values.get('MaxSize')}`;
  }
  return undefined;
}

/** Checks a list of instance types against those that the region offers. */
export function instanceTypesCheck(
  definition: ParameterDefinition,
  values: Values,
  offered: readonly string[],
  { architectures }: Pick<WizardSource, 'architectures'>,
  region: string,
): Check {
  const constraints = constraintCheck(definition, values);
  return async (answer) => {
    const types = listItems(answer);
    const fault = await constraints(types.join(','));
    if (fault !== undefined) return fault;
    const missing = types.find((type) => !offered.includes(type));
    if (missing === undefined) return mixedArchitectures(await architectures(types))[0]?.message;
    const near = nearestNames(missing, offered);
    const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
    return `${region} has no instance type ${missing}${meant}`;
  };
}

export function listItems(answer: string): string[] {
  return answer
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A share of spot instances, 0 to 100, as the template's percentage of on-demand ones, and back. */
export function complement(percentage: string): string {
  return String(100 - Number(percentage));
}

export function shareFault(answer: string): string | undefined {
  const share = answer.trim().replace(/%$/, '');
  return /^\d{1,3}$/.test(share) && Number(share) <= 100
    ? undefined
    : 'It must be a whole number from 0 (all on-demand) to 100 (all spot)';
}
