import type {
  CancelUpdateStackInput,
  UpdateStackInput,
  UpdateStackOutput,
  UpdateTerminationProtectionInput,
  UpdateTerminationProtectionOutput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { changedNestedStacks } from '../../changes/nested.ts';
import { plan } from '../../changes/plan.ts';
import { prepare } from '../../deployment/prepare.ts';
import { wakeStack } from '../../stacks/wake.ts';
import { beginUpdate } from '../../engine/begin.ts';
import { rollBackUpdate } from '../../engine/conclude.ts';
import { callOffAll } from '../../engine/phase.ts';
import type { Deployment } from '../../stacks/records.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { findLiveStack, lookUpStack } from '../../stacks/state.ts';
import type { Template } from '../../template/index.ts';
import { stackPolicyOf } from './create.ts';
import { isRepeated, keepToken, required } from '../input.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html */
export async function updateStack(input: UpdateStackInput, scope: Scope): Promise<UpdateStackOutput> {
  const stack = stackToUpdate(scope, input.StackName);
  if (isRepeated(stack, input.ClientRequestToken, 'UpdateStack')) return answer(stack);
  checkUpdatable(stack);
  const { deployment, template, fault } = await prepare(scope, stack, input, { previous: stack.deployment });
  checkTypes(stack, template);
  const stackPolicy = await stackPolicyOf(scope, input);
  const duringUpdate = await stackPolicyOf(scope, {
    StackPolicyBody: input.StackPolicyDuringUpdateBody,
    StackPolicyURL: input.StackPolicyDuringUpdateURL,
  });
  const nested = await changedNestedStacks(scope, stack);
  checkUpdatable(stack);
  if (fault === undefined && !plan(scope, stack, deployment, nested).isChange) {
    throw new AwsError('ValidationError', 'No updates are to be performed.');
  }
  if (stackPolicy !== undefined) stack.stackPolicy = stackPolicy;
  stack.disableRollback = input.DisableRollback ?? input.DeploymentConfig?.DisableRollback ?? false;
  keepToken(stack, input.ClientRequestToken, 'UpdateStack');
  update(scope, stack, deployment, template, {
    token: input.ClientRequestToken,
    fault,
    stackPolicy: duringUpdate,
    retainExceptOnCreate: input.RetainExceptOnCreate,
  });
  return answer(stack);
}

/** Begins the update of a stack whose request has been checked. */
export function update(
  scope: Scope,
  stack: StackRecord,
  deployment: Deployment,
  { description }: Pick<Template, 'description'>,
  options: Parameters<typeof beginUpdate>[3],
): void {
  stack.description = description;
  beginUpdate(scope, stack, deployment, options);
}

function answer(stack: StackRecord): UpdateStackOutput {
  return { StackId: stack.stackId, OperationId: stack.operations[0]?.id };
}

/** To an update, a stack that only a change set waits for does not exist. */
export function stackToUpdate(scope: Scope, nameOrId: string | undefined): StackRecord {
  const name = required('stackName', nameOrId);
  const stack = lookUpStack(scope, name);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE' || stack.deployment === undefined) {
    throw new AwsError('ValidationError', `Stack [${name}] does not exist`);
  }
  return stack;
}

const UPDATABLE = new Set([
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
]);

/** @throws AwsError ValidationError */
export function checkUpdatable({ stackId, status }: StackRecord): void {
  if (!UPDATABLE.has(status)) {
    throw new AwsError('ValidationError', `Stack:${stackId} is in ${status} state and can not be updated.`);
  }
}

/** @throws AwsError ValidationError for a resource that would become one of another type */
export function checkTypes(stack: StackRecord, template: Template): void {
  const other = [...template.resources.values()]
    .filter(({ logicalId, type }) => {
      const record = stack.resources[logicalId];
      return record !== undefined && record.type !== type && !record.status.startsWith('DELETE_');
    })
    .map(({ logicalId }) => logicalId);
  if (other.length > 0) {
    throw new AwsError(
      'ValidationError',
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${other.join(', ')}]`,
    );
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html */
export function cancelUpdateStack(input: CancelUpdateStackInput, scope: Scope): Record<string, never> {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  const { operation } = stack;
  if (operation?.goal !== 'update' || stack.status !== 'UPDATE_IN_PROGRESS') {
    throw new AwsError('ValidationError', 'CancelUpdateStack cannot be called from current stack status');
  }
  const run = { scope, stack, operation };
  if (operation.phase !== undefined) callOffAll(run, Object.values(operation.phase.steps));
  rollBackUpdate(run, 'User Initiated');
  wakeStack(scope, stack.stackId);
  return {};
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html */
export function updateTerminationProtection(
  input: UpdateTerminationProtectionInput,
  scope: Scope,
): UpdateTerminationProtectionOutput {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  if (stack.parent !== undefined) {
    throw new AwsError(
      'ValidationError',
      'Termination protection cannot be modified on a nested stack directly: set it on the root stack.',
    );
  }
  stack.terminationProtection = required('enableTerminationProtection', input.EnableTerminationProtection);
  return { StackId: stack.stackId };
}
