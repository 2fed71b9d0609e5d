import type { Scope } from '../../kernel/service.ts';
import type { StackRecord } from '../state.ts';
import type { Operation } from './operation.ts';

/** One stack's operation, moved on now. */
export interface Run {
  readonly scope: Scope;
  readonly stack: StackRecord;
  readonly operation: Operation;
}
