import type { GroupPlace } from '../event.ts';

/** Whether CloudWatch can be read: groups lose it together, and people want to be told once. */
export class Connection {
  readonly #lost = new Set<GroupPlace>();
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void = () => undefined) {
    this.#say = say;
  }

  lost(place: GroupPlace, why: string): void {
    if (this.#lost.size === 0) this.#say(`The logs cannot be read (${why}). Trying on.`);
    this.#lost.add(place);
  }

  back(place: GroupPlace): void {
    if (this.#lost.delete(place) && this.#lost.size === 0) this.#say('The logs can be read again.');
  }
}
