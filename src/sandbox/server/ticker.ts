import type { World } from '../kernel/world.ts';

/** Node's timers take no longer delay. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Runs a world's timers when they are due. */
export class Ticker {
  #timer: NodeJS.Timeout | undefined;
  #planned: number | undefined;

  constructor(
    private readonly world: World,
    private readonly speed: number,
    private readonly failed: (error: unknown) => void,
  ) {
    world.onChange(() => {
      this.#plan();
    });
    this.#plan();
  }

  /** Runs what is due now. */
  run(): void {
    try {
      this.world.runDue();
    } catch (error) {
      this.failed(error);
    }
    this.#plan();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#planned = Infinity;
  }

  #plan(): void {
    const next = this.world.nextWake();
    if (this.#planned === Infinity || next === this.#planned) return;
    clearTimeout(this.#timer);
    this.#planned = next;
    if (next === undefined) return;
    const delay = Math.min(Math.max(0, (next - this.world.now()) / this.speed), LONGEST_DELAY);
    this.#timer = setTimeout(() => {
      this.#planned = undefined;
      this.run();
    }, delay);
  }
}
