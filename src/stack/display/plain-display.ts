import { logLine } from '../../terminal/log-line.ts';
import { isOwnRow, type StackEvent } from '../events/event.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import type { Progress } from '../events/progress.ts';

/** Lines for a log: each event once, with AWS's own time, and what bk-stack itself did with ours. */
export class PlainDisplay implements DeploymentObserver {
  readonly #write: (line: string) => unknown;

  constructor(write: (line: string) => unknown) {
    this.#write = write;
  }

  note(line: string): void {
    this.#write(logLine(new Date(), line));
  }

  update(events: readonly StackEvent[], progress: Progress): void {
    for (const event of events) {
      const line = plainLine(event, progress.stackName);
      if (line !== undefined) this.#write(line);
    }
  }

  end(): void {
    // Every line has been written already.
  }
}

/**
 * An event as a line of a log, or undefined for one that tells nothing new: CloudFormation writes a second
 * CREATE_IN_PROGRESS row when a resource has got its physical id.
 */
export function plainLine(event: StackEvent, stackName: string): string | undefined {
  const { status, reason } = event;
  if (/^Resource (creation|update) Initiated$/i.test(reason ?? '')) return undefined;
  const nested = event.stackName === stackName ? '' : `${event.stackName}/`;
  const subject = isOwnRow(event) ? event.stackName : `${nested}${event.logicalId}`;
  const line = logLine(event.at, `${status.padEnd(18)} ${subject} ${event.type}`);
  return reason === undefined || reason === 'User Initiated'
    ? line
    : `${line}: ${reason.replace(/\s+/g, ' ')}`;
}
