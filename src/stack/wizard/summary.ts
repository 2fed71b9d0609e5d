import { facts } from '../../terminal/table.ts';
import type { Theme } from '../../terminal/theme.ts';
import type { Template } from '../parameters/index.ts';
import { complement } from './checks.ts';
import type { Values } from './values.ts';

/** What is about to be made. */
export interface Summary {
  readonly stackName: string;
  readonly region: string;
  readonly template: Pick<Template, 'definitions' | 'questions'>;
  readonly values: Values;
  /** Where the agent token comes from; undefined where the template takes none. */
  readonly token: string | undefined;
}

/** What was asked for with its answer, and whatever else differs from the template, never with a secret in it. */
export function summaryText({ stackName, region, template, values, token }: Summary, theme: Theme): string {
  const asked = template.questions.flatMap(({ parameter, kind }): [string, string][] => {
    const definition = values.definition(parameter);
    if (definition === undefined) return [];
    const value = values.get(parameter);
    if (kind === 'spot-share') return [['Share of spot instances', `${complement(value)} %`]];
    if (kind === 'vpc') return [[definition.label, value === '' ? 'a new one' : value]];
    return [[definition.label, value === '' ? 'none' : value]];
  });
  const questions = new Set(template.questions.map(({ parameter }) => parameter));
  const others = template.definitions
    .filter(({ name }) => !questions.has(name) && values.has(name))
    .map(({ name, label, noEcho }): [string, string] => [
      label,
      noEcho ? '****' : values.get(name) || 'none',
    ]);
  return facts(
    [['Stack', stackName], ['Region', region], ['Agent token', token], ...asked, ...others],
    theme.dim,
  );
}
