import type { PurchaseOption } from './market.ts';

/** As Auto Scaling names an instance's lifecycle states. */
const enum Phase {
  Pending,
  InService,
  /** Takes no more jobs, and ends with the last of those that it has. */
  Terminating,
  Terminated,
}

/** How far two times may differ that were added up differently, in seconds. */
const TOLERANCE = 0.001;

/**
 * The instances and their agents. An instance is the number of its launch, and an array for each of its properties keeps
 * thousands of them from being objects. Times are in seconds.
 */
export class Fleet {
  readonly #phase: Phase[] = [];
  readonly #launchedAt: number[] = [];
  readonly #boughtAs: PurchaseOption[] = [];
  readonly #busy: number[] = [];
  readonly #idleSince: number[] = [];
  /** The instance that runs each job. */
  readonly #runsOn: Int32Array;
  /** Agents without a job, by their instance, the one that worked last on top; some have ended meanwhile. */
  readonly #free: number[] = [];
  #pending = 0;
  #inService = 0;
  #terminating = 0;
  #idleAgents = 0;
  #busyAgents = 0;
  #peak = 0;
  /** Of which none that is younger has been retired before it. */
  #oldest = 0;

  constructor(
    jobs: number,
    private readonly agentsPerInstance: number,
  ) {
    this.#runsOn = new Int32Array(jobs);
  }

  get pending(): number {
    return this.#pending;
  }

  get inService(): number {
    return this.#inService;
  }

  get terminating(): number {
    return this.#terminating;
  }

  /** What counts against the desired capacity: what is there for jobs, or will be. */
  get capacity(): number {
    return this.#pending + this.#inService;
  }

  /** All that are paid for. */
  get size(): number {
    return this.#pending + this.#inService + this.#terminating;
  }

  /** The most that there were at once. */
  get peak(): number {
    return this.#peak;
  }

  get launches(): number {
    return this.#phase.length;
  }

  /** Agents that a job can have at once. */
  get idleAgents(): number {
    return this.#idleAgents;
  }

  /** As many as jobs that run. */
  get busyAgents(): number {
    return this.#busyAgents;
  }

  launch(bought: PurchaseOption, now: number): number {
    this.#phase.push(Phase.Pending);
    this.#launchedAt.push(now);
    this.#boughtAs.push(bought);
    this.#busy.push(0);
    this.#idleSince.push(0);
    this.#pending += 1;
    this.#peak = Math.max(this.#peak, this.size);
    return this.#phase.length - 1;
  }

  launchedAt(instance: number): number {
    return this.#launchedAt[instance] ?? 0;
  }

  boughtAs(instance: number): PurchaseOption {
    return this.#boughtAs[instance] ?? 'on-demand';
  }

  isInService(instance: number): boolean {
    return this.#phase[instance] === Phase.InService;
  }

  isTerminated(instance: number): boolean {
    return this.#phase[instance] === Phase.Terminated;
  }

  isBusy(instance: number): boolean {
    return this.busyOf(instance) > 0;
  }

  busyOf(instance: number): number {
    return this.#busy[instance] ?? 0;
  }

  /** @returns false where it has been retired while it booted */
  enterService(instance: number): boolean {
    if (this.#phase[instance] !== Phase.Pending) return false;
    this.#phase[instance] = Phase.InService;
    this.#pending -= 1;
    this.#inService += 1;
    for (let agent = 0; agent < this.agentsPerInstance; agent++) this.#free.push(instance);
    this.#idleAgents += this.agentsPerInstance;
    return true;
  }

  /**
   * Gives a job to an idle agent, of which there must be one. Buildkite takes the one that has worked last, so that the others
   * stay idle and end.
   */
  startJob(job: number): void {
    let instance = this.#free.pop();
    while (instance !== undefined && !this.isInService(instance)) instance = this.#free.pop();
    if (instance === undefined) throw new Error('no agent is idle');
    this.#runsOn[job] = instance;
    this.#busy[instance] = this.busyOf(instance) + 1;
    this.#idleAgents -= 1;
    this.#busyAgents += 1;
  }

  /** @returns the instance that ran it; undefined where it was taken back before */
  finishJob(job: number): number | undefined {
    const instance = this.#runsOn[job] ?? 0;
    const phase = this.#phase[instance];
    if (phase === Phase.Terminated) return undefined;
    this.#busy[instance] = this.busyOf(instance) - 1;
    this.#busyAgents -= 1;
    if (phase === Phase.InService) {
      this.#free.push(instance);
      this.#idleAgents += 1;
    }
    return instance;
  }

  becomeIdle(instance: number, now: number): void {
    this.#idleSince[instance] = now;
  }

  /** Whether it is in service and has had no job for so long. */
  hasIdled(instance: number, seconds: number, now: number): boolean {
    if (!this.isInService(instance) || this.isBusy(instance)) return false;
    return now - (this.#idleSince[instance] ?? 0) >= seconds - TOLERANCE;
  }

  /** The oldest that is not retired yet; there must be one. */
  oldest(): number {
    while ((this.#phase[this.#oldest] ?? Phase.Pending) >= Phase.Terminating) this.#oldest += 1;
    return this.#oldest;
  }

  /** Keeps it from more jobs. @returns false where it was retired already */
  retire(instance: number): boolean {
    const phase = this.#phase[instance];
    if (phase === Phase.Pending) this.#pending -= 1;
    else if (phase === Phase.InService) {
      this.#inService -= 1;
      this.#idleAgents -= this.agentsPerInstance - this.busyOf(instance);
    } else return false;
    this.#phase[instance] = Phase.Terminating;
    this.#terminating += 1;
    return true;
  }

  /** Ends one that is retired. @returns how many jobs it cut short */
  terminate(instance: number): number {
    const cut = this.busyOf(instance);
    this.#phase[instance] = Phase.Terminated;
    this.#terminating -= 1;
    this.#busyAgents -= cut;
    return cut;
  }
}
