import type { CreateStackInput, CreateStackOutput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { prepare } from '../../deployment/prepare.ts';
import { textAt } from '../../deployment/template-url.ts';
import { addStack, beginCreate, newStackId } from '../../engine/begin.ts';
import { checkStackPolicy } from '../../stacks/stack-policy.ts';
import { lookUpStack } from '../../stacks/state.ts';
import { checkStackName, isRepeated, keepToken } from '../input.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export async function createStack(input: CreateStackInput, scope: Scope): Promise<CreateStackOutput> {
  const stackName = checkStackName(input.StackName);
  const repeated = repetition(scope, stackName, input.ClientRequestToken);
  if (repeated !== undefined) return repeated;
  if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
    throw new AwsError('ValidationError', 'Either DisableRollback or OnFailure can be specified, not both.');
  }
  const identity = { stackName, stackId: newStackId(scope, stackName) };
  const { deployment, template, fault } = await prepare(scope, identity, input);
  const stackPolicy = await stackPolicyOf(scope, input);
  // Another request may have come first while this one was being read.
  const meanwhile = repetition(scope, stackName, input.ClientRequestToken);
  if (meanwhile !== undefined) return meanwhile;
  const stack = addStack(scope, identity);
  stack.description = template.description;
  stack.disableRollback = input.DisableRollback ?? input.DeploymentConfig?.DisableRollback ?? false;
  stack.timeoutInMinutes = input.TimeoutInMinutes;
  stack.terminationProtection = input.EnableTerminationProtection ?? false;
  stack.stackPolicy = stackPolicy;
  keepToken(stack, input.ClientRequestToken, 'CreateStack');
  const { id } = beginCreate(scope, stack, deployment, {
    token: input.ClientRequestToken,
    fault,
    onFailure: input.OnFailure,
    retainExceptOnCreate: input.RetainExceptOnCreate,
  });
  return { StackId: stack.stackId, OperationId: id };
}

/** @throws AwsError AlreadyExistsException for a name that is taken, except by the very same request */
function repetition(
  scope: Scope,
  stackName: string,
  token: string | undefined,
): CreateStackOutput | undefined {
  const taken = lookUpStack(scope, stackName);
  if (taken === undefined) return undefined;
  if (isRepeated(taken, token, 'CreateStack')) {
    return { StackId: taken.stackId, OperationId: taken.operations.at(-1)?.id };
  }
  throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`);
}

/** @throws AwsError ValidationError */
export async function stackPolicyOf(
  scope: Scope,
  {
    StackPolicyBody,
    StackPolicyURL,
  }: { readonly StackPolicyBody?: string; readonly StackPolicyURL?: string },
): Promise<string | undefined> {
  if (StackPolicyBody !== undefined && StackPolicyURL !== undefined) {
    throw new AwsError('ValidationError', 'You cannot specify both StackPolicyURL and StackPolicyBody');
  }
  const text = StackPolicyURL === undefined ? StackPolicyBody : await textAt(scope, StackPolicyURL);
  if (text !== undefined) checkStackPolicy(text);
  return text;
}
