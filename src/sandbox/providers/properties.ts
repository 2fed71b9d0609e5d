import type { Properties } from './provider.ts';

/** Readers of a resource's properties. Templates give numbers and booleans as texts as often as not. */

export function text(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function integer(properties: Properties, name: string): number | undefined {
  const value = text(properties, name);
  return value === undefined || value.trim() === '' ? undefined : Number(value);
}

export function flag(properties: Properties, name: string): boolean | undefined {
  const value = text(properties, name);
  return value === undefined ? undefined : value.toLowerCase() === 'true';
}

export function texts(properties: Properties, name: string): string[] | undefined {
  const value = properties[name];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? [value] : undefined;
}

export function members(properties: Properties, name: string): Properties[] {
  const value = properties[name];
  return Array.isArray(value) ? (value as Properties[]) : [];
}

export function member(properties: Properties, name: string): Properties | undefined {
  const value = properties[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Properties)
    : undefined;
}

/** The `Tags` list of a resource, over the tags of its stack. */
export function tagsOf(
  properties: Properties,
  stackTags: Readonly<Record<string, string>>,
): Record<string, string> {
  const own = members(properties, 'Tags').map(
    (tag) => [text(tag, 'Key') ?? '', text(tag, 'Value') ?? ''] as const,
  );
  return { ...stackTags, ...Object.fromEntries(own) };
}

/**
 * Every "true", "false" and decimal number in a nested value as what it stands for, where a member of that name takes
 * one. For properties that go on to an API whole.
 * @param kinds which members are numbers and which are booleans
 */
export function typed(
  value: unknown,
  kinds: { readonly numbers: ReadonlySet<string>; readonly booleans: ReadonlySet<string> },
  name = '',
): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(item, kinds, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typed(item, kinds, key)]));
  }
  if (typeof value === 'string' && kinds.numbers.has(name)) return Number(value);
  if (typeof value === 'string' && kinds.booleans.has(name)) return value.toLowerCase() === 'true';
  return value;
}
