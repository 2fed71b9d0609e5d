import type { TemplateBody, TemplateValue } from './model.ts';

/** A function call as it stands in a template: `{ "Fn::Join": [...] }`. */
export interface Call {
  readonly name: string;
  readonly argument: TemplateValue;
}

export const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

/** Functions that only the AWS::LanguageExtensions transform knows. */
export const EXTENSION_FUNCTIONS: ReadonlySet<string> = new Set(['Fn::Length', 'Fn::ToJsonString']);

export const PSEUDO_PARAMETERS: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]);

export function isMap(value: TemplateValue | undefined): value is TemplateBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The call that a map stands for, or undefined for a map that is data: a call is a map with one key, `Ref` or `Fn::…`. */
export function callIn(value: TemplateBody): Call | undefined {
  let name: string | undefined;
  for (const key in value) {
    if (name !== undefined) return undefined;
    name = key;
  }
  if (name === undefined || (name !== 'Ref' && !name.startsWith('Fn::'))) return undefined;
  return { name, argument: value[name] ?? null };
}

/** As `callIn`, where conditions are meant: `{ "Condition": "Name" }` is a call there too. */
export function conditionCallIn(value: TemplateValue): Call | undefined {
  if (!isMap(value)) return undefined;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === 'Condition'
    ? { name: 'Condition', argument: value.Condition ?? null }
    : callIn(value);
}

/** A scalar as text, as CloudFormation hands it on: true is "true", 5 is "5". */
export function scalarText(value: TemplateValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A name as an error shows it, or as it is looked up: a scalar as text, anything else as JSON, which names nothing. */
export function shownText(value: TemplateValue | undefined): string {
  return scalarText(value) ?? JSON.stringify(value ?? null);
}

/** The parts of `Fn::GetAtt`'s argument: `["Vpc", "CidrBlock"]` or `"Vpc.CidrBlock"`. */
export function attributeParts(
  argument: TemplateValue,
): { resource: string; attribute: TemplateValue } | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 1 || dot === argument.length - 1
      ? undefined
      : { resource: argument.slice(0, dot), attribute: argument.slice(dot + 1) };
  }
  if (!Array.isArray(argument) || argument.length < 2) return undefined;
  const [resource, ...rest] = argument;
  if (typeof resource !== 'string' || resource === '') return undefined;
  const [attribute] = rest;
  if (rest.length === 1) {
    return attribute === '' || attribute === null || attribute === undefined
      ? undefined
      : { resource, attribute };
  }
  return rest.every((part) => typeof part === 'string') ? { resource, attribute: rest.join('.') } : undefined;
}

/** One piece of an Fn::Sub text. */
export type SubPart = { readonly text: string } | { readonly variable: string };

const partsOf = new Map<string, readonly SubPart[]>();
const MOST_REMEMBERED = 5000;

/** An Fn::Sub text in pieces; `${!Literal}` is the text `${Literal}`. */
export function subParts(text: string): readonly SubPart[] {
  const known = partsOf.get(text);
  if (known !== undefined) return known;
  const parts: SubPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    const inner = match[1] ?? '';
    parts.push(inner.startsWith('!') ? { text: `\${${inner.slice(1)}}` } : { variable: inner });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  if (partsOf.size >= MOST_REMEMBERED) partsOf.clear();
  partsOf.set(text, parts);
  return parts;
}

/** Both forms of Fn::Sub's argument. */
export function subArguments(argument: TemplateValue): { text: string; variables: TemplateBody } | undefined {
  if (typeof argument === 'string') return { text: argument, variables: {} };
  if (!Array.isArray(argument) || argument.length !== 2) return undefined;
  const [text, variables] = argument;
  return typeof text === 'string' && isMap(variables) ? { text, variables } : undefined;
}
