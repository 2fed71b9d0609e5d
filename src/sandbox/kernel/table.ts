/** Records by name, as plain JSON data. Names come from users, so `constructor` and `__proto__` are names like others. */
export type Table<Row> = Record<string, Row>;

export function own<Row>(table: Readonly<Table<Row>>, key: string | undefined): Row | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

export function put<Row>(table: Table<Row>, key: string, row: Row): Row {
  Object.defineProperty(table, key, { value: row, enumerable: true, configurable: true, writable: true });
  return row;
}

export function remove(table: Table<unknown>, key: string): void {
  Reflect.deleteProperty(table, key);
}

/** The rows in the order of their keys' UTF-8 bytes, which is the order in which AWS lists. */
export function sorted<Row>(table: Readonly<Table<Row>>): Row[] {
  return Object.keys(table)
    .sort(byBytes)
    .map((key) => table[key] as Row);
}

const SURROGATE = /[\ud800-\udfff]/;

/** Compares as UTF-8 bytes do. UTF-16 differs from them only where surrogates are. */
export function byBytes(left: string, right: string): number {
  if (SURROGATE.test(left) || SURROGATE.test(right))
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : left > right ? 1 : 0;
}
