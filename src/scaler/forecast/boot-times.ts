/** Until boots have been seen. A bare image takes about as long. */
const USUAL_SECONDS = 180;
/** Of the latest boots. */
const REMEMBERED = 20;
/** Where two looks are further apart, when a boot ended isn't known. */
const APART_MOST_MS = 90_000;
/** A boot that takes this many times as long as nearly all do may hang. */
const OVERDUE_FACTOR = 2;
/** Before which none is overdue: what is launched beside one has to be worth its boot. */
const OVERDUE_LEAST_SECONDS = 300;

/** After how many seconds a boot may hang. @param nearlyAll seconds that 95 % of the boots keep within */
export function overdueSeconds(nearlyAll: number): number {
  return Math.max(OVERDUE_LEAST_SECONDS, OVERDUE_FACTOR * nearlyAll);
}

/** How long instances take from their launch to their agents, as looks at the group tell. */
export class BootTimes {
  #since = new Map<string, number>();
  #lookedAt = -Infinity;
  readonly #seconds: number[] = [];

  /** @param now milliseconds since 1970 */
  see(pending: readonly string[], inService: readonly string[], now: number): void {
    const sawItEnd = now - this.#lookedAt <= APART_MOST_MS;
    for (const id of sawItEnd ? inService : []) {
      const since = this.#since.get(id);
      if (since !== undefined) this.#seconds.push((now - since) / 1000);
    }
    if (this.#seconds.length > REMEMBERED) this.#seconds.splice(0, this.#seconds.length - REMEMBERED);
    this.#since = new Map(pending.map((id) => [id, this.#since.get(id) ?? now]));
    this.#lookedAt = now;
  }

  /** What nearly all keep within. */
  get usualSeconds(): number {
    return this.#seconds.length === 0 ? USUAL_SECONDS : Math.max(...this.#seconds);
  }

  /**
   * Instances of the look at `now` that have been booting for twice as long as 95 % of the boots before, and at least for five
   * minutes. A single boot that took very long does not count, so that one that hung puts nothing off.
   */
  overdue(now: number): number {
    const byTime = [...this.#seconds].sort((left, right) => left - right);
    const nearlyAll = byTime[Math.ceil(0.95 * byTime.length) - 1] ?? USUAL_SECONDS;
    const most = overdueSeconds(nearlyAll) * 1000;
    return [...this.#since.values()].filter((since) => now - since >= most).length;
  }
}
