/** A number for each of the last minutes, of which the oldest give way. Minutes count since 1970. */
export class Minutes {
  readonly #values: Float32Array;
  readonly #of: Int32Array;

  constructor(private readonly count: number) {
    this.#values = new Float32Array(count);
    this.#of = new Int32Array(count).fill(-1);
  }

  set(minute: number, value: number): void {
    const place = minute % this.count;
    if ((this.#of[place] ?? 0) > minute) return;
    this.#of[place] = minute;
    this.#values[place] = value;
  }

  /** NaN for a minute that nobody has told of. */
  at(minute: number): number {
    const place = minute % this.count;
    return this.#of[place] === minute ? (this.#values[place] ?? NaN) : NaN;
  }
}
