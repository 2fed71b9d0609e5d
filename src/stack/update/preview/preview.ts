import type { Drift } from '../drift.ts';
import type { ParameterChange } from '../parameters.ts';
import type { PlannedChange } from './changes.ts';
import { type Meaning, meaningOf, type Strategy } from './meaning.ts';
import type { TagChange } from './tags.ts';

/** A resource that an update touches, and what that means. */
export interface WeighedChange extends PlannedChange {
  readonly meaning: Meaning;
}

/** What an update would do; nothing of it has been done. */
export interface UpdatePreview {
  readonly stackName: string;
  readonly region: string;
  readonly strategy: Strategy;
  readonly template: string;
  readonly version?: { readonly before?: string; readonly after?: string };
  readonly parameters: readonly ParameterChange[];
  /** Parameters that the template does not take any more. */
  readonly gone: readonly string[];
  /** The stack's own. */
  readonly tags: readonly TagChange[];
  readonly resources: readonly WeighedChange[];
  /** What somebody has changed past the stack on these resources. */
  readonly drift: readonly Drift[];
}

export function weighed(
  changes: readonly PlannedChange[],
  strategy: Strategy,
  allowed: ReadonlySet<string>,
): WeighedChange[] {
  return changes.map((change) => ({ ...change, meaning: meaningOf(change, strategy, allowed) }));
}

/** What stands in the way of an update: changes that take something away which cannot be made again. */
export function refusedChanges({ resources }: Pick<UpdatePreview, 'resources'>): WeighedChange[] {
  return resources.filter(({ meaning }) => meaning.weight === 'refused');
}
