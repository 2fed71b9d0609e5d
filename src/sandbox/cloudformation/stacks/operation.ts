import type { OnFailure, OperationType } from '@aws-sdk/client-cloudformation';
import type { Instant } from '../../kernel/time.ts';
import type { Deployment, ResourceRecord } from './records.ts';
import type { TemplateBody } from '../template/index.ts';

/** What an operation on a stack is after. A failed create turns into a rollback, a failed update into another. */
export type Goal = 'create' | 'update' | 'delete' | 'rollback' | 'update-rollback';

/** An operation that is under way. Plain data, so that it goes on after a restart of the server. */
export interface Operation {
  readonly id: string;
  readonly type: OperationType;
  readonly token?: string;
  readonly startedAt: Instant;
  goal: Goal;
  /** Undefined until the first step has been taken. */
  phase?: Phase;
  readonly onFailure: OnFailure;
  /** A creation that is not over by then fails. */
  readonly deadline?: Instant;
  /** What shows to be wrong only once the operation has begun: a VPC that is not there. */
  readonly fault?: string;
  /** The stack before an update. */
  readonly previous?: Deployment;
  /** Each resource that this update touched, as it was before; null for one that was not there. */
  readonly before: Record<string, ResourceRecord | null>;
  /** What is to go once the update, or its rollback, is done. */
  obsolete: PendingDeletion[];
  /** Stack tags differ, so that every resource that carries tags is updated. */
  readonly retagged: boolean;
  readonly retainExceptOnCreate: boolean;
  /** Logical ids that DeleteStack leaves alone. */
  readonly retain: readonly string[];
  /** DeletionMode FORCE_DELETE_STACK: what can't be deleted is left behind. */
  readonly force: boolean;
  /** Policy for this update in place of the stack's own. */
  readonly stackPolicy?: string;
  /** What dynamic references stand for, or why they can't be resolved; for this operation only. */
  readonly dynamic: Record<string, DynamicValue>;
}

export type DynamicValue = { readonly value: string } | { readonly failure: string };

export type PhaseKind = 'deploy' | 'restore' | 'remove';

/** A set of steps that may run at the same time, as far as their needs allow. */
export interface Phase {
  readonly kind: PhaseKind;
  readonly steps: Record<string, Step>;
}

/**
 * waiting for its needs; preparing (work outside of the sandbox's clock, such as looking up a dynamic reference);
 * begun (told, not yet started); working; then one of three ends.
 */
export type Stage = 'waiting' | 'preparing' | 'begun' | 'working' | 'done' | 'failed' | 'cancelled';

export type Action = 'create' | 'update' | 'replace' | 'delete';

export interface Step {
  readonly logicalId: string;
  /** The keys of the steps that must be over first. */
  readonly needs: readonly string[];
  stage: Stage;
  /** An event has told that it began. */
  told?: true;
  action?: Action;
  /** The physical resource that a creation or a replacement makes has its id. */
  initiated?: true;
  /** When to look at it next. */
  dueAt?: Instant;
  /** The least time that the action takes. */
  readyAt?: Instant;
  /** What it waits for fails if it has not come by then. */
  deadline?: Instant;
  /** In a `deploy` or `restore` phase: what the resource is to be. */
  target?: Target;
  /** What the service had before the step. */
  previous?: TemplateBody;
  signals?: SignalWait;
  /** Of an update: the UpdatePolicy, resolved. */
  updatePolicy?: TemplateBody;
  /** What the driver of the resource type keeps between two looks. */
  memory: Record<string, unknown>;
  /** In a `remove` phase: what goes. */
  readonly pendingDeletion?: PendingDeletion;
}

/** What a resource is to be once a step is done. */
export interface Target extends Pick<
  ResourceRecord,
  'properties' | 'applied' | 'metadata' | 'needs' | 'deletionPolicy' | 'updateReplacePolicy'
> {
  readonly type: string;
  /** Index into the stack's `shownProperties`. */
  readonly shown?: number;
}

/** Signals that a resource waits for, and those that came, in order, each unique id once. */
export interface SignalWait {
  readonly count: number;
  readonly timeout: string;
  readonly deadline: Instant;
  /** Of an Auto Scaling group: how many of them must be successes. */
  readonly minSuccessfulPercent?: number;
  readonly received: Record<string, 'SUCCESS' | 'FAILURE'>;
}

/** A physical resource that is to be deleted. */
export interface PendingDeletion {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly properties: ResourceRecord['properties'];
  readonly applied?: ResourceRecord['applied'];
  readonly data?: ResourceRecord['data'];
  readonly needs: readonly string[];
  readonly keep: boolean;
  /** It is still the resource that the stack knows by this logical id. */
  readonly current: boolean;
}

export function isOver(stage: Stage): boolean {
  return stage === 'done' || stage === 'failed' || stage === 'cancelled';
}
