/** One row of a stack's history: a resource, or the stack itself, has reached a status. */
export interface StackEvent {
  readonly eventId: string;
  /** The stack whose history this is. */
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  /** Absent until the resource has one. For the stack's own rows it is the stack's id. */
  readonly physicalId?: string;
  readonly type: string;
  /** CREATE_IN_PROGRESS, DELETE_FAILED, ... */
  readonly status: string;
  readonly reason?: string;
  readonly at: Date;
}

/** Whether the row tells of its stack and not of a resource in it. */
export function isOwnRow(event: StackEvent): boolean {
  return event.physicalId === event.stackId;
}

/** The nested stack that the row tells of, or undefined. Nested stacks have a history of their own. */
export function nestedStackOf(event: StackEvent): string | undefined {
  const { physicalId } = event;
  return event.type === 'AWS::CloudFormation::Stack' && !isOwnRow(event) && physicalId?.startsWith('arn:')
    ? physicalId
    : undefined;
}

/** Whether an operation is over for whoever has this status. Every status that goes on ends in IN_PROGRESS. */
export function isSettled(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS');
}

/** Whether a stack's settled status means that what was asked for was not done. */
export function isFailure(status: string): boolean {
  return status.endsWith('_FAILED') || status.includes('ROLLBACK');
}
