import { type DemandAt, type Forecast, Forecaster } from './forecast.ts';

export interface ForesightSettings {
  readonly agentsPerInstance: number;
  /** Instance-hours in any 24 that instances may be up for expected jobs alone. */
  readonly idleHours: number;
}

const MINUTE_MS = 60_000;
const DAY = 24 * 60;
/** Once the hours of a day are spent, this share of them has to be free again, so that nothing begins and ends over and over. */
const FREE_AGAIN_SHARE = 0.25;
/** Nobody has seen what was between two looks further apart than this. */
const APART_MOST_MS = 60_000;
/** From a forecast to its launch and from the last step of a boot to the first job: two looks. */
const LOOKS_MS = 20_000;
/** What is up is kept if it is expected again within this time: ended and started anew it would cost a boot. */
const KEPT_MS = 20 * MINUTE_MS;

/** Within which a process that has just begun knows what was. Until then it keeps what one before it has brought up. */
const LEARNING_MS = 10 * MINUTE_MS;

/** Says how many instances are expected to be of use, and keeps to the hours that they may be idle. */
export class Foresight {
  readonly #forecaster: Forecaster;
  #forecast: Forecast | undefined;
  #startedAt: number | undefined;
  // Instances that were up for expected jobs alone, by the minute of the day, and their sum.
  readonly #ahead = new Float64Array(DAY);
  #sum = 0;
  #minute: number | undefined;
  #spent = false;
  #lookedAt: number | undefined;

  /** @param boots how long instances take to their first agent */
  constructor(
    private readonly settings: ForesightSettings,
    private readonly boots: { readonly usualSeconds: number },
  ) {
    this.#forecaster = new Forecaster(settings.agentsPerInstance, settings.idleHours);
  }

  /** Plans the day ahead from what has been. */
  learn(demandAt: DemandAt, now: number): void {
    this.#forecast = this.#forecaster.plan(demandAt, now);
  }

  /** What an earlier process has spent, as it was published: instances that were ahead in a minute since 1970. */
  recall(minute: number, instances: number): void {
    const now = this.#minute;
    if (now === undefined || minute >= now || minute <= now - DAY) return;
    const booked = this.#ahead[minute % DAY] ?? 0;
    if (instances > booked) this.#add(minute, instances - booked);
  }

  /**
   * Ledger what has been up for expected jobs alone since the look before. A boot is none of it, as jobs that nobody
   * expected pay for one too. All times are in milliseconds since 1970.
   * @param held instances in service that the group does not go below, whatever that is for
   * @param unforeseen instances that would be there without a forecast
   * @returns how many of those held are up for expected jobs alone
   */
  book(now: number, held: number, unforeseen: number): number {
    const minute = Math.floor(now / MINUTE_MS);
    for (let past = Math.max(this.#minute ?? minute, minute - DAY) + 1; past <= minute; past++) {
      this.#add(past, -(this.#ahead[past % DAY] ?? 0));
    }
    this.#minute = minute;
    const ahead = Math.max(0, held - unforeseen);
    const apart = Math.min(APART_MOST_MS, now - (this.#lookedAt ?? now));
    this.#lookedAt = now;
    if (ahead > 0) this.#add(minute, (ahead * apart) / MINUTE_MS);
    const most = this.settings.idleHours * (this.#spent ? 1 - FREE_AGAIN_SHARE : 1);
    this.#spent = this.#sum / 60 >= most;
    return ahead;
  }

  /**
   * Instances that are expected to be of use once one that is launched now has booted, and those that are held already
   * and are so again soon. None once the hours of the day are spent.
   */
  expected(now: number, held: number): number {
    this.#startedAt ??= now;
    if (this.#forecast === undefined) return now - this.#startedAt < LEARNING_MS ? held : 0;
    if (this.#spent) return 0;
    const booted = now + this.aheadMs;
    const soon = this.#forecast.most(now, booted);
    return held <= soon ? soon : Math.max(soon, Math.min(held, this.#forecast.most(now, booted + KEPT_MS)));
  }

  /** How far it looks ahead: what is launched now has to be up by then. */
  get aheadMs(): number {
    return this.boots.usualSeconds * 1000 + LOOKS_MS;
  }

  #add(minute: number, instances: number): void {
    const at = minute % DAY;
    this.#ahead[at] = (this.#ahead[at] ?? 0) + instances;
    this.#sum += instances;
  }
}
