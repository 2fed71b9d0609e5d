import type { Scope } from '../../kernel/world.ts';
import type { StackRecord } from './stack.ts';
import type { Operation } from './operation.ts';

/** One stack's operation, moved on now. */
export interface Run {
  readonly scope: Scope;
  readonly stack: StackRecord;
  readonly operation: Operation;
}
