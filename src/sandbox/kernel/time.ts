/** Milliseconds since the Unix epoch, on the sandbox's own clock. */
export type Instant = number;

/** Where a world's time comes from: real time made faster, or a test's own hand. */
export interface TimeSource {
  now(): Instant;
  /** How many times faster than real time it runs; absent for one that is moved by hand. */
  readonly speed?: number;
}

/** Real time, made `speed` times faster, from `start` onwards. */
export class AcceleratedTime implements TimeSource {
  readonly #realStart: number;

  constructor(
    readonly speed: number,
    readonly start: Instant,
    private readonly realNow: () => number = Date.now,
  ) {
    this.#realStart = realNow();
  }

  now(): Instant {
    return this.start + (this.realNow() - this.#realStart) * this.speed;
  }
}

/** Time that stands still until a test moves it. */
export class ManualTime implements TimeSource {
  #now: Instant;

  constructor(start: Instant = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  /** Moves time to `instant`; time never goes back. */
  moveTo(instant: Instant): void {
    this.#now = Math.max(this.#now, instant);
  }
}
