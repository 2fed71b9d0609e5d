import { isIPv4 } from 'node:net';
import { contains } from '../../../../network/cidr.ts';
/** What is known of a request, by condition key in lower case. A key that is missing does not apply to the request. */
export type ConditionContext = Readonly<Record<string, string | readonly string[] | undefined>>;

type Compare = (actual: string, wanted: string) => boolean;

const number =
  (compare: (left: number, right: number) => boolean): Compare =>
  (actual, wanted) =>
    compare(Number(actual), Number(wanted));
const date =
  (compare: (left: number, right: number) => boolean): Compare =>
  (actual, wanted) =>
    compare(Date.parse(actual), Date.parse(wanted));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: matches,
  NumericEquals: number((left, right) => left === right),
  NumericLessThan: number((left, right) => left < right),
  NumericLessThanEquals: number((left, right) => left <= right),
  NumericGreaterThan: number((left, right) => left > right),
  NumericGreaterThanEquals: number((left, right) => left >= right),
  DateEquals: date((left, right) => left === right),
  DateLessThan: date((left, right) => left < right),
  DateLessThanEquals: date((left, right) => left <= right),
  DateGreaterThan: date((left, right) => left > right),
  DateGreaterThanEquals: date((left, right) => left >= right),
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  BinaryEquals: (actual, wanted) => actual === wanted,
  IpAddress: inNetwork,
  ArnEquals: matches,
  ArnLike: matches,
};

/** Operators that say no to every value; a missing key satisfies them. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/** Whether every condition of a block holds: all keys of all operators, and one of the values of each. */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  context: ConditionContext,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, context[key.toLowerCase()], values)),
  );
}

function holds(written: string, actual: ConditionContext[string], values: readonly string[]): boolean {
  const [, quantifier, operator = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(written) ?? [];
  const given = actual === undefined ? [] : typeof actual === 'string' ? [actual] : actual;
  if (operator === 'Null') return values.includes(String(given.length === 0));
  if (given.length === 0) {
    if (quantifier === 'ForAnyValue') return false;
    return ifExists !== undefined || quantifier === 'ForAllValues' || operator in NEGATED;
  }
  const negated = NEGATED[operator];
  const compare = OPERATORS[negated ?? operator];
  if (compare === undefined) return false;
  const one = (value: string) => values.some((wanted) => compare(value, wanted)) === (negated === undefined);
  return quantifier === 'ForAnyValue' ? given.some(one) : given.every(one);
}

const patterns = new Map<string, RegExp>();

/** Whether a text matches a pattern of `*` and `?`. */
export function matches(text: string, pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return text === pattern;
  let expression = patterns.get(pattern);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, 's');
    patterns.set(pattern, expression);
  }
  return expression.test(text);
}

/** IPv4 only: an IPv6 address is in no network here. */
function inNetwork(actual: string, network: string): boolean {
  return isIPv4(actual) && contains(network.includes('/') ? network : `${network}/32`, `${actual}/32`);
}
