import { parseTemplate, type TemplateBody, type TemplateValue } from '../src/cfn/document.ts';
import { officialParameters, type OfficialParameter } from '../src/stack/parameters/left-out.ts';

/** A parameter as the template declares it. */
interface Declaration {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly NoEcho?: boolean;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly MinLength?: number;
  readonly MaxLength?: number;
}

interface Group {
  readonly Label: { readonly default: string };
  readonly Parameters: readonly string[];
}

interface Sources {
  readonly parameters: Readonly<Record<string, Declaration>>;
  readonly groups: readonly Group[];
  readonly rules: readonly string[];
  readonly official: Readonly<Record<string, OfficialParameter>>;
}

/**
 * docs/parameters.md, from the texts of template/bk-stack.yml and template/official-parameters.yml.
 * @throws Error if a parameter is in no group or in two, or if what became of an official one is not said exactly once
 */
export function parameterReference(templateText: string, officialText: string): string {
  const sources = read(parseTemplate(templateText).body, officialText);
  assertGrouped(sources);
  return [
    '<!-- Made by `npx tsx scripts/generate-parameters.ts` from template/bk-stack.yml; edit that and run it again. -->',
    '# Parameters',
    `Names and meanings are those of Buildkite's Elastic CI Stack for AWS wherever there is one to follow, so a config file of that stack can be used, without the few lines that are left out (see the end): as a list of \`ParameterKey\` and \`ParameterValue\`, or as a plain map. A value is given by \`--param Name=Value\`, in a \`--config\` file or in the wizard; what is not given has its default.`,
    ...sources.groups.map((group) => groupSection(group, sources.parameters)),
    '## What goes together',
    'Some values are refused in combination, before anything is made:',
    sources.rules.map((rule) => `- ${rule}`).join('\n'),
    '## What the wizard asks',
    'The template says so itself, under `Metadata`, `BkStack`, `Wizard`: each entry names a `Parameter`, the kind of prompt (`Ask`) and what else the same prompt fills in (`Sets`). All other parameters are "advanced" there, by the groups above.',
    '## Beside the official stack',
    'What became of each parameter of the official template, and why where it differs. A parameter arrives with the part that gives it an effect, so that none is accepted and ignored.',
    officialTable(sources),
    `Parameters that only bk-stack has: ${ownParameters(sources).map(code).join(', ')}.`,
    '',
  ].join('\n\n');
}

function read(body: TemplateBody, officialText: string): Sources {
  const { 'AWS::CloudFormation::Interface': screen } = body['Metadata'] as Record<string, TemplateValue>;
  const rules = Object.values(body['Rules'] ?? {}) as { Assertions: { AssertDescription: string }[] }[];
  return {
    parameters: body['Parameters'] as unknown as Sources['parameters'],
    groups: (screen as unknown as { ParameterGroups: Group[] }).ParameterGroups,
    rules: rules.flatMap((rule) => rule.Assertions.map((assertion) => assertion.AssertDescription)),
    official: officialParameters(officialText),
  };
}

function assertGrouped({ parameters, groups }: Sources): void {
  const grouped = groups.flatMap((group) => group.Parameters);
  const stray = [
    ...Object.keys(parameters).filter((name) => !grouped.includes(name)),
    ...grouped.filter((name, index) => !(name in parameters) || grouped.indexOf(name) !== index),
  ];
  if (stray.length > 0) throw new Error(`in no group, in two, or not declared: ${stray.join(', ')}`);
}

function groupSection(group: Group, parameters: Sources['parameters']): string {
  const rows = group.Parameters.map((name) => {
    // assertGrouped has seen that every grouped name is declared.
    const parameter = parameters[name] as Declaration;
    const description = parameter.Description ?? '';
    return [code(name), kind(parameter), value(parameter.Default), allowed(parameter), description];
  });
  return `## ${group.Label.default}\n\n${table(['parameter', 'type', 'default', 'allowed', 'what it does'], rows)}`;
}

function kind({ Type, NoEcho }: Declaration): string {
  const type = Type === 'CommaDelimitedList' ? 'list' : Type.toLowerCase();
  return NoEcho === true ? `${type}, hidden` : type;
}

function allowed(parameter: Declaration): string {
  const { AllowedValues, MinValue, MaxValue, ConstraintDescription, MaxLength } = parameter;
  if (AllowedValues !== undefined) return AllowedValues.map((one) => value(one)).join(', ');
  if (MinValue !== undefined && MaxValue !== undefined) return `${MinValue} to ${MaxValue}`;
  if (MinValue !== undefined) return `${MinValue} or more`;
  if (ConstraintDescription !== undefined) return ConstraintDescription.replace(/^must be |\.$/g, '');
  return MaxLength === undefined ? 'any text' : `at most ${MaxLength} characters`;
}

function officialTable({ official, parameters }: Sources): string {
  const rows = Object.entries(official).map(([name, parameter]) => {
    const ours = parameters[name];
    return [code(name), fate(name, parameter, ours)];
  });
  return table(['official parameter', 'here'], rows);
}

/** One sentence on an official parameter. @throws Error if the two files do not agree on it */
function fate(name: string, official: OfficialParameter, ours: Declaration | undefined): string {
  const { Because, Later, LeftOut } = official;
  const reasons = [ours, Later, LeftOut].filter((reason) => reason !== undefined);
  if (reasons.length !== 1)
    throw new Error(`${name} is to be in the template, later or left out: one of these`);
  if (Later !== undefined) return `later, with ${Later}`;
  if (LeftOut !== undefined) return `left out: ${LeftOut}`;
  const differs = String(ours?.Default ?? '') !== official.Default;
  if (differs !== (Because !== undefined))
    throw new Error(`${name}: a differing default and its reason go together`);
  return differs
    ? `supported; default ${value(ours?.Default)} instead of ${value(official.Default)}: ${String(Because)}`
    : 'supported';
}

function ownParameters({ official, parameters }: Sources): string[] {
  return Object.keys(parameters).filter((name) => !(name in official));
}

function value(text: string | number | undefined): string {
  return text === undefined || text === '' ? 'empty' : code(String(text));
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
