import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { pageOf, type Page } from '../common/paging.ts';
import { groupsOf, type GroupRecord } from './state.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** The group of a name. @throws AwsError ValidationError */
export function groupNamed(scope: Scope, name: string | undefined): GroupRecord {
  const found = own(groupsOf(scope), name);
  if (found !== undefined) return found;
  throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name ?? ''}' not found`);
}

/** What a required member holds, refused as the API's model does. @throws AwsError ValidationError */
export function required<Value>(value: Value | undefined, member: string): Value {
  if (value !== undefined && value !== '') return value;
  throw validationError(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/**
 * One page of a Describe operation.
 * @param sizes the default and the largest page
 */
export function describedPage<Item>(
  items: readonly Item[],
  {
    MaxRecords,
    NextToken,
  }: { readonly MaxRecords?: number | undefined; readonly NextToken?: string | undefined },
  [usual, largest]: readonly [number, number] = [50, 100],
): Page<Item> {
  if (MaxRecords !== undefined && MaxRecords > largest) {
    throw validationError(
      `1 validation error detected: Value '${MaxRecords}' at 'maxRecords' failed to satisfy constraint: Member must have value less than or equal to ${largest}`,
    );
  }
  if (MaxRecords !== undefined && MaxRecords < 1) {
    throw validationError(`The MaxRecords value must be between 1 and ${largest}.`);
  }
  return pageOf(
    items,
    MaxRecords ?? usual,
    NextToken ?? undefined,
    (token) => new AwsError('InvalidNextToken', `The token '${token}' is invalid.`),
  );
}
