import { seeded } from './random.ts';

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

const DAY = 86_400;

/** Once a day, at a time of its own, for so many hours, less than 24; empty for 0. */
export function dailyWindows(hours: number, lastJobAt: number, seed: number): Window[] {
  if (hours <= 0) return [];
  const random = seeded(seed);
  const days = Math.ceil((lastJobAt + 1) / DAY);
  return Array.from({ length: days }, (_, day) => {
    const from = day * DAY + random() * (DAY - hours * 3600);
    return [from, from + hours * 3600] as const;
  });
}

export function isWithin(windows: readonly Window[] | undefined, now: number): boolean {
  return windows?.some(([from, until]) => now >= from && now < until) ?? false;
}
