import type { TemplateBody, TemplateValue } from '../../cfn/document.ts';

/** A parameter as its template declares it. */
export interface ParameterDefinition {
  readonly name: string;
  /** `String`, `Number`, `CommaDelimitedList`, `List<Number>`, an AWS-specific type, or an SSM type. */
  readonly type: string;
  /** What people read: the label of `AWS::CloudFormation::Interface`, or the name. */
  readonly label: string;
  readonly description: string;
  /** Undefined where a value has to be given. */
  readonly preset: string | undefined;
  readonly noEcho: boolean;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  /** The template's own words for what a value must be. */
  readonly constraint: string | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minValue: number | undefined;
  readonly maxValue: number | undefined;
}

/** Parameters that belong together, as the template groups them. */
export interface ParameterGroup {
  readonly label: string;
  readonly parameters: readonly string[];
}

/** The kinds of prompt that a template can ask for. */
export const QUESTION_KINDS = [
  'text',
  'number',
  'choice',
  'instance-types',
  'vpc',
  'key-pair',
  'spot-share',
] as const;

/** A question of the wizard, from `Metadata`, `BkStack`, `Wizard` of the template. */
export interface Question {
  readonly parameter: string;
  readonly kind: (typeof QUESTION_KINDS)[number];
  /** Further parameters that the same prompt fills in. */
  readonly sets: readonly string[];
}

/** The parameters of a template, in its order. */
export function parameterDefinitions(body: TemplateBody): ParameterDefinition[] {
  const labels = mapAt(interfaceOf(body), 'ParameterLabels');
  return Object.entries(mapAt(body, 'Parameters')).map(([name, declaration]) =>
    definition(name, asMap(declaration), text(mapAt(labels, name)['default'])),
  );
}

/** The template's own groups; parameters that it groups nowhere come last, in one more. */
export function parameterGroups(body: TemplateBody): ParameterGroup[] {
  const declared = Object.keys(mapAt(body, 'Parameters'));
  const groups = listAt(interfaceOf(body), 'ParameterGroups').map((group) => ({
    label: text(mapAt(asMap(group), 'Label')['default']) ?? 'Parameters',
    parameters: listAt(asMap(group), 'Parameters')
      .map(String)
      .filter((name) => declared.includes(name)),
  }));
  const grouped = new Set(groups.flatMap(({ parameters }) => parameters));
  const others = declared.filter((name) => !grouped.has(name));
  return others.length === 0
    ? groups
    : [...groups, { label: groups.length === 0 ? 'Parameters' : 'Others', parameters: others }];
}

/** What the wizard asks; nothing for a template that says nothing of it. */
export function questionsOf(body: TemplateBody): Question[] {
  const declared = mapAt(body, 'Parameters');
  return listAt(mapAt(mapAt(body, 'Metadata'), 'BkStack'), 'Wizard').flatMap((entry) => {
    const { Parameter, Ask, Sets } = asMap(entry);
    const parameter = text(Parameter) ?? '';
    const kind = QUESTION_KINDS.find((known) => known === Ask);
    if (kind === undefined || !Object.hasOwn(declared, parameter)) return [];
    return [{ parameter, kind, sets: Array.isArray(Sets) ? Sets.map(String) : [] }];
  });
}

function definition(name: string, declaration: TemplateBody, label: string | undefined): ParameterDefinition {
  const { AllowedValues } = declaration;
  return {
    name,
    type: text(declaration['Type']) ?? 'String',
    label: label ?? name,
    description: text(declaration['Description']) ?? '',
    preset: text(declaration['Default']),
    noEcho: text(declaration['NoEcho'])?.toLowerCase() === 'true',
    allowedValues: Array.isArray(AllowedValues) ? AllowedValues.map((value) => text(value) ?? '') : undefined,
    allowedPattern: text(declaration['AllowedPattern']),
    constraint: text(declaration['ConstraintDescription']),
    minLength: number(declaration['MinLength']),
    maxLength: number(declaration['MaxLength']),
    minValue: number(declaration['MinValue']),
    maxValue: number(declaration['MaxValue']),
  };
}

function interfaceOf(body: TemplateBody): TemplateBody {
  return mapAt(mapAt(body, 'Metadata'), 'AWS::CloudFormation::Interface');
}

function asMap(value: TemplateValue | undefined): TemplateBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function mapAt(body: TemplateBody, key: string): TemplateBody {
  return asMap(body[key]);
}

function listAt(body: TemplateBody, key: string): readonly TemplateValue[] {
  const value = body[key];
  return Array.isArray(value) ? value : [];
}

function text(value: TemplateValue | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

function number(value: TemplateValue | undefined): number | undefined {
  const written = text(value);
  return written === undefined ? undefined : Number(written);
}
