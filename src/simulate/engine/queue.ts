/** The jobs of a trace, which come by their time and start in that order. A job is its number in the trace. */
export class Queue {
  #arrived = 0;
  #started = 0;

  constructor(private readonly arrivals: Float64Array) {}

  /** When the next job comes; Infinity after the last. */
  get nextArrival(): number {
    return this.arrivals[this.#arrived] ?? Infinity;
  }

  /** Jobs that wait for an agent. */
  get scheduled(): number {
    return this.#arrived - this.#started;
  }

  /** Whether every job has come and started. */
  get isOver(): boolean {
    return this.#started === this.arrivals.length;
  }

  arrive(): void {
    this.#arrived += 1;
  }

  start(): number {
    return this.#started++;
  }
}
