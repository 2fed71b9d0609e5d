import type { ParameterDefinition, Question } from '../parameters/index.ts';
import { complement, constraintCheck, instanceTypesCheck, listItems, shareFault } from './checks.ts';
import type { Prompter } from './prompter.ts';
import type { SubnetFacts, VpcFacts, WizardSource } from './source.ts';
import type { Values } from './values.ts';

/** Where a question is asked. */
export interface Place {
  readonly prompter: Prompter;
  readonly source: WizardSource;
  readonly region: string;
  readonly values: Values;
}

/** Asks one of the template's questions, and keeps the answer. */
export async function ask({ parameter, kind, sets }: Question, place: Place): Promise<void> {
  const definition = place.values.definition(parameter);
  if (definition === undefined) return;
  switch (kind) {
    case 'text':
    case 'number':
    case 'choice':
      return askPlainly(definition, place);
    case 'instance-types':
      return askInstanceTypes(definition, place);
    case 'spot-share':
      return askSpotShare(definition, place);
    case 'key-pair':
      return askKeyPair(definition, place);
    case 'vpc':
      return askVpc(definition, sets, place);
  }
}

/** Asks for any parameter by what its definition says. */
export async function askPlainly(
  definition: ParameterDefinition,
  { prompter, values }: Place,
): Promise<void> {
  const { name, allowedValues, noEcho } = definition;
  const message = questionText(definition);
  const preset = values.get(name);
  if (allowedValues !== undefined) {
    const choices = allowedValues.map((value) => ({ name: value === '' ? '(none)' : value, value }));
    values.set(name, await prompter.choice({ message, choices, preset }));
    return;
  }
  const check = constraintCheck(definition, values);
  const answer = noEcho
    ? await prompter.secret({ message, check })
    : await prompter.text({ message, preset, check });
  values.set(name, answer.trim());
}

/** The label, and what else fits on a line. */
function questionText({ label, minValue, maxValue }: ParameterDefinition): string {
  if (minValue === undefined || maxValue === undefined) return `${label}:`;
  return `${label} (${minValue} to ${maxValue}):`;
}

async function askInstanceTypes(definition: ParameterDefinition, place: Place): Promise<void> {
  const { prompter, source, region, values } = place;
  const offered = await source.instanceTypes();
  const answer = await prompter.text({
    message: `${definition.label}, in the order of preference, with commas:`,
    preset: values.get(definition.name),
    check: instanceTypesCheck(definition, values, offered, source, region),
  });
  values.set(definition.name, listItems(answer).join(','));
}

async function askSpotShare({ name }: ParameterDefinition, { prompter, values }: Place): Promise<void> {
  const answer = await prompter.text({
    message: 'Share of spot instances, in percent (0 to 100):',
    preset: complement(values.get(name)),
    check: shareFault,
  });
  values.set(name, complement(answer.trim().replace(/%$/, '')));
}

async function askKeyPair(
  { name, label }: ParameterDefinition,
  { prompter, source, values }: Place,
): Promise<void> {
  const found = await source.keyPairs();
  // Without one to choose there is nothing to ask.
  if (found.length === 0) return;
  const choices = [
    { name: 'None: reach instances through SSM Session Manager', value: '' },
    ...found.map((keyPair) => ({ name: keyPair, value: keyPair })),
  ];
  values.set(name, await prompter.choice({ message: `${label}:`, choices, preset: values.get(name) }));
}

async function askVpc(definition: ParameterDefinition, sets: readonly string[], place: Place): Promise<void> {
  const { name, label } = definition;
  const [subnets] = sets;
  const { prompter, source, region, values } = place;
  const found = await source.vpcs();
  const choices = [
    { name: 'A new one, for this stack alone', value: '' },
    ...found.map((vpc) => ({ name: vpcText(vpc), value: vpc.id })),
  ];
  const vpcId = await prompter.choice({ message: `${label}:`, choices, preset: values.get(name) });
  values.set(name, vpcId);
  if (subnets === undefined) return;
  if (vpcId === '') {
    values.set(subnets, '');
    return;
  }
  const inVpc = await source.subnets(vpcId);
  if (inVpc.length === 0) {
    prompter.say(`${vpcId} in ${region} has no subnets to run instances in.`);
    return askVpc(definition, sets, place);
  }
  const chosen = await prompter.several({
    message: `Subnets of ${vpcId}:`,
    choices: inVpc.map((subnet) => ({ name: subnetText(subnet), value: subnet.id })),
    check: (ids) => (ids.length === 0 ? 'Choose at least one' : undefined),
  });
  values.set(subnets, chosen.join(','));
}

function vpcText({ id, name, cidr, isDefault }: VpcFacts): string {
  return [id, name, cidr, isDefault ? '(the default VPC)' : undefined].filter(Boolean).join('  ');
}

function subnetText({ id, name, zone, cidr, freeAddresses }: SubnetFacts): string {
  return [id, zone, cidr, name, `${freeAddresses} addresses free`].filter(Boolean).join('  ');
}
