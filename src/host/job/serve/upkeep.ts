import type { Run } from '../../../shell/run.ts';
import { pruneLeftovers } from '../disk/calls.ts';

/** How soon after a job its ssh-agent and its logins are gone. */
const SWEEP_MS = 1000;
const PRUNE_MS = 3_600_000;

/** What is done between and after jobs. */
export interface UpkeepCalls {
  /** Clears what ended jobs have left. */
  sweep(): void;
  runningJobs(): Promise<number>;
  readonly run: Run;
}

/**
 * Removes what containers jobs have left behind, where no job runs. A job that begins meanwhile makes its own anew, and those
 * are too young.
 */
export async function pruneWhenIdle({ runningJobs, run }: Omit<UpkeepCalls, 'sweep'>): Promise<boolean> {
  if ((await runningJobs()) > 0) return false;
  await pruneLeftovers(run, '10m');
  return true;
}

/** Clears after jobs, and prunes every hour. @returns what ends it */
export function startUpkeep(calls: UpkeepCalls, log: (line: string) => void): () => void {
  const attempt = (what: string, work: () => unknown) => () => {
    void Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        log(`${what}: ${(error as Error).message}`);
      });
  };
  const timers = [
    setInterval(
      attempt('sweep', () => {
        calls.sweep();
      }),
      SWEEP_MS,
    ),
    setInterval(
      attempt('prune', () => pruneWhenIdle(calls)),
      PRUNE_MS,
    ),
  ];
  return () => {
    timers.forEach(clearInterval);
  };
}
