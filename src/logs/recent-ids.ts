const SECOND = 1000;

/**
 * Remembers which events have been seen, by their time and id, as long as they may come again. Ids are kept as hashes, by the
 * second of their events: a million of them take a few tens of megabytes, and two of the same second do not collide.
 */
export class RecentIds {
  readonly #bySecond = new Map<number, Set<number>>();

  /** @returns whether it is new */
  add({ id, timestamp }: { readonly id: string; readonly timestamp: number }): boolean {
    const second = Math.floor(timestamp / SECOND);
    let ids = this.#bySecond.get(second);
    if (ids === undefined) this.#bySecond.set(second, (ids = new Set()));
    const before = ids.size;
    return ids.add(hash(id)).size > before;
  }

  /** Forgets those of before. */
  forgetBefore(timestamp: number): void {
    const first = Math.floor(timestamp / SECOND);
    for (const second of this.#bySecond.keys()) if (second < first) this.#bySecond.delete(second);
  }
}

/** 53 bits, as many as a number holds exactly, from two multiplicative hashes. */
function hash(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high ^= Math.imul(low ^ (low >>> 15), 0x735a2d97);
  low ^= Math.imul(high ^ (high >>> 13), 0xcaf649a9);
  return (high >>> 11) * 0x100000000 + (low >>> 0);
}
