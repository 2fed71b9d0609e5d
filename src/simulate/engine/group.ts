import type { Observation } from '../../scaler/sizing/observation.ts';
import { exponential, logNormal, type Random, seeded } from './random.ts';
import type { Ledger } from './ledger.ts';
import { EventKind, type Events } from './events.ts';
import type { Fleet } from './fleet.ts';
import { type PurchaseOption, Market } from './market.ts';
import type { Model } from './model.ts';
import { HOOK_SECONDS } from './troubles.ts';
import { WarmPool } from './warm-pool.ts';

const HOUR = 3600;

/** The Auto Scaling group: brings the fleet to the desired capacity. Times are in seconds. */
export class Group {
  readonly #random: Random;
  readonly #market: Market | undefined;
  /** Absent where it has no instance. */
  readonly warmPool: WarmPool | undefined;
  /** Instances that hang while they boot. */
  readonly #hung = new Set<number>();
  #desired: number;
  /** The size that the group does not go below by itself. */
  #held: number;

  constructor(
    private readonly model: Model,
    private readonly fleet: Fleet,
    private readonly events: Events,
    private readonly ledger: Ledger,
  ) {
    this.#random = seeded(model.seed);
    this.#market = model.spot && new Market(model.spot);
    this.warmPool = model.warm && model.warm.size > 0 ? new WarmPool(model.warm) : undefined;
    this.#desired = model.min;
    this.#held = model.min;
  }

  /** For want of spot capacity. */
  get failedLaunches(): number {
    return this.#market?.failed ?? 0;
  }

  /** What the scaler sees of it. */
  facts(now: number): Observation['group'] {
    const { min, max } = this.model;
    const { pending, inService, terminating } = this.fleet;
    const desired = this.#desired;
    const overdue = this.#overdue(now);
    return { min, max, desired, pending, overdue, inService, terminating, paused: false, held: this.#held };
  }

  /** What the scaler does at a look. */
  resize(wanted: number, held: number | undefined, now: number): void {
    const { min, max } = this.model;
    const desired = Math.max(min, Math.min(max, wanted));
    if (desired !== this.#desired) this.#market?.tryAgain();
    this.#desired = desired;
    this.#held = held ?? min;
    this.#market?.poll(now, this.fleet.capacity < desired);
    this.reconcile(now);
  }

  /** Gives back what was held beside the group's own minimum size. */
  release(): void {
    this.#held = this.model.min;
  }

  /** Launches what is missing, and ends what is too much where Auto Scaling may. */
  reconcile(now: number): void {
    while (this.fleet.capacity < this.#desired && now >= (this.#market?.retryAt ?? now)) {
      const bought = this.#market === undefined ? 'on-demand' : this.#market.buy(now);
      if (bought === undefined) this.events.schedule(this.#market?.retryAt ?? now, EventKind.LaunchRetry, 0);
      else this.#launch(bought, now);
    }
    if (this.model.endsOldest) {
      while (this.fleet.capacity > this.#desired) this.retire(this.fleet.oldest(), now);
    }
  }

  /** An idle instance ends itself. @returns false where the group would be smaller than is held */
  endIdle(instance: number, now: number): boolean {
    // More than are wanted stay where they are protected: such a one ends without taking off what is wanted.
    if (this.#desired <= this.#held && this.fleet.capacity <= this.#held) {
      if (this.model.replacesIdle !== true) return false;
      this.retire(instance, now);
      this.reconcile(now);
      return true;
    }
    this.#desired = Math.max(this.model.min, this.#desired - 1);
    this.retire(instance, now);
    return true;
  }

  /** Ends an instance once its jobs are done: at once where it has none. */
  retire(instance: number, now: number): void {
    if (this.fleet.retire(instance)) this.#market?.ended(this.fleet.boughtAs(instance));
    if (!this.fleet.isBusy(instance)) this.terminate(instance, now);
  }

  /** Ends a retired instance, whether or not it has jobs. */
  terminate(instance: number, now: number): void {
    this.ledger.jobsLost(this.fleet.terminate(instance));
    this.ledger.instanceEnded(this.fleet.launchedAt(instance), this.fleet.boughtAs(instance), now);
  }

  /** Ends an instance that does not come up; the group launches another where it is still wanted. */
  giveUp(instance: number, now: number): void {
    this.#hung.delete(instance);
    if (this.fleet.isTerminated(instance)) return;
    this.retire(instance, now);
    this.reconcile(now);
  }

  #overdue(now: number): number {
    const most = this.model.troubles?.overdueSeconds ?? Infinity;
    return [...this.#hung].filter(
      (instance) => !this.fleet.isTerminated(instance) && now - this.fleet.launchedAt(instance) >= most,
    ).length;
  }

  /** Chance has no part in it where every boot ends well. */
  #bootOutcome(): 'up' | 'fails' | 'hangs' {
    const { failingBoots = 0, hungBoots = 0 } = this.model.troubles ?? {};
    if (failingBoots + hungBoots === 0) return 'up';
    const chance = this.#random();
    if (chance < hungBoots) return 'hangs';
    return chance < hungBoots + failingBoots ? 'fails' : 'up';
  }

  #launch(bought: PurchaseOption, now: number): void {
    const instance = this.fleet.launch(bought, now);
    this.ledger.launched(now);
    const bootedAt = now + this.model.apiSeconds + this.#launchSeconds(now);
    const outcome = this.#bootOutcome();
    if (outcome === 'hangs') this.#hung.add(instance);
    if (outcome === 'up') this.events.schedule(bootedAt, EventKind.InstanceInService, instance);
    else
      this.events.schedule(
        outcome === 'hangs' ? now + HOOK_SECONDS : bootedAt,
        EventKind.BootGivenUp,
        instance,
      );
    const interruptions = this.#interruptionsPerHour(bought);
    if (interruptions > 0) {
      const noticeAt = now + exponential(this.#random, HOUR / interruptions);
      this.events.schedule(noticeAt, EventKind.InterruptionNotice, instance);
    }
  }

  /** How long a boot takes, or a start from the warm pool. */
  #launchSeconds(now: number): number {
    const { apiSeconds, bootSeconds, bootSpread } = this.model;
    const boot = logNormal(this.#random, bootSeconds, bootSpread);
    if (this.warmPool?.take(now, apiSeconds + boot) !== true) return boot;
    this.ledger.warmPoolRefilled(boot, now);
    return logNormal(this.#random, this.warmPool.startSeconds, bootSpread);
  }

  #interruptionsPerHour(bought: PurchaseOption): number {
    const { spot, interruptionsPerHour } = this.model;
    if (spot === undefined) return interruptionsPerHour;
    return bought === 'spot' ? spot.interruptionsPerHour : 0;
  }
}
