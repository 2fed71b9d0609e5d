import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../kernel/world.ts';
import type { EventRecord, ResourceRecord } from './records.ts';
import type { StackRecord } from './stack.ts';

const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** Gives the stack a status and tells it as an event. The reason is the new status's own. */
export function setStackStatus(scope: Scope, stack: StackRecord, status: StackStatus, reason?: string): void {
  stack.status = status;
  stack.statusReason = reason;
  append(scope, stack, {
    id: scope.world.ids.uuid(),
    logicalId: stack.stackName,
    physicalId: stack.stackId,
    type: STACK_TYPE,
    // Stacks have a few states more than resources (UPDATE_COMPLETE_CLEANUP_IN_PROGRESS); events carry those too.
    status: status as ResourceStatus,
    reason,
  });
}

/** Tells an event of a resource and gives its record, where it has one, the status. */
export function tellResource(
  scope: Scope,
  stack: StackRecord,
  resource: Pick<ResourceRecord, 'logicalId' | 'type' | 'physicalId'>,
  status: ResourceStatus,
  { reason, properties }: { reason?: string; properties?: number } = {},
): void {
  const { logicalId, type, physicalId } = resource;
  append(scope, stack, {
    id: resourceEventId(scope, stack, logicalId, status),
    logicalId,
    physicalId,
    type,
    status,
    reason,
    properties,
  });
}

/** Sets what DescribeStackResources shows of a resource. */
export function setResourceStatus(
  scope: Scope,
  record: ResourceRecord,
  status: ResourceStatus,
  reason?: string,
): void {
  record.status = status;
  record.statusReason = reason;
  record.updatedAt = scope.world.now();
}

/** Keeps a text of properties to be shown with events; the same text is kept once. */
export function showProperties(stack: StackRecord, text: string): number {
  stack.shownProperties.push(text);
  return stack.shownProperties.length - 1;
}

function append(
  scope: Scope,
  stack: StackRecord,
  event: Omit<EventRecord, 'at' | 'operationId' | 'token'>,
): void {
  stack.events.push({
    ...event,
    at: scope.world.now(),
    operationId: stack.operation?.id,
    token: stack.operation?.token,
  });
}

/** `Vpc-CREATE_COMPLETE-2026-01-01T00:00:00.000Z`; a second one within the millisecond gets a UUID in place of the time. */
function resourceEventId(scope: Scope, stack: StackRecord, logicalId: string, status: string): string {
  const now = scope.world.now();
  const id = `${logicalId}-${status}-${new Date(now).toISOString()}`;
  for (let at = stack.events.length - 1; at >= 0 && stack.events[at]?.at === now; at -= 1) {
    if (stack.events[at]?.id === id) return `${logicalId}-${scope.world.ids.uuid()}`;
  }
  return id;
}
