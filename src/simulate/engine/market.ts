import {
  decideSpotFallback,
  type SpotFallback,
  type SpotFallbackSettings,
} from '../../scaler/spot/fallback.ts';
import type { SpotShortage } from '../../scaler/spot/shortage.ts';
import { isWithin, type Window } from './troubles.ts';

/** How the instances of a simulated group are bought, where spot has no capacity at times. */
export interface SpotModel extends SpotFallbackSettings {
  /** Dollars an hour and instance. */
  readonly prices: Readonly<Record<PurchaseOption, number>>;
  /** How often EC2 takes a spot instance back, an hour. */
  readonly interruptionsPerHour: number;
  /** When spot has no capacity: from and until, in seconds, in order. */
  readonly shortages: readonly Window[];
}

export type PurchaseOption = 'on-demand' | 'spot';

/** Auto Scaling's pauses after launches that fail, about, in seconds. */
const FIRST_PAUSE = 30;
const LONGEST_PAUSE = 900;

/** Sells a simulated group its instances, and falls back by the scaler's own decision. Times are in seconds. */
export class Market {
  readonly #held: Record<PurchaseOption, number> = { 'on-demand': 0, spot: 0 };
  #percentage: number;
  #purchase: SpotFallback = { kind: 'normal' };
  #shortage: SpotShortage | undefined;
  #pause = FIRST_PAUSE;
  /** Launches that failed. */
  failed = 0;
  /** Until when the group does not try again. */
  retryAt = -Infinity;

  constructor(private readonly model: SpotModel) {
    this.#percentage = model.onDemandPercentage;
  }

  /** @returns how the next instance is bought; undefined where it is not to be had */
  buy(now: number): PurchaseOption | undefined {
    const total = this.#held['on-demand'] + this.#held.spot + 1;
    // On-demand instances come first, and are rounded up.
    const bought =
      this.#held['on-demand'] < Math.ceil((total * this.#percentage) / 100) ? 'on-demand' : 'spot';
    if (bought === 'spot' && isWithin(this.model.shortages, now)) {
      this.failed += 1;
      this.#shortage = {
        since: this.#shortage?.since ?? now * 1000,
        until: now * 1000,
        reason: 'no spot capacity',
      };
      this.retryAt = now + this.#pause;
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
      return undefined;
    }
    this.#held[bought] += 1;
    return bought;
  }

  ended(bought: PurchaseOption): void {
    this.#held[bought] -= 1;
  }

  /** What the scaler does about it at a look. @param wanting whether instances are missing */
  poll(now: number, wanting: boolean): void {
    if (!wanting) this.#shortage = undefined;
    const facts = { purchase: this.#purchase, onDemandPercentage: this.#percentage, paused: false };
    const { step } = decideSpotFallback(facts, this.#shortage, this.model, now * 1000);
    if (step?.kind === 'remember') {
      this.#purchase = step.purchase;
      this.#shortage = undefined;
    }
    if (step?.kind === 'distribute') {
      this.#percentage = step.onDemandPercentage;
      this.tryAgain();
    }
  }

  /** As Auto Scaling does when what is wanted of it changes. */
  tryAgain(): void {
    this.retryAt = -Infinity;
    this.#pause = FIRST_PAUSE;
  }
}
