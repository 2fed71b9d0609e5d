import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import { pageOf, type Page } from '../../common/paging.ts';
import { invalidCombination } from './errors.ts';

/** What a filter compares with, by the filter's name: one value, several, or none. */
export type Filters<Record> = Readonly<
  globalThis.Record<string, (record: Record) => string | readonly (string | undefined)[] | undefined>
>;

/** The members that most Describe operations of EC2 share. */
export interface Describing {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * The records that every filter lets through; within a filter one value is enough. `*` stands for any characters and
 * `?` for one. `tag:KEY`, `tag-key` and `tag-value` work on anything with tags.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 * @throws AwsError InvalidParameterValue for a filter that the operation has not
 */
export function selected<Record>(
  records: readonly Record[],
  filters: readonly Filter[] | undefined,
  known: Filters<Record>,
  tagsOf?: (record: Record) => Readonly<globalThis.Record<string, string>>,
): Record[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const read = reader(Name, known, tagsOf);
    const patterns = Values.map(pattern);
    return (record: Record) => {
      const found = read(record);
      return (typeof found === 'string' ? [found] : (found ?? [])).some(
        (value) => value !== undefined && patterns.some((matches) => matches(value)),
      );
    };
  });
  return records.filter((record) => tests.every((test) => test(record)));
}

function reader<Record>(
  name: string,
  known: Filters<Record>,
  tagsOf?: (record: Record) => Readonly<globalThis.Record<string, string>>,
): Filters<Record>[string] {
  const own = Object.hasOwn(known, name) ? known[name] : undefined;
  if (own !== undefined) return own;
  if (tagsOf !== undefined) {
    if (name.startsWith('tag:')) return (record) => tagsOf(record)[name.slice('tag:'.length)];
    if (name === 'tag-key') return (record) => Object.keys(tagsOf(record));
    if (name === 'tag-value') return (record) => Object.values(tagsOf(record));
  }
  throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
}

function pattern(value: string): (candidate: string) => boolean {
  if (!/[*?]/.test(value)) return (candidate) => candidate === value;
  const source = value
    .replace(/[.+^${}()|[\]]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (candidate) => expression.test(candidate);
}

const LARGEST_PAGE = 1000;

/**
 * One page of a Describe operation's answer; without MaxResults, as much as fits one answer.
 * @throws AwsError InvalidParameterValue for a page of fewer than `smallest` (default 5) or more than 1,000
 */
export function page<Item>(
  items: readonly Item[],
  { MaxResults, NextToken }: Describing,
  smallest = 5,
): Page<Item> {
  if (MaxResults !== undefined && MaxResults < smallest) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value greater than ${smallest}.`,
    );
  }
  const size = Math.min(MaxResults ?? LARGEST_PAGE, LARGEST_PAGE);
  return pageOf(
    items,
    size,
    NextToken ?? undefined,
    () => new AwsError('InvalidParameterValue', 'Unable to parse pagination token'),
  );
}

/**
 * The records of the given ids, or all of them without ids, in the order of the table.
 * @param missing makes the error for ids that are not there
 */
export function byIds<Record>(
  table: Readonly<globalThis.Record<string, Record>>,
  ids: readonly string[] | undefined,
  missing: (ids: readonly string[]) => AwsError,
): Record[] {
  if (ids === undefined || ids.length === 0) return Object.values(table);
  const unknown = ids.filter((id) => !Object.hasOwn(table, id));
  if (unknown.length > 0) throw missing(unknown);
  return [...new Set(ids)].flatMap((id) => table[id] ?? []);
}

/** The record of an id. */
export function byId<Record>(
  table: Readonly<globalThis.Record<string, Record>>,
  id: string,
  missing: (ids: readonly string[]) => AwsError,
): Record {
  const record = Object.hasOwn(table, id) ? table[id] : undefined;
  if (record === undefined) throw missing([id]);
  return record;
}

/** EC2 gives no pages of what is asked for by id. */
export function refusePagesOfIds(
  ids: readonly string[] | undefined,
  set: string,
  { MaxResults }: Describing,
): void {
  if (ids?.length && MaxResults !== undefined) {
    throw invalidCombination(`The parameter ${set} cannot be used with the parameter maxResults`);
  }
}
