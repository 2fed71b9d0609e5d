import type {
  ContinueUpdateRollbackInput,
  ContinueUpdateRollbackOutput,
  RollbackStackInput,
  RollbackStackOutput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { beginRollback, beginUpdateRollback } from '../../engine/begin.ts';
import { setResourceStatus, tellResource } from '../../stacks/events.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { own } from '../../../kernel/table.ts';
import { findLiveStack } from '../../stacks/state.ts';
import { isRepeated, keepToken, required } from '../input.ts';

/**
 * Takes back a creation or an update that failed and was not rolled back.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
 */
export function rollbackStack(input: RollbackStackInput, scope: Scope): RollbackStackOutput {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  if (!isRepeated(stack, input.ClientRequestToken, 'RollbackStack')) {
    const options = { token: input.ClientRequestToken, retainExceptOnCreate: input.RetainExceptOnCreate };
    if (stack.status === 'CREATE_FAILED') beginRollback(scope, stack, options);
    else if (stack.status === 'UPDATE_FAILED') beginUpdateRollback(scope, stack, 'ROLLBACK', options);
    else {
      throw new AwsError(
        'ValidationError',
        `Stack:${stack.stackId} is in ${stack.status} state and can not be rolled back.`,
      );
    }
    keepToken(stack, input.ClientRequestToken, 'RollbackStack');
  }
  return { StackId: stack.stackId, OperationId: stack.operations[0]?.id };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html */
export function continueUpdateRollback(
  input: ContinueUpdateRollbackInput,
  scope: Scope,
): ContinueUpdateRollbackOutput {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  if (isRepeated(stack, input.ClientRequestToken, 'ContinueUpdateRollback')) return {};
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
    throw new AwsError(
      'ValidationError',
      `Stack:${stack.stackId} is in ${stack.status} state and can not continue rollback.`,
    );
  }
  const skipped = input.ResourcesToSkip ?? [];
  checkSkipped(stack, skipped);
  keepToken(stack, input.ClientRequestToken, 'ContinueUpdateRollback');
  const operation = beginUpdateRollback(scope, stack, 'CONTINUE_ROLLBACK', {
    token: input.ClientRequestToken,
  });
  for (const logicalId of skipped) skip(scope, stack, operation.before, logicalId);
  return {};
}

function checkSkipped(stack: StackRecord, skipped: readonly string[]): void {
  const wrong = skipped.filter((logicalId) => own(stack.resources, logicalId)?.status !== 'UPDATE_FAILED');
  if (wrong.length > 0) {
    throw new AwsError(
      'ValidationError',
      `The following resource(s) can't be skipped: [${wrong.join(', ')}]. Only resources in the UPDATE_FAILED state can be skipped during an update rollback.`,
    );
  }
}

/** A resource that is skipped counts as rolled back, whatever it is. */
function skip(
  scope: Scope,
  stack: StackRecord,
  before: Record<string, StackRecord['resources'][string] | null>,
  logicalId: string,
): void {
  const record = stack.resources[logicalId];
  const restored = before[logicalId];
  if (record === undefined || restored === null || restored === undefined) return;
  Reflect.deleteProperty(before, logicalId);
  Object.assign(record, { ...restored, physicalId: record.physicalId });
  setResourceStatus(scope, record, 'UPDATE_COMPLETE');
  tellResource(scope, stack, record, 'UPDATE_COMPLETE');
}
