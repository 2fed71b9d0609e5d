import type { AwsError } from '../../../kernel/errors.ts';
import type { Instant } from '../../../kernel/time.ts';
import { invalid } from '../state/state.ts';

/** Values by the beginnings of their periods, oldest first. */
export interface Line {
  /** In milliseconds. */
  readonly period: number;
  readonly values: ReadonlyMap<Instant, number>;
}

type Operand = number | Line;

export interface Span {
  readonly start: Instant;
  readonly end: Instant;
}

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
};
const LEVELS = ['+-', '*/', '^'] as const;

/**
 * A metric math expression: arithmetic, and FILL with a number.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @param lineOf the result of another query
 * @throws AwsError ValidationError for what cannot be read, or is more than that
 */
export function calculate(expression: string, lineOf: (id: string) => Line, span: Span): Line {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|\S/g) ?? [];
  let at = 0;
  const refuse = (): AwsError =>
    invalid(
      `Error in expression '${expression}': the sandbox calculates with ids, numbers, + - * / ^, parentheses and FILL(id, number), and does not understand ${tokens[at] ?? 'its end'}.`,
    );
  const expect = (token: string) => {
    if (tokens[at] !== token) throw refuse();
    at += 1;
  };

  const operand = (): Operand => {
    const token = tokens[at] ?? '';
    if (/^\d/.test(token)) {
      at += 1;
      return Number(token);
    }
    if (token === '(') return inParentheses();
    if (token === '-') {
      at += 1;
      return combined('-', 0, operand());
    }
    if (token === 'FILL') return filled();
    if (!/^[a-z]/.test(token) || tokens[at + 1] === '(') throw refuse();
    at += 1;
    return lineOf(token);
  };
  const inParentheses = (): Operand => {
    expect('(');
    const inner = sum(0);
    expect(')');
    return inner;
  };
  const filled = (): Operand => {
    at += 1;
    expect('(');
    const line = sum(0);
    expect(',');
    const value = sum(0);
    if (typeof line === 'number' || typeof value !== 'number') throw refuse();
    expect(')');
    const values = new Map<Instant, number>();
    for (let begins = span.start; begins < span.end; begins += line.period) {
      values.set(begins, line.values.get(begins) ?? value);
    }
    return { period: line.period, values };
  };
  const sum = (level: number): Operand => {
    const operators = LEVELS[level];
    if (operators === undefined) return operand();
    let left = sum(level + 1);
    for (let token = tokens[at]; token !== undefined && operators.includes(token); token = tokens[at]) {
      at += 1;
      left = combined(token, left, sum(level + 1));
    }
    return left;
  };

  const result = sum(0);
  if (at < tokens.length) throw refuse();
  if (typeof result === 'number') {
    throw invalid(`Error in expression '${expression}': it must result in a time series.`);
  }
  return result;
}

/** A time at which one of two lines has no value has none in the result; nor has one at which the result is no number. */
function combined(operator: string, left: Operand, right: Operand): Operand {
  const apply = ARITHMETIC[operator] ?? (() => NaN);
  if (typeof left === 'number' && typeof right === 'number') return apply(left, right);
  const lines = [left, right].filter((operand) => typeof operand !== 'number');
  const values = new Map<Instant, number>();
  for (const at of lines[0]?.values.keys() ?? []) {
    const [one, other] = [valueAt(left, at), valueAt(right, at)];
    if (one === undefined || other === undefined) continue;
    const value = apply(one, other);
    if (Number.isFinite(value)) values.set(at, value);
  }
  return { period: Math.max(...lines.map(({ period }) => period)), values };
}

function valueAt(operand: Operand, at: Instant): number | undefined {
  return typeof operand === 'number' ? operand : operand.values.get(at);
}
