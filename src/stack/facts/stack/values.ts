import type { Stack } from '@aws-sdk/client-cloudformation';
import { OperationError } from '../../../errors.ts';

/** The value of a stack's parameter; undefined for one that is empty, or that its template does not have. */
export function parameterOf({ Parameters }: Pick<Stack, 'Parameters'>, key: string): string | undefined {
  return Parameters?.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue || undefined;
}

/** The value of a stack's output; undefined for one that is empty or missing, as long as the stack is being made. */
export function outputOf({ Outputs }: Pick<Stack, 'Outputs'>, key: string): string | undefined {
  return Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue || undefined;
}

/** All outputs of a stack by their keys. */
export function outputsOf({ Outputs = [] }: Pick<Stack, 'Outputs'>): Record<string, string> {
  return Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/** The name of a stack's group, as its outputs give it in every template of agent stacks. */
export function groupNameOf(stack: Pick<Stack, 'Outputs'>): string | undefined {
  return outputOf(stack, 'AutoScalingGroupName');
}

/**
 * The name of a stack's group.
 * @throws OperationError for a stack whose outputs name none
 */
export function requireGroupName(stack: Stack): string {
  const group = groupNameOf(stack);
  if (group !== undefined) return group;
  throw withoutGroup(stack);
}

/** The failure of what needs a group that the stack does not have. */
export function withoutGroup({ StackName = '', StackStatus }: Stack): OperationError {
  return new OperationError(
    `The stack ${StackName} has no Auto Scaling group (it is ${StackStatus ?? '?'})`,
    {
      hint: `See bk-stack status ${StackName}`,
    },
  );
}

/** The SSM parameter that a stack was told to take its agent token from. */
export function tokenPathOf(stack: Pick<Stack, 'Parameters'>): string | undefined {
  return parameterOf(stack, 'BuildkiteAgentTokenParameterStorePath');
}

/** How many agents run on an instance: one where the template has no such parameter. */
export function agentsPerInstanceOf(stack: Pick<Stack, 'Parameters'>): number {
  return Number(parameterOf(stack, 'AgentsPerInstance') ?? 1);
}

/** The partition and the account of a stack, from its id: arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID */
export function ownerOf({ StackId = '' }: Pick<Stack, 'StackId'>): {
  readonly partition: string;
  readonly account: string;
} {
  const [, partition = '', , , account = ''] = StackId.split(':');
  return { partition, account };
}
