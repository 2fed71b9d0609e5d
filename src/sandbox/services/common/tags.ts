import { AwsError } from '../../kernel/errors.ts';

/** A tag in the form that most services give it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export type Tags = Readonly<Record<string, string>>;

export function tagMap(
  tags: readonly { Key?: string; Value?: string }[] | undefined,
): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

export function tagList(tags: Tags | undefined): Tag[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

export function withoutTags(tags: Tags, keys: readonly string[] | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys?.includes(key)));
}

/** Without those that only AWS itself may set. */
export function userTags(tags: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')));
}

/**
 * Refuses tags that a user may not set.
 * @param refuse makes the service's own error for a tag key that begins with `aws:`
 */
export function checkTags(
  tags: Tags,
  refuse: (key: string) => AwsError = (key) =>
    new AwsError(
      'ValidationException',
      `Tag key ${key} is invalid: keys that begin with aws: are reserved for AWS.`,
    ),
): void {
  for (const key of Object.keys(tags)) if (key.toLowerCase().startsWith('aws:')) throw refuse(key);
}
