import { EventHeap } from '../../base/event-heap.ts';

/** Stopped instances beside a simulated group, each of which has booted once. */
export interface WarmModel {
  readonly size: number;
  /** From the request for one to its first agent: the median, in seconds. */
  readonly startSeconds: number;
  /** Dollars an hour that one costs while it is stopped: its volume. */
  readonly volumePrice: number;
}

/** The pool at work. It is full at the beginning. Times are in seconds. */
export class WarmPool {
  #ready: number;
  /** When those will be ready that boot now. */
  readonly #refills = new EventHeap();

  constructor(private readonly model: WarmModel) {
    this.#ready = model.size;
  }

  get size(): number {
    return this.model.size;
  }

  get startSeconds(): number {
    return this.model.startSeconds;
  }

  /**
   * Takes an instance for the group, where one is ready; another one boots for it.
   * @param bootSeconds how long that takes until it is stopped
   */
  take(now: number, bootSeconds: number): boolean {
    while (this.#refills.next <= now) {
      this.#refills.pop();
      this.#ready += 1;
    }
    if (this.#ready === 0) return false;
    this.#ready -= 1;
    this.#refills.push(now + bootSeconds, 0);
    return true;
  }

  /** Dollars for the volumes over a time. */
  volumes(hours: number): number {
    return this.model.size * this.model.volumePrice * hours;
  }
}
