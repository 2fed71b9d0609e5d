import type { StackEvent } from '../../src/stack/events/event.ts';

const START = Date.parse('2026-11-23T10:00:00Z');

export const ROOT = 'arn:aws:cloudformation:us-east-1:111122223333:stack/ci/1111';

interface Row {
  readonly stackId?: string;
  readonly stackName?: string;
  readonly type?: string;
  readonly physicalId?: string;
  readonly reason?: string;
}

/** Builds a stack's history row by row, each a second after the one before. */
export class History {
  readonly events: StackEvent[] = [];

  /** A row of a resource. */
  resource(logicalId: string, status: string, row: Row = {}): this {
    const stackId = row.stackId ?? ROOT;
    this.events.push({
      eventId: `event-${this.events.length}`,
      stackId,
      stackName: row.stackName ?? 'ci',
      logicalId,
      type: row.type ?? 'AWS::EC2::VPC',
      status,
      at: new Date(START + this.events.length * 1000),
      ...(row.physicalId !== undefined && { physicalId: row.physicalId }),
      ...(row.reason !== undefined && { reason: row.reason }),
    });
    return this;
  }

  /** A row of the stack itself. */
  stack(status: string, reason?: string, row: Row = {}): this {
    const stackId = row.stackId ?? ROOT;
    return this.resource(row.stackName ?? 'ci', status, {
      ...row,
      type: 'AWS::CloudFormation::Stack',
      physicalId: stackId,
      ...(reason !== undefined && { reason }),
    });
  }
}
