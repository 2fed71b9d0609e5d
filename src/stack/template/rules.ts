import type { TemplateBody, TemplateValue } from '../../cfn/document.ts';

/** What a rule's functions may refer to: a parameter's value, or a list of values. */
export type Referred = (name: string) => string | readonly string[] | undefined;

/** Something that only CloudFormation can look up. */
class Unknowable extends Error {}

/**
 * The assertions of the template's Rules that do not hold, in their own words. One that asks what only AWS knows
 * (`Fn::ValueOf`, `Fn::RefAll`) is left to CloudFormation.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
export function brokenRules(body: TemplateBody, referred: Referred): string[] {
  return Object.entries(mapOf(body['Rules'])).flatMap(([name, rule]) => {
    const { RuleCondition: condition, Assertions: assertions } = mapOf(rule);
    if (condition !== undefined && holds(condition, referred) !== true) return [];
    return (Array.isArray(assertions) ? assertions : []).flatMap((assertion) => {
      const { Assert, AssertDescription } = mapOf(assertion);
      if (Assert === undefined || holds(Assert, referred) !== false) return [];
      return [typeof AssertDescription === 'string' ? AssertDescription : `The rule ${name} does not hold`];
    });
  });
}

/** Whether a condition holds; undefined where that cannot be told here. */
function holds(condition: TemplateValue, referred: Referred): boolean | undefined {
  try {
    return truth(condition, referred);
  } catch (error) {
    if (error instanceof Unknowable) return undefined;
    throw error;
  }
}

function truth(value: TemplateValue, referred: Referred): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  const [name, given] = functionOf(value);
  const parts = Array.isArray(given) ? given : [];
  const part = (index: number): TemplateValue => parts[index] ?? '';
  const list = (index: number) => listOf(part(index), referred);
  switch (name) {
    case 'Fn::And':
      return parts.every((each) => truth(each, referred));
    case 'Fn::Or':
      return parts.some((each) => truth(each, referred));
    case 'Fn::Not':
      return !truth(part(0), referred);
    case 'Fn::Equals':
      return JSON.stringify(plain(part(0), referred)) === JSON.stringify(plain(part(1), referred));
    case 'Fn::Contains':
      return list(0).includes(textOf(part(1), referred));
    case 'Fn::EachMemberEquals':
      return list(0).every((each) => each === textOf(part(1), referred));
    case 'Fn::EachMemberIn':
      return list(0).every((each) => list(1).includes(each));
    default:
      throw new Unknowable();
  }
}

function functionOf(value: TemplateValue): [name: string, given: TemplateValue] {
  const [entry, ...others] = Object.entries(mapOf(value));
  if (entry === undefined || others.length > 0) throw new Unknowable();
  return entry;
}

/** A value in which references are looked up: a text, or a list of texts. */
function plain(value: TemplateValue, referred: Referred): string | readonly string[] {
  if (Array.isArray(value)) return value.map((each) => textOf(each, referred));
  if (typeof value !== 'object') return String(value);
  const [name, given] = functionOf(value);
  const found = name === 'Ref' && typeof given === 'string' ? referred(given) : undefined;
  if (found === undefined) throw new Unknowable();
  return found;
}

function textOf(value: TemplateValue, referred: Referred): string {
  const found = plain(value, referred);
  if (typeof found !== 'string') throw new Unknowable();
  return found;
}

function listOf(value: TemplateValue, referred: Referred): readonly string[] {
  const found = plain(value, referred);
  if (typeof found === 'string') throw new Unknowable();
  return found;
}

function mapOf(value: TemplateValue | undefined): TemplateBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
