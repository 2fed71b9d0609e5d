import type { AwsError } from '../../kernel/errors.ts';

export interface Page<Item> {
  readonly items: Item[];
  /** Opaque; absent on the last page. */
  readonly nextToken?: string;
}

/**
 * The page of `items` that follows `token`.
 * @param refuse makes the service's own error for a token it did not give
 */
export function pageOf<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
  refuse: (token: string) => AwsError,
): Page<Item> {
  const start = token === undefined ? 0 : startOf(token);
  if (start === undefined) throw refuse(token ?? '');
  const end = start + size;
  return {
    items: items.slice(start, end),
    ...(end < items.length && { nextToken: Buffer.from(`after:${end}`).toString('base64url') }),
  };
}

function startOf(token: string): number | undefined {
  const [, digits] = /^after:(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
