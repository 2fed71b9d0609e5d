/** Until boots have been seen. A bare image takes about as long. */
const USUAL_SECONDS = 180;
/** Of the latest boots. */
const REMEMBERED = 20;

/** How long instances take from their launch to their agents, as looks at the group tell. */
export class BootTimes {
  #since = new Map<string, number>();
  readonly #seconds: number[] = [];

  /** @param now milliseconds since 1970 */
  see(pending: readonly string[], inService: readonly string[], now: number): void {
    for (const id of inService) {
      const since = this.#since.get(id);
      if (since !== undefined) this.#seconds.push((now - since) / 1000);
    }
    if (this.#seconds.length > REMEMBERED) this.#seconds.splice(0, this.#seconds.length - REMEMBERED);
    this.#since = new Map(pending.map((id) => [id, this.#since.get(id) ?? now]));
  }

  /** What nearly all keep within. */
  get usualSeconds(): number {
    return this.#seconds.length === 0 ? USUAL_SECONDS : Math.max(...this.#seconds);
  }
}
