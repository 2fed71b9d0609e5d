import type { Instant } from './time.ts';

/** A pending timer. There is at most one for a task and key. */
export interface Timer {
  readonly task: string;
  readonly key: string;
  at: Instant;
}

/** To be raised where a service's part of the state changes its form: a snapshot of another version is not read. */
export const STATE_VERSION = 4;

/** All that a snapshot holds: plain JSON data, nothing else. */
export interface WorldState {
  readonly version: typeof STATE_VERSION;
  now: Instant;
  random: number;
  readonly slices: Record<string, unknown>;
  timers: Timer[];
}

export function emptyState(start: Instant, seed: number): WorldState {
  return { version: STATE_VERSION, now: start, random: seed | 0, slices: {}, timers: [] };
}
