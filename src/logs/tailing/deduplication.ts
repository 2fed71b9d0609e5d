const SECOND = 1000;

/** What is said of texts, by the second of the events that they belong to, for as long as those may come again. */
class BySecond<Said> {
  readonly #seconds = new Map<number, Said>();
  readonly #make: () => Said;

  constructor(make: () => Said) {
    this.#make = make;
  }

  at(timestamp: number): Said {
    const second = Math.floor(timestamp / SECOND);
    let said = this.#seconds.get(second);
    if (said === undefined) this.#seconds.set(second, (said = this.#make()));
    return said;
  }

  forgetBefore(timestamp: number): void {
    const first = Math.floor(timestamp / SECOND);
    for (const second of this.#seconds.keys()) if (second < first) this.#seconds.delete(second);
  }
}

/**
 * Remembers which events have been seen, by their time and id, as long as they may come again. Ids are kept as hashes, by the
 * second of their events: a million of them take a few tens of megabytes, and two of the same second do not collide.
 */
export class RecentIds {
  readonly #seen = new BySecond(() => new Set<number>());

  /** @returns whether it is new */
  add({ id, timestamp }: { readonly id: string; readonly timestamp: number }): boolean {
    const ids = this.#seen.at(timestamp);
    const before = ids.size;
    return ids.add(hash(id)).size > before;
  }

  /** Forgets those of before. */
  forgetBefore(timestamp: number): void {
    this.#seen.forgetBefore(timestamp);
  }
}

interface Line {
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Pairs the events of a live tail, which have no ids, with the same events as they are read. Of each line the one side may be
 * ahead of the other by some; what the other brings then is that, and nothing new. As many as there are come through, also of
 * lines that are equal in all.
 */
export class LiveDeduplicator {
  /** How many the live tail is ahead, by the hash of a line; negative where reading is. */
  readonly #ahead = new BySecond(() => new Map<number, number>());

  /** @returns whether it has not come by reading */
  live(line: Line): boolean {
    return this.#add(line, 1);
  }

  /** @returns whether it has not come live */
  read(line: Line): boolean {
    return this.#add(line, -1);
  }

  /** Forgets those of before. */
  forgetBefore(timestamp: number): void {
    this.#ahead.forgetBefore(timestamp);
  }

  #add({ stream, timestamp, message }: Line, step: 1 | -1): boolean {
    const lines = this.#ahead.at(timestamp);
    const key = hash(`${timestamp} ${stream}\n${message}`);
    const before = lines.get(key) ?? 0;
    if (before + step === 0) lines.delete(key);
    else lines.set(key, before + step);
    return before * step >= 0;
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
