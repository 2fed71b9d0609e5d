/** A time in seconds: from and until. */
export type Window = readonly [from: number, until: number];

/** What goes wrong in a simulation. */
export interface Troubles {
  /** Share of the boots that fail when they should end: the launching hook is told, and the group launches again. */
  readonly failingBoots?: number;
  /** Share of the boots that never end, until the launching hook gives them up. */
  readonly hungBoots?: number;
  /** After how many seconds of booting the scaler takes an instance for one that hangs. */
  readonly overdueSeconds?: number;
  /** When the queue is paused: no job starts. */
  readonly pauses?: readonly Window[];
  /** When the scaler sees neither the queue nor the group. */
  readonly outages?: readonly Window[];
  /** Agents of others on the queue, idle all the time, as they may run none of its jobs. */
  readonly foreignAgents?: number;
}

/** Seconds that the launching hook of template/bk-stack.yml waits for a boot. */
export const HOOK_SECONDS = 780;

export function isWithin(windows: readonly Window[] | undefined, now: number): boolean {
  return windows?.some(([from, until]) => now >= from && now < until) ?? false;
}
