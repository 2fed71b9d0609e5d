/** A source of numbers in [0, 1) whose whole state is one integer, so that a snapshot can carry it. */
export interface RandomState {
  random: number;
}

/** The next number in [0, 1), by Mulberry32. */
export function nextRandom(state: RandomState): number {
  state.random = (state.random + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state.random ^ (state.random >>> 15), 1 | state.random);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const HEX = '0123456789abcdef';
const UPPER = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Ids in the shapes that AWS gives, drawn from the world's seed: the same run gives the same ids. */
export class Ids {
  constructor(private readonly state: RandomState) {}

  /** `prefix` and `length` hexadecimal digits: `hex('vpc-')` is `vpc-0a1b2c3d4e5f60718`. */
  hex(prefix: string, length = 17): string {
    return prefix + this.#draw(HEX, length);
  }

  /** The suffix CloudFormation gives a name it makes up: 13 upper-case letters and digits. */
  suffix(length = 13): string {
    return this.#draw(UPPER, length);
  }

  uuid(): string {
    const digits = this.#draw(HEX, 32);
    return [8, 12, 16, 20]
      .reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, digits)
      .replace(/^(.{14})./, '$14');
  }

  #draw(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[Math.floor(nextRandom(this.state) * alphabet.length)]).join(
      '',
    );
  }
}
