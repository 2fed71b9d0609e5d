import type { DeletionMode, OperationType, StackStatus } from '@aws-sdk/client-cloudformation';
import type { Instant } from '../../kernel/time.ts';
import type { ResolvedOutput } from '../template/index.ts';
import type { Operation } from './operation.ts';
import type { Deployment, EventRecord, ResourceRecord } from './records.ts';

/** What tells a stack from others. */
export type StackIdentity = Pick<StackRecord, 'stackId' | 'stackName'>;

export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  readonly createdAt: Instant;
  updatedAt?: Instant;
  deletedAt?: Instant;
  status: StackStatus;
  statusReason?: string;
  /** Undefined while the stack is only under review. */
  deployment?: Deployment;
  description?: string;
  disableRollback: boolean;
  retainExceptOnCreate?: boolean;
  deletionMode?: DeletionMode;
  timeoutInMinutes?: number;
  terminationProtection: boolean;
  stackPolicy?: string;
  changeSetId?: string;
  /** Of a nested stack: whose it is and as what. */
  readonly parent?: { readonly stackId: string; readonly rootId: string; readonly logicalId: string };
  outputs: readonly ResolvedOutput[];
  readonly resources: Record<string, ResourceRecord>;
  /** Oldest first. */
  readonly events: EventRecord[];
  readonly shownProperties: string[];
  operation?: Operation;
  /** What RollbackStack goes back to after a failed update that was not rolled back. */
  unfinished?: Pick<Operation, 'previous' | 'before' | 'obsolete'>;
  /** Newest first. */
  readonly operations: { readonly type: OperationType; readonly id: string }[];
  /** ClientRequestTokens that were used, each with what it was used for. */
  readonly tokens: Record<string, string>;
}
