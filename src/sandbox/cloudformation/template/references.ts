import {
  attributeParts,
  callIn,
  isMap,
  PSEUDO_PARAMETERS,
  subArguments,
  subParts,
} from '../syntax/intrinsics.ts';
import type { Evaluation } from './evaluation/evaluation.ts';
import type { TemplateValue } from '../syntax/model.ts';

/** One use of another name, as written: a parameter's or a resource's. */
export type Mention =
  | { readonly kind: 'Ref'; readonly name: string }
  | {
      readonly kind: 'Attribute';
      readonly name: string;
      /** undefined where a function makes it. */
      readonly attribute?: string | undefined;
      readonly by: 'Fn::GetAtt' | 'Fn::Sub';
    };

/** One use of a parameter, of a resource, or of an attribute: what a change set's Details name as a cause. */
export interface Reference {
  readonly kind: 'Parameter' | 'Resource' | 'Attribute';
  readonly name: string;
  /** Of an attribute; undefined where a function makes its name. */
  readonly attribute?: string | undefined;
}

/** Which branch of an Fn::If counts; undefined for both. */
export type Branching = (condition: string) => boolean | undefined;

export const BOTH_BRANCHES: Branching = () => undefined;

/**
 * Calls `visit` for each reference in a value: Ref, Fn::GetAtt, and the variables of Fn::Sub. Pseudo parameters are
 * left out. Malformed calls are passed over; reading the template refuses them.
 */
export function visitReferences(
  value: TemplateValue,
  branching: Branching,
  visit: (mention: Mention) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) visitReferences(item, branching, visit);
    return;
  }
  if (!isMap(value)) return;
  const call = callIn(value);
  if (call === undefined) {
    for (const key in value) visitReferences(value[key] ?? null, branching, visit);
    return;
  }
  const { name, argument } = call;
  if (name === 'Ref' && typeof argument === 'string') visitRef(argument, visit);
  else if (name === 'Fn::GetAtt') visitAttribute(argument, branching, visit);
  else if (name === 'Fn::Sub') visitSub(argument, branching, visit);
  else if (name === 'Fn::If') visitIf(argument, branching, visit);
  else visitReferences(argument, branching, visit);
}

function visitRef(name: string, visit: (mention: Mention) => void): void {
  if (!PSEUDO_PARAMETERS.has(name)) visit({ kind: 'Ref', name });
}

function visitAttribute(
  argument: TemplateValue,
  branching: Branching,
  visit: (mention: Mention) => void,
): void {
  const parts = attributeParts(argument);
  if (parts === undefined) return;
  const { resource, attribute } = parts;
  visit({
    kind: 'Attribute',
    name: resource,
    attribute: typeof attribute === 'string' ? attribute : undefined,
    by: 'Fn::GetAtt',
  });
  visitReferences(attribute, branching, visit);
}

function visitSub(argument: TemplateValue, branching: Branching, visit: (mention: Mention) => void): void {
  const sub = subArguments(argument);
  if (sub === undefined) return;
  for (const part of subParts(sub.text)) {
    if (!('variable' in part) || Object.hasOwn(sub.variables, part.variable)) continue;
    const dot = part.variable.indexOf('.');
    if (dot < 0) visitRef(part.variable, visit);
    else {
      visit({
        kind: 'Attribute',
        name: part.variable.slice(0, dot),
        attribute: part.variable.slice(dot + 1),
        by: 'Fn::Sub',
      });
    }
  }
  visitReferences(Object.values(sub.variables), branching, visit);
}

function visitIf(argument: TemplateValue, branching: Branching, visit: (mention: Mention) => void): void {
  if (!Array.isArray(argument)) return;
  const [condition, whenTrue = null, whenFalse = null] = argument;
  const taken = typeof condition === 'string' ? branching(condition) : undefined;
  if (taken !== false) visitReferences(whenTrue, branching, visit);
  if (taken !== true) visitReferences(whenFalse, branching, visit);
}

/** The references of a value, each once, through the taken branches of Fn::If. */
export function referencesIn(
  value: TemplateValue,
  { template, conditions }: Pick<Evaluation, 'template' | 'conditions'>,
): Reference[] {
  const found = new Map<string, Reference>();
  visitReferences(
    value,
    (condition) => conditions.get(condition),
    (mention) => {
      const { name } = mention;
      const reference: Reference =
        mention.kind === 'Attribute'
          ? { kind: 'Attribute', name, attribute: mention.attribute }
          : { kind: template.parameters.has(name) ? 'Parameter' : 'Resource', name };
      found.set(JSON.stringify(reference), reference);
    },
  );
  return [...found.values()];
}
