import type { Expression, Named } from './expressions.ts';
import type { Command, Statistic } from './query.ts';

type Value = string | number | boolean | undefined;

/** A log event, or a row that has been made of some. */
export interface Row {
  readonly timestamp: number;
  /** By the names of fields. */
  readonly fields: ReadonlyMap<string, Value>;
  /** A field of JSON in the message, which are many and seldom asked for. */
  readonly inMessage: (name: string) => Value;
}

export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Whether the rows are log events still, which have pointers. */
  readonly events: boolean;
  /** How many events the filters have let through. */
  readonly matched: number;
}

const MOST_WITHOUT_LIMIT = 10_000;
const BY_THEMSELVES = ['@timestamp', '@message'];

/** What a query makes of log events, which come in the order of time, the newest first. */
export function evaluate(
  commands: readonly Command[],
  events: readonly Row[],
  limit: number | undefined,
): Result {
  let result: Result = { columns: [], rows: events, events: true, matched: events.length };
  let most = limit ?? MOST_WITHOUT_LIMIT;
  for (const command of commands) {
    if (command.kind === 'limit') most = command.most;
    else result = applied(command, result);
  }
  return {
    ...result,
    columns: result.columns.length === 0 ? BY_THEMSELVES : result.columns,
    rows: result.rows.slice(0, most),
  };
}

function applied(command: Exclude<Command, { kind: 'limit' }>, result: Result): Result {
  const { rows, columns, events } = result;
  switch (command.kind) {
    case 'filter': {
      const left = rows.filter((row) => valueOf(command.condition, row) === true);
      return { ...result, rows: left, ...(events && { matched: left.length }) };
    }
    case 'fields':
    case 'display': {
      const names = command.fields.map(({ name }) => name);
      return {
        ...result,
        columns: command.kind === 'display' ? names : [...new Set([...columns, ...names])],
        rows: rows.map((row) => withFields(row, command.fields)),
      };
    }
    case 'sort':
      return {
        ...result,
        rows: [...rows].sort((a, b) => {
          for (const { value, descending } of command.by) {
            const order = compare(valueOf(value, a), valueOf(value, b));
            if (order !== 0) return descending ? -order : order;
          }
          return 0;
        }),
      };
    case 'dedup':
      return { ...result, rows: distinct(rows, command.fields) };
    case 'parse':
      return { ...result, rows: rows.map((row) => parsed(row, command)) };
    case 'stats':
      return { ...result, ...grouped(rows, command.statistics, command.by), events: false };
  }
}

function withFields(row: Row, fields: readonly Named[]): Row {
  const made = fields.filter(({ value, name }) => value.kind !== 'field' || value.name !== name);
  if (made.length === 0) return row;
  return {
    ...row,
    fields: new Map([...row.fields, ...made.map(({ value, name }) => [name, valueOf(value, row)] as const)]),
  };
}

/**
 * The first row of each combination of values. One in which a field is missing is kept.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Dedup.html
 */
function distinct(rows: readonly Row[], fields: readonly Named[]): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const values = fields.map(({ value }) => valueOf(value, row));
    if (values.includes(undefined)) return true;
    const key = JSON.stringify(values);
    return !seen.has(key) && seen.add(key);
  });
}

function parsed(row: Row, { value, pattern, names }: Extract<Command, { kind: 'parse' }>): Row {
  const match = pattern.exec(String(valueOf(value, row) ?? ''));
  if (match === null) return row;
  const found = names.map((name, index) => [name, match.groups?.[name] ?? match[index + 1]] as const);
  return { ...row, fields: new Map([...row.fields, ...found]) };
}

function grouped(rows: readonly Row[], statistics: readonly Statistic[], by: readonly Named[]) {
  const groups = new Map<string, { readonly keys: readonly Value[]; readonly rows: Row[] }>();
  for (const row of rows) {
    const keys = by.map(({ value }) => valueOf(value, row));
    const id = JSON.stringify(keys.map((key) => key ?? null));
    const group = groups.get(id) ?? { keys, rows: [] };
    groups.set(id, group);
    group.rows.push(row);
  }
  return {
    columns: [...by, ...statistics].map(({ name }) => name),
    rows: [...groups.values()].map((group): Row => ({
      timestamp: 0,
      inMessage: () => undefined,
      fields: new Map([
        ...by.map(({ name }, index) => [name, group.keys[index]] as const),
        ...statistics.map((statistic) => [statistic.name, statisticOf(statistic, group.rows)] as const),
      ]),
    })),
  };
}

function statisticOf({ of, value, percent }: Statistic, rows: readonly Row[]): Value {
  if (value === undefined) return rows.length;
  const values = rows.map((row) => valueOf(value, row)).filter((each) => each !== undefined);
  if (of === 'count') return values.length;
  if (of === 'count_distinct') return new Set(values).size;
  if (of === 'min' || of === 'max') {
    const ordered = [...values].sort(compare);
    return of === 'min' ? ordered[0] : ordered.at(-1);
  }
  const numbers = values
    .map(Number)
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);
  const sum = numbers.reduce((total, number) => total + number, 0);
  if (of === 'sum') return sum;
  if (numbers.length === 0) return undefined;
  if (of === 'avg') return sum / numbers.length;
  return numbers[Math.min(numbers.length - 1, Math.max(0, Math.ceil((percent / 100) * numbers.length) - 1))];
}

function valueOf(expression: Expression, row: Row): Value {
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'field':
      return fieldOf(row, expression.name);
    case 'bin':
      return instant(Math.floor(row.timestamp / expression.milliseconds) * expression.milliseconds);
    case 'present':
      return fieldOf(row, expression.name) !== undefined;
    case 'not':
      return valueOf(expression.of, row) !== true;
    case 'all':
      return expression.of.every((each) => valueOf(each, row) === true);
    case 'any':
      return expression.of.some((each) => valueOf(each, row) === true);
    case 'matches': {
      const value = valueOf(expression.value, row);
      return value !== undefined && expression.pattern.test(String(value));
    }
    case 'in': {
      const value = valueOf(expression.value, row);
      return value !== undefined && expression.among.some((each) => compare(each, value) === 0);
    }
    case 'compare':
      return holds(expression.sign, valueOf(expression.left, row), valueOf(expression.right, row));
  }
}

function holds(sign: string, left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) return sign === '!=' && left !== right;
  const order = compare(left, right);
  switch (sign) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** By number where both are some, otherwise by text; what is not there comes first. */
function compare(left: Value, right: Value): number {
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  const [text, other] = [String(left), String(right)];
  if (text === other) return 0;
  return text < other ? -1 : 1;
}

export function fieldOf(row: Row, name: string): Value {
  return row.fields.has(name) ? row.fields.get(name) : row.inMessage(name);
}

/** A time as Logs Insights tells it: `2026-11-24 08:30:05.007`, in UTC. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}
