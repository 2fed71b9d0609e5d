import type { Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import type { StackRecord } from '../stacks/stack.ts';

/** A name that CloudFormation takes for a new stack. @throws AwsError ValidationError */
export function checkStackName(name: string | undefined): string {
  return checkName('stackName', name ?? '');
}

export function checkChangeSetName(name: string | undefined): string {
  return checkName('changeSetName', name ?? '');
}

const NAME_PATTERN = '[a-zA-Z][-a-zA-Z0-9]*';

function checkName(member: string, name: string): string {
  if (name.length > 128) throw violation(member, name, 'Member must have length less than or equal to 128');
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name)) {
    throw violation(member, name, `Member must satisfy regular expression pattern: ${NAME_PATTERN}`);
  }
  return name;
}

export function violation(member: string, value: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** @throws AwsError ValidationError for a member that is not there */
export function required<Value>(member: string, value: Value | undefined): Value {
  if (value !== undefined && value !== '') return value;
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/**
 * Whether a request with this token has been made before. A token is good for one kind of request on one stack.
 * @throws AwsError TokenAlreadyExistsException when it was used for another
 */
export function isRepeated(stack: StackRecord, token: string | undefined, request: string): boolean {
  if (token === undefined) return false;
  if (!/^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/.test(token)) {
    throw violation(
      'clientRequestToken',
      token,
      'Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*',
    );
  }
  const used = Object.hasOwn(stack.tokens, token) ? stack.tokens[token] : undefined;
  if (used !== undefined && used !== request) {
    throw new AwsError(
      'TokenAlreadyExistsException',
      `Token ${token} is already associated with another operation.`,
    );
  }
  return used !== undefined;
}

export function keepToken(stack: StackRecord, token: string | undefined, request: string): void {
  if (token !== undefined) stack.tokens[token] = request;
}

export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export interface Page<Item> {
  readonly items: Item[];
  readonly NextToken?: string;
}

/**
 * One page of a list. Its token says where the next one begins, counted from the list's end where the list grows at its
 * beginning.
 * @throws AwsError ValidationError for a token that no page has given
 */
export function page<Item>(
  list: readonly Item[],
  token: string | undefined,
  size: number,
  { growsInFront = false }: { growsInFront?: boolean } = {},
): Page<Item> {
  const start = token === undefined ? 0 : placeOf(token, list.length, growsInFront);
  const items = list.slice(start, start + size);
  const end = start + items.length;
  return end < list.length
    ? { items, NextToken: tokenFor(growsInFront ? list.length - end : end) }
    : { items };
}

function tokenFor(place: number): string {
  return Buffer.from(`page:${place}`).toString('base64url');
}

function placeOf(token: string, length: number, growsInFront: boolean): number {
  const place = /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (place === undefined) throw new AwsError('ValidationError', 'Invalid NextToken');
  return growsInFront ? Math.max(length - Number(place), 0) : Number(place);
}
