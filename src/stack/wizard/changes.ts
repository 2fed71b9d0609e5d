import type { Template } from '../parameters/index.ts';
import { askAdvanced } from './advanced.ts';
import type { Prompter } from './prompter.ts';
import { ask, type Place } from './questions.ts';
import type { WizardSource } from './source.ts';
import { Values } from './values.ts';

/** A stack whose parameters a person wants to go through. */
export interface ChangesContext {
  readonly prompter: Prompter;
  readonly source: WizardSource;
  readonly region: string;
  readonly template: Template;
  /** What the stack has; undefined for values that are not told. */
  readonly standing: ReadonlyMap<string, string | undefined>;
  /** What was given on the command line, and is not asked for. */
  readonly given: ReadonlySet<string>;
}

/** What is not a person's to answer, or would move running instances to another network. */
const WITHHELD = [
  ...[
    'BuildkiteAgentToken',
    'BuildkiteAgentTokenParameterStorePath',
    'BuildkiteAgentTokenParameterStoreKMSKey',
  ],
  ...[
    'AssetsBucket',
    'HostProgram',
    'ScalerProgram',
    'ResolvedImageId',
    'VpcId',
    'Subnets',
    'AvailabilityZones',
  ],
];

/**
 * Asks for each parameter that matters, and on demand for the others, starting from today's values.
 * @returns the answers that differ from those
 */
export async function askForChanges(context: ChangesContext): Promise<ReadonlyMap<string, string>> {
  const { prompter, source, region, template, standing, given } = context;
  const known = [...standing].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const values = new Values(template, new Map(known));
  const place: Place = { prompter, source, region, values };
  const settled = new Set([
    ...WITHHELD,
    ...given,
    ...[...standing].flatMap(([name, value]) => (value === undefined ? [name] : [])),
  ]);
  const asked = template.questions.filter(({ parameter }) => !settled.has(parameter));
  for (const question of asked) await ask(question, place);
  await askAdvanced(
    template,
    new Set([...settled, ...asked.flatMap(({ parameter, sets }) => [parameter, ...sets])]),
    place,
  );
  return new Map(
    template.definitions
      .filter(
        ({ name, preset = '' }) => !settled.has(name) && values.get(name) !== (standing.get(name) ?? preset),
      )
      .map(({ name }) => [name, values.get(name)]),
  );
}
