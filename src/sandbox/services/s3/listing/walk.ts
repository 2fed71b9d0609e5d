import { byBytes } from '../../../kernel/table.ts';
import { invalidArgument } from '../errors.ts';

export interface Listing {
  readonly prefix: string;
  readonly delimiter: string;
  /** The last key or common prefix that is not wanted any more. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface Walk<Item> {
  readonly items: Item[];
  readonly commonPrefixes: string[];
  /** The key or common prefix that came last, where more would follow. */
  readonly last?: string | undefined;
}

const LARGEST_PAGE = 1000;

/** How many a listing may give. @throws AwsError InvalidArgument */
export function pageSize(wanted: number | undefined, name: string): number {
  if (wanted === undefined) return LARGEST_PAGE;
  if (wanted < 0 || !Number.isInteger(wanted)) {
    throw invalidArgument(
      `Argument ${name} must be an integer between 0 and 2147483647`,
      name,
      String(wanted),
    );
  }
  return Math.min(wanted, LARGEST_PAGE);
}

/**
 * Goes through keys in the order of their bytes. With a delimiter, keys that go on after one count once, as their
 * common prefix.
 * @param itemOf what a key lists as; undefined for a key that is not to be seen
 */
export function walk<Item>(
  keys: readonly string[],
  { prefix, delimiter, after, limit }: Listing,
  itemOf: (key: string) => Item | undefined,
): Walk<Item> {
  const items: Item[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  if (limit === 0) return { items, commonPrefixes };
  for (const key of keys
    .filter((held) => held.startsWith(prefix) && follows(held, after, delimiter))
    .sort(byBytes)) {
    const item = itemOf(key);
    if (item === undefined) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    if (common !== undefined && common === commonPrefixes.at(-1)) continue;
    if (items.length + commonPrefixes.length === limit) return { items, commonPrefixes, last };
    if (common === undefined) items.push(item);
    else commonPrefixes.push(common);
    last = common ?? key;
  }
  return { items, commonPrefixes };
}

/** A marker that ends in the delimiter is a common prefix, and everything under it has been told. */
export function follows(key: string, after: string | undefined, delimiter: string): boolean {
  if (after === undefined || after === '') return true;
  if (delimiter !== '' && after.endsWith(delimiter) && key.startsWith(after)) return false;
  return byBytes(key, after) > 0;
}

/** How keys are written in an answer. @throws AwsError InvalidArgument */
export function encoder(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}
