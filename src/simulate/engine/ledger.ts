import type { PurchaseOption } from './market.ts';
import type { Model } from './model.ts';
import type { Result } from './result.ts';
import type { WarmPool } from './warm-pool.ts';

/** EC2 bills seconds, and sixty at least. https://aws.amazon.com/ec2/pricing/on-demand/ */
const LEAST_BILLED = 60;
const HOUR = 3600;

/** Equal parts of the time of which the most is kept. */
const PARTS = 60;

/** What is written down of a simulation, and what it adds up to. Jobs, launches and costs count from the end of the warm-up on. */
export class Ledger {
  readonly #countsFrom: number;
  readonly #waits: Float64Array;
  readonly #overTime: { secondsEach: number; waitingJobs: number[]; instances: number[] };
  #started = 0;
  #lost = 0;
  #billedSeconds = 0;
  #cost = 0;
  #agentSeconds = 0;
  #busySeconds = 0;
  #refillSeconds = 0;
  #launches = 0;
  #starts = 0;

  constructor(
    private readonly arrivals: Float64Array,
    private readonly model: Model,
  ) {
    this.#countsFrom = model.warmUpSeconds ?? 0;
    this.#waits = new Float64Array(arrivals.length);
    this.#overTime = {
      // An hour more than the arrivals take, as jobs run on after the last.
      secondsEach: Math.max(1, ((arrivals.at(-1) ?? 0) + HOUR) / PARTS),
      waitingJobs: new Array<number>(PARTS).fill(0),
      instances: new Array<number>(PARTS).fill(0),
    };
  }

  /** Jobs start in the order in which they came. */
  jobStarted(now: number): void {
    const job = this.#started++;
    this.#waits[job] = now - (this.arrivals[job] ?? 0);
  }

  jobFinished(seconds: number, now: number): void {
    this.#busySeconds += Math.max(0, Math.min(seconds, now - this.#countsFrom));
  }

  jobsLost(count: number): void {
    this.#lost += count;
  }

  launched(now: number): void {
    if (now >= this.#countsFrom) this.#launches += 1;
  }

  instanceEnded(launchedAt: number, bought: PurchaseOption, now: number): void {
    const { agentsPerInstance, price, spot } = this.model;
    const lived = Math.max(0, now - Math.max(launchedAt, this.#countsFrom));
    const billed = launchedAt < this.#countsFrom ? lived : Math.max(LEAST_BILLED, lived);
    this.#billedSeconds += billed;
    this.#cost += (billed / HOUR) * (spot?.prices[bought] ?? price);
    this.#agentSeconds += lived * agentsPerInstance;
  }

  /** An instance that boots for the warm pool, in the place of one that was started, is paid for until it is stopped. */
  warmPoolRefilled(bootSeconds: number, now: number): void {
    if (now < this.#countsFrom) return;
    this.#refillSeconds += Math.max(LEAST_BILLED, bootSeconds);
    this.#starts += 1;
  }

  note(waitingJobs: number, instances: number, now: number): void {
    const overTime = this.#overTime;
    const part = Math.min(PARTS - 1, Math.floor(now / overTime.secondsEach));
    overTime.waitingJobs[part] = Math.max(overTime.waitingJobs[part] ?? 0, waitingJobs);
    overTime.instances[part] = Math.max(overTime.instances[part] ?? 0, instances);
  }

  /** What it comes to, once every instance has ended. */
  close(
    facts: Pick<Result, 'policy' | 'peakInstances' | 'failedLaunches'>,
    pool: WarmPool | undefined,
    now: number,
  ): Result {
    const counted = firstAtOrAfter(this.arrivals, this.#countsFrom);
    const boots = (this.#refillSeconds / HOUR) * this.model.price;
    const volumes = pool?.volumes(Math.max(0, now - this.#countsFrom) / HOUR) ?? 0;
    return {
      policy: facts.policy,
      jobs: this.arrivals.length - counted,
      waits: distributionOf(this.#waits.subarray(counted, this.#started)),
      instanceHours: (this.#billedSeconds + this.#refillSeconds) / HOUR,
      cost: this.#cost + (boots + volumes),
      peakInstances: facts.peakInstances,
      launches: this.#launches,
      ...(pool && { warm: { size: pool.size, starts: this.#starts, volumes, boots } }),
      failedLaunches: facts.failedLaunches,
      lostJobs: this.#lost,
      idleShare: this.#agentSeconds === 0 ? 0 : 1 - this.#busySeconds / this.#agentSeconds,
      overTime: this.#overTime,
    };
  }
}

function distributionOf(waits: Float64Array): Result['waits'] {
  const sorted = waits.toSorted();
  const share = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return {
    p50: share(0.5),
    p95: share(0.95),
    p99: share(0.99),
    max: sorted.at(-1) ?? 0,
    mean: sorted.reduce((sum, wait) => sum + wait, 0) / Math.max(1, sorted.length),
  };
}

function firstAtOrAfter(times: Float64Array, least: number): number {
  const index = times.findIndex((time) => time >= least);
  return index < 0 ? times.length : index;
}
