import type { DeleteStackInput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { beginDelete } from '../../engine/begin.ts';
import { setStackStatus } from '../../stacks/events.ts';
import { exportInUse } from '../../stacks/exports.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { own } from '../../../kernel/table.ts';
import { cloudFormation, lookUpStack } from '../../stacks/state.ts';
import { isRepeated, keepToken, required } from '../input.ts';

const BUSY = new Set([
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'ROLLBACK_IN_PROGRESS',
]);

/** A stack that is not there counts as deleted. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html */
export function deleteStack(input: DeleteStackInput, scope: Scope): Record<string, never> {
  const stack = lookUpStack(scope, required('stackName', input.StackName));
  if (stack === undefined || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS')
    return {};
  if (isRepeated(stack, input.ClientRequestToken, 'DeleteStack')) return {};
  checkDeletable(scope, stack);
  checkRetained(stack, input.RetainResources ?? []);
  if (input.DeletionMode === 'FORCE_DELETE_STACK' && stack.status !== 'DELETE_FAILED') {
    throw new AwsError(
      'ValidationError',
      'Invalid operation on stack. Specify FORCE_DELETE_STACK only when the stack is in the DELETE_FAILED state.',
    );
  }
  keepToken(stack, input.ClientRequestToken, 'DeleteStack');
  const inUse = exportInUse(scope, stack);
  if (inUse !== undefined) {
    // The stack is what it was; its status tells why.
    setStackStatus(scope, stack, stack.status, inUse);
    return {};
  }
  stack.deletionMode = input.DeletionMode;
  beginDelete(scope, stack, {
    token: input.ClientRequestToken,
    retain: input.RetainResources,
    force: input.DeletionMode === 'FORCE_DELETE_STACK',
  });
  return {};
}

function checkDeletable(scope: Scope, stack: StackRecord): void {
  const root = stack.parent === undefined ? stack : own(cloudFormation(scope).stacks, stack.parent.rootId);
  if (root?.terminationProtection === true) {
    throw new AwsError(
      'ValidationError',
      `Stack [${stack.stackName}] cannot be deleted while TerminationProtection is enabled`,
    );
  }
  if (BUSY.has(stack.status)) {
    throw new AwsError(
      'ValidationError',
      `Stack [${stack.stackName}] cannot be deleted while in status ${stack.status}`,
    );
  }
}

function checkRetained(stack: StackRecord, retain: readonly string[]): void {
  if (retain.length === 0) return;
  if (stack.status !== 'DELETE_FAILED') {
    throw new AwsError(
      'ValidationError',
      'Invalid operation on stack ' +
        `[${stack.stackId}]. Specify resources to retain only when the stack is in the DELETE_FAILED state.`,
    );
  }
  const statuses = retain.map((logicalId) => own(stack.resources, logicalId)?.status);
  if (statuses.includes(undefined)) {
    throw new AwsError('ValidationError', 'The specified resources to retain must be in the stack.');
  }
  if (statuses.includes('DELETE_COMPLETE')) {
    throw new AwsError(
      'ValidationError',
      'The specified resources to retain must be in a valid state. Do not specify resources that are in the DELETE_COMPLETE state.',
    );
  }
}
