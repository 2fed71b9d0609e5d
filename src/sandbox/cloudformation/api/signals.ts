import type { SignalResourceInput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { nudgeStack } from '../stacks/wake.ts';
import { statusOf } from '../engine/steps/status.ts';
import { tellResource } from '../stacks/events.ts';
import { own } from '../../kernel/table.ts';
import { findLiveStack } from '../stacks/state.ts';
import { required, violation } from './input.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html */
export function signalResource(input: SignalResourceInput, scope: Scope): Record<string, never> {
  const stack = findLiveStack(scope, required('stackName', input.StackName));
  const logicalId = required('logicalResourceId', input.LogicalResourceId);
  const uniqueId = required('uniqueId', input.UniqueId);
  // Anything may come over the wire.
  const status: string = required('status', input.Status);
  if (uniqueId.length > 64)
    throw violation('uniqueId', uniqueId, 'Member must have length less than or equal to 64');
  if (status !== 'SUCCESS' && status !== 'FAILURE') {
    throw violation('status', status, 'Member must satisfy enum value set: [FAILURE, SUCCESS]');
  }
  if (stack.operation === undefined || stack.operation.goal === 'delete') {
    throw new AwsError(
      'ValidationError',
      `Stack ${stack.stackId} is in ${stack.status} state and cannot be signaled`,
    );
  }
  const record = own(stack.resources, logicalId);
  if (record === undefined) {
    throw new AwsError(
      'ValidationError',
      `Resource ${logicalId} does not exist for stack ${stack.stackName}`,
    );
  }
  const step = own(stack.operation.phase?.steps ?? {}, logicalId);
  const signals = step?.stage === 'working' ? step.signals : undefined;
  if (step === undefined || !record.status.endsWith('_IN_PROGRESS')) {
    throw new AwsError(
      'ValidationError',
      `Resource ${logicalId} is in ${record.status} state and cannot be signaled`,
    );
  }
  // A resource that waits for no signals takes them all the same; one sent again counts once.
  if (signals === undefined || Object.hasOwn(signals.received, uniqueId)) return {};
  signals.received[uniqueId] = status;
  tellResource(scope, stack, record, statusOf(step, 'IN_PROGRESS'), {
    reason: `Received ${status} signal with UniqueId ${uniqueId}`,
    properties: step.target?.shown,
  });
  nudgeStack(scope, stack.stackId);
  return {};
}
