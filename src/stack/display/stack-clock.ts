/**
 * What time it is on the stack's side, told by its events and by the real time since: right in spite of a wrong clock
 * here, and in a sandbox whose time runs faster.
 */
export class StackClock {
  readonly #speed: number;
  readonly #realNow: () => number;
  #anchor: { readonly stack: number; readonly real: number } | undefined;

  constructor(speed: number, realNow: () => number = Date.now) {
    this.#speed = speed;
    this.#realNow = realNow;
  }

  /** Something happened at `at`. */
  saw(at: Date): void {
    // Never back: a late event would let elapsed times jump.
    if (at.getTime() <= (this.now()?.getTime() ?? -1)) return;
    this.#anchor = { stack: at.getTime(), real: this.#realNow() };
  }

  now(): Date | undefined {
    if (this.#anchor === undefined) return undefined;
    const { stack, real } = this.#anchor;
    return new Date(stack + (this.#realNow() - real) * this.#speed);
  }
}
