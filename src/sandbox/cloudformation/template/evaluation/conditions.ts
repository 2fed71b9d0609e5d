import { formatError, templateError } from '../../syntax/errors.ts';
import { conditionCallIn, shownText, type Call } from '../../syntax/intrinsics.ts';
import type { TemplateValue } from '../../syntax/model.ts';
import type { Evaluation } from './evaluation.ts';
import { resolveValue } from './resolve.ts';
import { sameValue } from '../../syntax/values.ts';

/** Decides one condition, and first those it names, into `decided`. Reading the template has refused cycles. */
export function decide(name: string, evaluation: Evaluation, decided: Map<string, boolean>): boolean {
  const known = decided.get(name);
  if (known !== undefined) return known;
  const definition = evaluation.template.conditions.get(name);
  if (definition === undefined) {
    throw formatError(`Unresolved condition dependency ${name} in the Conditions block of the template`);
  }
  const holds = truth(definition, evaluation, decided);
  decided.set(name, holds);
  return holds;
}

function truth(value: TemplateValue, evaluation: Evaluation, decided: Map<string, boolean>): boolean {
  const call = conditionCallIn(value);
  const result = call === undefined ? value : connective(call, evaluation, decided);
  if (result === true || result === 'true') return true;
  if (result === false || result === 'false') return false;
  throw formatError('Conditions can only be boolean operations on parameters and other conditions');
}

function connective(
  { name, argument }: Call,
  evaluation: Evaluation,
  decided: Map<string, boolean>,
): TemplateValue | undefined {
  const operands = Array.isArray(argument) ? argument : [argument];
  switch (name) {
    case 'Condition':
      return decide(shownText(argument), evaluation, decided);
    case 'Fn::Not':
      return !truth(operands[0] ?? null, evaluation, decided);
    // Every operand is worked out, so that a mistake in one shows whatever the others say.
    case 'Fn::And':
      return operands.map((operand) => truth(operand, evaluation, decided)).every(Boolean);
    case 'Fn::Or':
      return operands.map((operand) => truth(operand, evaluation, decided)).some(Boolean);
    case 'Fn::Equals':
      return equals(operands, evaluation, decided);
    default:
      return resolveValue({ [name]: argument }, evaluation);
  }
}

function equals(
  operands: readonly TemplateValue[],
  evaluation: Evaluation,
  decided: Map<string, boolean>,
): boolean {
  if (operands.length !== 2) {
    throw templateError('every Fn::Equals object requires a list of 2 string parameters.');
  }
  const [left, right] = operands.map((operand) => {
    const call = conditionCallIn(operand);
    return call !== undefined && CONNECTIVES.has(call.name)
      ? connective(call, evaluation, decided)
      : resolveValue(operand, evaluation);
  });
  return sameValue(left, right);
}

const CONNECTIVES = new Set(['Condition', 'Fn::And', 'Fn::Equals', 'Fn::Not', 'Fn::Or']);
