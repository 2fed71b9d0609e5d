import { EventHeap } from '../../base/event-heap.ts';

/** What happens to a job or an instance. */
export const enum EventKind {
  JobFinished,
  /** Its agents are connected. */
  InstanceInService,
  IdlePeriodOver,
  /** EC2 gives notice that it takes a spot instance back. */
  InterruptionNotice,
  Interrupted,
  /** Auto Scaling tries again after launches that failed. */
  LaunchRetry,
  /** An instance that does not come up is given up. */
  BootGivenUp,
  QueueResumed,
}
const KINDS = 8;

/**
 * What is to come, by its time, in seconds. An event is a single number, so that there is no object for each: its kind, and
 * the number of the job or the instance that it is about.
 */
export class Events {
  readonly #heap = new EventHeap();

  /** The time of the next; Infinity where there is none. */
  get next(): number {
    return this.#heap.next;
  }

  schedule(time: number, kind: EventKind, subject: number): void {
    this.#heap.push(time, subject * KINDS + kind);
  }

  /** Takes the next, of which there must be one. */
  take(): number {
    return this.#heap.pop();
  }
}

export function kindOf(event: number): EventKind {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- it is the kind that schedule() was given
  return event % KINDS;
}

export function subjectOf(event: number): number {
  return Math.floor(event / KINDS);
}
