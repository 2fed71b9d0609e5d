import type { Evaluation, PseudoParameters } from './evaluation/evaluation.ts';
import { evaluate } from './evaluation/evaluate.ts';
import { resolveValue } from './evaluation/resolve.ts';
import { sameValue } from '../syntax/values.ts';
import { formatError, templateError } from '../syntax/errors.ts';
import { callIn, isMap, scalarText, shownText, type Call } from '../syntax/intrinsics.ts';
import type { RuleDefinition, Template, TemplateValue } from '../syntax/model.ts';
import type { ResolvedParameter } from './parameters/resolve.ts';

/** What the rules' own functions ask of the world: the values there are of an AWS-specific parameter type. */
export interface RuleLookups {
  /** Fn::RefAll: every value of the type in this account and region. */
  values(parameterType: string): readonly string[];
  /** Fn::ValueOf: an attribute (`DefaultSecurityGroup`, `Tags.Name`) of one such value; undefined where it has none. */
  attribute(parameterType: string, value: string, attribute: string): string | undefined;
}

interface RuleContext {
  readonly evaluation: Evaluation;
  readonly lookups: RuleLookups;
}

/**
 * Checks the template's Rules against the parameters' values.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
 * @throws AwsError ValidationError naming the first rule that fails and every assertion of it that does
 */
export function checkRules(
  template: Template,
  parameters: readonly ResolvedParameter[],
  pseudo: PseudoParameters,
  lookups: RuleLookups = NOTHING_THERE,
): void {
  if (template.rules.size === 0) return;
  // Conditions may not be named in rules, and resources are not there yet.
  const evaluation = evaluate({
    template: { ...template, conditions: new Map(), resources: new Map() },
    parameters,
    pseudo,
    references: NO_RESOURCES,
  });
  for (const rule of template.rules.values()) checkRule(rule, { evaluation, lookups });
}

const NOTHING_THERE: RuleLookups = { values: () => [], attribute: () => undefined };

const NO_RESOURCES: Evaluation['references'] = {
  ref: (name) => name,
  attribute: (name) => name,
  importValue: () => undefined,
  availabilityZones: () => [],
};

function checkRule(rule: RuleDefinition, context: RuleContext): void {
  if (rule.condition !== undefined && !truth(rule.condition, rule, context)) return;
  const failed = rule.assertions.filter(({ assert }) => !truth(assert, rule, context));
  if (failed.length === 0) return;
  const reasons = failed.map(({ description }) => description ?? 'Assertion evaluated to false');
  throw templateError(`Rule ${rule.name} failed: ${reasons.join('; ')}`);
}

function truth(value: TemplateValue, rule: RuleDefinition, context: RuleContext): boolean {
  const result = ruleValue(value, rule, context);
  if (result === true || result === 'true') return true;
  if (result === false || result === 'false') return false;
  throw formatError(`Rule ${rule.name}: conditions and assertions must evaluate to true or false`);
}

/** A value in which the rules' functions may stand, at any depth. */
function ruleValue(value: TemplateValue, rule: RuleDefinition, context: RuleContext): TemplateValue {
  if (Array.isArray(value)) return value.map((item) => ruleValue(item, rule, context));
  if (!isMap(value)) return value;
  const call = callIn(value);
  if (call === undefined)
    throw formatError(`Rule ${rule.name}: only rule-specific intrinsic functions can be used`);
  return ruleCall(call, rule, context);
}

function ruleCall({ name, argument }: Call, rule: RuleDefinition, context: RuleContext): TemplateValue {
  const operands = Array.isArray(argument) ? argument : [argument];
  const texts = (at: number): string[] =>
    textList(name, ruleValue(operands[at] ?? null, rule, context), rule);
  switch (name) {
    case 'Fn::And':
    case 'Fn::Or': {
      if (operands.length < 2 || operands.length > 10) {
        throw templateError(
          `every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
        );
      }
      const truths = operands.map((operand) => truth(operand, rule, context));
      return name === 'Fn::And' ? truths.every(Boolean) : truths.some(Boolean);
    }
    case 'Fn::Not':
      expectOperands(name, operands, 1, rule);
      return !truth(operands[0] ?? null, rule, context);
    case 'Fn::Equals': {
      expectOperands(name, operands, 2, rule);
      const [left, right] = operands.map((operand) => ruleValue(operand, rule, context));
      return sameValue(left, right);
    }
    case 'Fn::Contains': {
      expectOperands(name, operands, 2, rule);
      const [sought = ''] = texts(1);
      return texts(0).includes(sought);
    }
    case 'Fn::EachMemberEquals': {
      expectOperands(name, operands, 2, rule);
      const [wanted] = texts(1);
      return texts(0).every((text) => text === wanted);
    }
    case 'Fn::EachMemberIn': {
      expectOperands(name, operands, 2, rule);
      const allowed = new Set(texts(1));
      return texts(0).every((text) => allowed.has(text));
    }
    case 'Fn::RefAll':
      return [...context.lookups.values(shownText(argument))];
    case 'Fn::ValueOf':
      expectOperands(name, operands, 2, rule);
      return valueOf(operands, rule, context);
    case 'Fn::ValueOfAll': {
      expectOperands(name, operands, 2, rule);
      const [type, attribute] = operands.map(String) as [string, string];
      return context.lookups
        .values(type)
        .map((value) => context.lookups.attribute(type, value, attribute) ?? '');
    }
    default:
      return resolveValue({ [name]: argument }, context.evaluation) ?? '';
  }
}

/** The attribute of a parameter's value, or for a list parameter the attribute of each. */
function valueOf(
  operands: readonly TemplateValue[],
  rule: RuleDefinition,
  { evaluation, lookups }: RuleContext,
): TemplateValue {
  const [name, attribute] = operands.map(String) as [string, string];
  const parameter = evaluation.parameters.get(name);
  if (parameter === undefined)
    throw formatError(`Rule ${rule.name}: Fn::ValueOf names no parameter: ${name}`);
  const type = /^List<(.+)>$/.exec(parameter.type)?.[1] ?? parameter.type;
  const of = (value: string): string => lookups.attribute(type, value, attribute) ?? '';
  return typeof parameter.reference === 'string' ? of(parameter.reference) : parameter.reference.map(of);
}

function textList(name: string, value: TemplateValue, rule: RuleDefinition): string[] {
  return (Array.isArray(value) ? value : [value]).map((item) => {
    const text = scalarText(item);
    if (text === undefined) throw formatError(`Rule ${rule.name}: ${name} requires lists of strings`);
    return text;
  });
}

function expectOperands(
  name: string,
  operands: readonly TemplateValue[],
  count: number,
  rule: RuleDefinition,
): void {
  if (operands.length !== count) {
    throw formatError(`Rule ${rule.name}: ${name} requires a list argument with ${count} elements`);
  }
}
