import type { AwsContext } from '../../aws/context.ts';
import type { StackEvent } from './event.ts';

/** A page of a stack's history, newest event first, as DescribeStackEvents gives it (at most 100 events a page). */
export interface EventPage {
  readonly events: readonly StackEvent[];
  readonly nextToken?: string;
}

/** Reads one page of the history of the stack with this name or id. A deleted stack still has one, under its id. */
export type EventSource = (stack: string, nextToken?: string) => Promise<EventPage>;

/** The histories of a region's stacks. */
export function cloudFormationEvents(aws: AwsContext, signal?: AbortSignal): EventSource {
  return async (stack, nextToken) => {
    const { DescribeStackEventsCommand } = await import('../../aws/sdk/cloudformation.ts');
    const client = await aws.clients.cloudFormation();
    const page = await client.send(
      new DescribeStackEventsCommand({ StackName: stack, NextToken: nextToken }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    return {
      events: (page.StackEvents ?? []).map((event) => ({
        eventId: event.EventId ?? '',
        stackId: event.StackId ?? '',
        stackName: event.StackName ?? '',
        logicalId: event.LogicalResourceId ?? '',
        ...(event.PhysicalResourceId && { physicalId: event.PhysicalResourceId }),
        type: event.ResourceType ?? '',
        status: event.ResourceStatus ?? '',
        ...(event.ResourceStatusReason && { reason: event.ResourceStatusReason }),
        at: event.Timestamp ?? new Date(0),
      })),
      ...(page.NextToken !== undefined && { nextToken: page.NextToken }),
    };
  };
}
