/**
 * The shape of a value, in a form that is short in the distilled file: a letter for a primitive (`s` string, `n` number,
 * `i` integer, `b` boolean, `j` anything, `t` a tag of Key and Value), `#Name` for a nested type of the same resource,
 * or a list for what is composed.
 */
export type Shape =
  | 's'
  | 'n'
  | 'i'
  | 'b'
  | 'j'
  | 't'
  | `#${string}`
  | readonly ['list', Shape]
  | readonly ['map', Shape]
  | readonly ['either', ...Shape[]];

export interface PropertyRecord {
  readonly shape: Shape;
  readonly required?: true;
  /** What a change means for the resource; absent where it never replaces. */
  readonly replaces?: 'yes' | 'maybe';
}

export type PropertyRecords = Readonly<Record<string, PropertyRecord>>;

/** One resource type in the distilled specification. */
export interface TypeRecord {
  readonly properties: PropertyRecords;
  /** Nested types, by name. */
  readonly types: Readonly<Record<string, PropertyRecords>>;
  readonly attributes: readonly string[];
  readonly identifier: readonly string[];
  readonly tagging?: { readonly property: string; readonly shape: 'list' | 'map' | 'asg' };
  /** Further paths whose change replaces the resource. */
  readonly replacing?: readonly (readonly string[])[];
}
