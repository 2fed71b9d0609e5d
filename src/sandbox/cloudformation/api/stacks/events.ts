import type {
  DescribeEventsInput,
  DescribeEventsOutput,
  DescribeStackEventsInput,
  DescribeStackEventsOutput,
  OperationEvent,
  StackEvent,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import type { EventRecord } from '../../stacks/records.ts';
import type { StackRecord } from '../../stacks/stack.ts';
import { cloudFormation, findStack, noStack } from '../../stacks/state.ts';
import { findChangeSet } from '../find-change-set.ts';
import { page, required } from '../input.ts';

const EVENTS_PER_PAGE = 100;

/**
 * Newest first. A token stays good while new events come: they are before the page it stands for.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
 */
export function describeStackEvents(
  input: DescribeStackEventsInput,
  scope: Scope,
): DescribeStackEventsOutput {
  const name = required('stackName', input.StackName);
  const stack = findStackForEvents(scope, name);
  const { items, NextToken } = page(newestFirst(stack.events), input.NextToken, EVENTS_PER_PAGE, {
    growsInFront: true,
  });
  return { StackEvents: items.map((event) => stackEvent(stack, event)), NextToken };
}

function findStackForEvents(scope: Scope, name: string): StackRecord {
  try {
    return findStack(scope, name);
  } catch {
    const error = noStack(name);
    throw Object.assign(error, { message: `Stack [${name}] does not exist` });
  }
}

function stackEvent(stack: StackRecord, event: EventRecord): StackEvent {
  return {
    StackId: stack.stackId,
    EventId: event.id,
    StackName: stack.stackName,
    OperationId: event.operationId,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId ?? '',
    ResourceType: event.type,
    Timestamp: new Date(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties === undefined ? undefined : stack.shownProperties[event.properties],
    ClientRequestToken: event.token,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html */
export function describeEvents(input: DescribeEventsInput, scope: Scope): DescribeEventsOutput {
  const stack = stackOf(scope, input);
  const failedOnly = input.Filters?.FailedEvents === true;
  const events = newestFirst(stack.events).filter(
    ({ operationId, status }) =>
      (input.OperationId === undefined || operationId === input.OperationId) &&
      (!failedOnly || status.endsWith('_FAILED')),
  );
  const { items, NextToken } = page(events, input.NextToken, EVENTS_PER_PAGE, { growsInFront: true });
  return { OperationEvents: items.map((event) => operationEvent(stack, event)), NextToken };
}

function stackOf(scope: Scope, { StackName, ChangeSetName, OperationId }: DescribeEventsInput): StackRecord {
  if (ChangeSetName !== undefined) {
    return findStack(scope, findChangeSet(scope, { ChangeSetName, StackName }).stackId);
  }
  if (StackName !== undefined) return findStack(scope, StackName);
  const stack = Object.values(cloudFormation(scope).stacks).find(({ events }) =>
    events.some(({ operationId }) => operationId === OperationId),
  );
  if (stack === undefined) {
    throw new AwsError('ValidationError', `Operation ${required('operationId', OperationId)} does not exist`);
  }
  return stack;
}

function operationEvent(stack: StackRecord, event: EventRecord): OperationEvent {
  const { StackName: _name, ...common } = stackEvent(stack, event);
  const operation = stack.operations.find(({ id }) => id === event.operationId);
  const failed = event.status.endsWith('_FAILED');
  return {
    ...common,
    OperationType: operation?.type,
    OperationStatus:
      stack.operation?.id === event.operationId ? 'IN_PROGRESS' : failed ? 'FAILED' : 'SUCCEEDED',
    EventType: failed
      ? 'PROVISIONING_ERROR'
      : event.physicalId === stack.stackId
        ? 'STACK_EVENT'
        : 'PROGRESS_EVENT',
  };
}

function newestFirst(events: readonly EventRecord[]): EventRecord[] {
  return [...events].reverse();
}
