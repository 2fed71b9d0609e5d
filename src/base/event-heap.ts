/** A binary heap of numbered events by time, without an object for each. */
export class EventHeap {
  #times = new Float64Array(1024);
  #ids = new Int32Array(1024);
  #size = 0;

  /** The time of the next event; Infinity where there is none. */
  get next(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] ?? Infinity);
  }

  get size(): number {
    return this.#size;
  }

  push(time: number, id: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentTime = this.#times[parent] ?? 0;
      if (parentTime <= time) break;
      this.#times[at] = parentTime;
      this.#ids[at] = this.#ids[parent] ?? 0;
      at = parent;
    }
    this.#times[at] = time;
    this.#ids[at] = id;
  }

  /** Takes the next event and gives its id. The heap must not be empty. */
  pop(): number {
    const id = this.#ids[0] ?? 0;
    const last = --this.#size;
    const time = this.#times[last] ?? 0;
    const lastId = this.#ids[last] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && (this.#times[child + 1] ?? 0) < (this.#times[child] ?? 0)) child += 1;
      const childTime = this.#times[child] ?? 0;
      if (childTime >= time) break;
      this.#times[at] = childTime;
      this.#ids[at] = this.#ids[child] ?? 0;
      at = child;
    }
    this.#times[at] = time;
    this.#ids[at] = lastId;
    return id;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const ids = new Int32Array(times.length);
    times.set(this.#times);
    ids.set(this.#ids);
    this.#times = times;
    this.#ids = ids;
  }
}
