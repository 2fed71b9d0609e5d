import type { GroupTarget } from '../event.ts';

/** Whether CloudWatch can be read: groups lose it together, and people want to be told once. */
export class Connection {
  readonly #lost = new Set<GroupTarget>();
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void = () => undefined) {
    this.#say = say;
  }

  lost(target: GroupTarget, why: string): void {
    if (this.#lost.size === 0) this.#say(`The logs cannot be read (${why}). Trying on.`);
    this.#lost.add(target);
  }

  back(target: GroupTarget): void {
    if (this.#lost.delete(target) && this.#lost.size === 0) this.#say('The logs can be read again.');
  }
}
