import { counted } from '../../terminal/text.ts';
import type { Template } from '../parameters/index.ts';
import { askPlainly, type Place } from './questions.ts';

/**
 * Offers the parameters that the wizard did not ask for, by the template's groups, until the person has enough.
 * @param settled the parameters that are answered already, or come from elsewhere
 */
export async function askAdvanced(
  { groups }: Pick<Template, 'groups'>,
  settled: ReadonlySet<string>,
  place: Place,
): Promise<void> {
  const { prompter, values } = place;
  const open = groups
    .map(({ label, parameters }) => ({ label, parameters: parameters.filter((name) => !settled.has(name)) }))
    .filter(({ parameters }) => parameters.length > 0);
  if (open.length === 0) return;
  if (!(await prompter.yes({ message: 'Look at advanced settings?', preset: false }))) return;
  for (;;) {
    const choices = open.map(({ label, parameters }, index) => ({
      name: `${label} (${counted(parameters.length, 'setting')})`,
      value: index,
    }));
    const index = await prompter.choice({
      message: 'Which?',
      choices: [{ name: 'None: go on', value: -1 }, ...choices],
    });
    const group = open[index];
    if (group === undefined) return;
    for (const name of group.parameters) {
      const definition = values.definition(name);
      if (definition === undefined) continue;
      if (definition.description !== '') prompter.say(definition.description);
      await askPlainly(definition, place);
    }
  }
}
