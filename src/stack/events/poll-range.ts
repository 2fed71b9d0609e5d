import { isOwnRow, type StackEvent } from './event.ts';

/**
 * How far back to read a history, which comes newest first: whether this event is the oldest one wanted
 * (`last`), already too old (`beyond`), or has wanted ones before it (undefined).
 */
export type PollRange = (event: StackEvent) => 'last' | 'beyond' | undefined;

const BEGINNING = /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/;

export const PollRange = {
  /** Everything: for a stack that is being made. */
  all: (() => undefined) as PollRange,

  /** What came after the event with this id: for an operation that is about to begin. */
  after: (eventId: string | undefined): PollRange => {
    return (event) => (event.eventId === eventId ? 'beyond' : undefined);
  },

  /** What happened at `start` or later: for a nested stack that its parent has begun to change. */
  since: (start: Date): PollRange => {
    return (event) => (event.at < start ? 'beyond' : undefined);
  },

  /** The operation that runs, or if none does the latest. Its first row is the stack's own. */
  currentOperation: ((event) =>
    isOwnRow(event) && BEGINNING.test(event.status) ? 'last' : undefined) as PollRange,
};
