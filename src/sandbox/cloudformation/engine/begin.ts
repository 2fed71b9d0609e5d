import type { OnFailure, OperationType, StackStatus } from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../kernel/world.ts';
import { setStackStatus } from '../stacks/events.ts';
import type { Deployment } from '../stacks/records.ts';
import type { StackRecord } from '../stacks/stack.ts';
import { cloudFormation, stackTags } from '../stacks/state.ts';
import { sameValue } from '../template/index.ts';
import { wakeStack } from '../stacks/wake.ts';
import type { Goal, Operation } from '../stacks/operation.ts';
import { callOffAll } from './phase.ts';

/** How long after the request the first resource begins. */
const START_SECONDS = 1;

/** A stack that nothing has been done for yet. */
export interface NewStack {
  readonly stackName: string;
  readonly parent?: StackRecord['parent'];
  readonly stackId?: string;
}

/** Puts a stack into the state, without a deployment and in REVIEW_IN_PROGRESS. */
export function addStack(
  scope: Scope,
  { stackName, parent, stackId = newStackId(scope, stackName) }: NewStack,
): StackRecord {
  const { stacks, names } = cloudFormation(scope);
  const stack: StackRecord = {
    stackId,
    stackName,
    createdAt: scope.world.now(),
    status: 'REVIEW_IN_PROGRESS',
    disableRollback: false,
    terminationProtection: false,
    parent,
    outputs: [],
    resources: {},
    events: [],
    shownProperties: [],
    operations: [],
    tokens: {},
  };
  stacks[stackId] = stack;
  names[stackName] = stackId;
  return stack;
}

export function newStackId({ world, region, partition, accountId }: Scope, stackName: string): string {
  return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/${world.ids.uuid()}`;
}

export interface OperationOptions {
  readonly token?: string;
  readonly fault?: string;
  /** Default: the stack's own, as it was created. */
  readonly onFailure?: OnFailure;
  readonly retainExceptOnCreate?: boolean;
  readonly stackPolicy?: string;
  readonly reason?: string;
}

/** Begins to create the resources of a stack. */
export function beginCreate(
  scope: Scope,
  stack: StackRecord,
  deployment: Deployment,
  options: OperationOptions = {},
): Operation {
  stack.deployment = deployment;
  stack.retainExceptOnCreate = options.retainExceptOnCreate;
  const deadline =
    stack.timeoutInMinutes === undefined
      ? {}
      : { deadline: scope.world.now() + stack.timeoutInMinutes * 60_000 };
  return begin(scope, stack, 'create', 'CREATE_STACK', 'CREATE_IN_PROGRESS', options, deadline);
}

/** Begins to make the stack what another deployment says. */
export function beginUpdate(
  scope: Scope,
  stack: StackRecord,
  deployment: Deployment,
  options: OperationOptions = {},
): Operation {
  const { unfinished } = stack;
  const previous = unfinished?.previous ?? stack.deployment;
  stack.deployment = deployment;
  stack.updatedAt = scope.world.now();
  return begin(scope, stack, 'update', 'UPDATE_STACK', 'UPDATE_IN_PROGRESS', options, {
    previous,
    before: unfinished?.before ?? {},
    obsolete: unfinished?.obsolete ?? [],
    retagged: !sameValue({ ...stackTags(previous) }, { ...deployment.tags }),
  });
}

export interface DeletionOptions extends OperationOptions {
  readonly retain?: readonly string[];
  readonly force?: boolean;
}

/** Begins to delete the stack, whatever it is in the middle of. */
export function beginDelete(scope: Scope, stack: StackRecord, options: DeletionOptions = {}): Operation {
  const { operation } = stack;
  if (operation?.phase !== undefined)
    callOffAll({ scope, stack, operation }, Object.values(operation.phase.steps));
  return begin(scope, stack, 'delete', 'DELETE_STACK', 'DELETE_IN_PROGRESS', options, {
    retain: options.retain ?? [],
    force: options.force ?? false,
  });
}

/** Begins to delete what a failed creation has left. */
export function beginRollback(scope: Scope, stack: StackRecord, options: OperationOptions = {}): Operation {
  return begin(scope, stack, 'rollback', 'ROLLBACK', 'ROLLBACK_IN_PROGRESS', options, {});
}

/** Begins to take back an update that failed and stayed so, or whose rollback failed. */
export function beginUpdateRollback(
  scope: Scope,
  stack: StackRecord,
  type: 'ROLLBACK' | 'CONTINUE_ROLLBACK',
  options: OperationOptions = {},
): Operation {
  const { previous, before = {}, obsolete = [] } = stack.unfinished ?? {};
  stack.deployment = previous ?? stack.deployment;
  stack.updatedAt = scope.world.now();
  return begin(scope, stack, 'update-rollback', type, 'UPDATE_ROLLBACK_IN_PROGRESS', options, {
    previous,
    before,
    obsolete,
  });
}

function begin(
  scope: Scope,
  stack: StackRecord,
  goal: Goal,
  type: OperationType,
  status: StackStatus,
  {
    token,
    fault,
    onFailure = 'ROLLBACK',
    retainExceptOnCreate,
    stackPolicy,
    reason = 'User Initiated',
  }: OperationOptions,
  particulars: Partial<Operation>,
): Operation {
  const { world } = scope;
  const operation: Operation = {
    id: world.ids.uuid(),
    type,
    token,
    startedAt: world.now(),
    goal,
    onFailure,
    fault,
    before: {},
    obsolete: [],
    retagged: false,
    retainExceptOnCreate: retainExceptOnCreate ?? stack.retainExceptOnCreate ?? false,
    retain: [],
    force: false,
    stackPolicy,
    dynamic: {},
    ...particulars,
  };
  stack.operation = operation;
  stack.operations.unshift({ type, id: operation.id });
  setStackStatus(scope, stack, status, reason);
  wakeStack(scope, stack.stackId, world.now() + START_SECONDS * 1000);
  return operation;
}
