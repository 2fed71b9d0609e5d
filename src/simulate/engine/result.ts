/** What came of a simulation. Waits are in seconds. */
export interface Result {
  readonly policy: string;
  readonly jobs: number;
  readonly waits: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
    readonly mean: number;
  };
  readonly instanceHours: number;
  /** Dollars. */
  readonly cost: number;
  readonly peakInstances: number;
  readonly launches: number;
  /** What there was of a warm pool: launches that were starts of its instances, and what it cost of the whole, in dollars. */
  readonly warm?: {
    readonly size: number;
    readonly starts: number;
    readonly volumes: number;
    readonly boots: number;
  };
  /** For want of spot capacity. */
  readonly failedLaunches: number;
  /** Jobs that a spot interruption cut short. */
  readonly lostJobs: number;
  /** Share of the agents' time without a job. */
  readonly idleShare: number;
  /** The most of each in equal parts of the time, from the first job on. */
  readonly overTime: {
    readonly secondsEach: number;
    readonly waitingJobs: readonly number[];
    readonly instances: readonly number[];
  };
}
