import { AwsError } from '../../kernel/errors.ts';

type Test = (message: string) => boolean;

/**
 * Reads a filter pattern: terms that all have to be there, `?terms` of which one has to, `-terms` that may not, quoted
 * terms, `%regular expressions%`, and `{ $.path = value }` on JSON.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError InvalidParameterException
 */
export function compilePattern(pattern: string): Test {
  const text = pattern.trim();
  if (text === '') return () => true;
  return text.startsWith('{') ? jsonPattern(text) : termPattern(text);
}

function termPattern(text: string): Test {
  const all: Test[] = [];
  const any: Test[] = [];
  const none: Test[] = [];
  const terms = /([-?]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]*)%|([^\s"%]+))/g;
  let end = 0;
  for (const match of text.matchAll(terms)) {
    if (text.slice(end, match.index).trim() !== '') throw invalid(text);
    end = match.index + match[0].length;
    const [, sign, quoted, expression, word] = match;
    const test =
      expression === undefined
        ? containing(quoted?.replace(/\\(.)/g, '$1') ?? word ?? '')
        : matching(expression, text);
    (sign === '-' ? none : sign === '?' ? any : all).push(test);
  }
  if (text.slice(end).trim() !== '') throw invalid(text);
  return (message) =>
    all.every((test) => test(message)) &&
    // Beside terms that have to be there, AWS passes over those that may.
    (any.length === 0 || all.length > 0 || any.some((test) => test(message))) &&
    !none.some((test) => test(message));
}

function containing(term: string): Test {
  return (message) => message.includes(term);
}

function matching(expression: string, text: string): Test {
  try {
    const compiled = new RegExp(expression);
    return (message) => compiled.test(message);
  } catch {
    throw invalid(text);
  }
}

/** One comparison, or several of them that are all joined by `&&` or all by `||`. */
function jsonPattern(text: string): Test {
  const inside = /^\{(.*)\}$/s.exec(text)?.[1];
  if (inside === undefined) throw invalid(text);
  const either = inside.includes('||');
  const parts = inside
    .split(either ? '||' : '&&')
    .map((part) => comparison(part.replace(/^[\s(]+|[\s)]+$/g, ''), text));
  return (message) => {
    const document = parsed(message);
    if (document === undefined) return false;
    return either ? parts.some((part) => part(document)) : parts.every((part) => part(document));
  };
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message) as unknown;
  } catch {
    return undefined;
  }
}

function comparison(part: string, whole: string): (document: unknown) => boolean {
  const [, path = '', operator, operand = ''] =
    /^\$((?:\.[\w-]+|\[\d+\])+)\s*(=|!=|<=|>=|<|>|IS|NOT EXISTS)\s*(.*)$/s.exec(part) ?? [];
  if (operator === undefined) throw invalid(whole);
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? index ?? '');
  const read = (document: unknown) =>
    steps.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | null | undefined)?.[step],
      document,
    );
  const judge = judgement(operator, operand.trim(), whole);
  return (document) => judge(read(document));
}

function judgement(operator: string, operand: string, whole: string): (value: unknown) => boolean {
  if (operator === 'NOT EXISTS') return (value) => value === undefined;
  if (operator === 'IS') {
    const expected = { NULL: null, TRUE: true, FALSE: false }[operand.toUpperCase()];
    if (expected === undefined) throw invalid(whole);
    return (value) => value === expected;
  }
  const plain = operand.replace(/^"(.*)"$/s, '$1');
  if (operator === '=' || operator === '!=') {
    const expression = new RegExp(
      `^${plain
        .split('*')
        .map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
      's',
    );
    const equal = (value: unknown) =>
      (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') &&
      expression.test(String(value));
    return operator === '=' ? equal : (value) => value !== undefined && !equal(value);
  }
  const limit = Number(plain);
  if (Number.isNaN(limit)) throw invalid(whole);
  const compare = {
    '<': (value: number) => value < limit,
    '<=': (value: number) => value <= limit,
    '>': (value: number) => value > limit,
    '>=': (value: number) => value >= limit,
  }[operator];
  return (value) => typeof value === 'number' && compare?.(value) === true;
}

function invalid(pattern: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid filter pattern: ${pattern}`);
}
