import type { World } from '../../kernel/world.ts';
import type { Storage } from './storage.ts';

/** How long, in real milliseconds, changes are gathered before they are written. */
const GATHERING = 300;
/** Of a world so large that writing it takes long, for as many times as long: else it would do little besides. */
const TIMES_AS_LONG = 20;

/** Writes a world's state after changes, a while later, so that a burst of them is one write. */
export class Saver {
  #timer: NodeJS.Timeout | undefined;
  /** How long the last write took, in real milliseconds. */
  #took = 0;

  constructor(
    private readonly world: World,
    private readonly storage: Storage,
    private readonly failed: (error: unknown) => void,
  ) {}

  changed(): void {
    this.#timer ??= setTimeout(
      () => {
        this.flush();
      },
      Math.max(GATHERING, this.#took * TIMES_AS_LONG),
    );
  }

  /** Writes now. */
  flush(): void {
    this.cancel();
    const began = performance.now();
    try {
      this.storage.save(this.world.state);
    } catch (error) {
      this.failed(error);
    }
    this.#took = performance.now() - began;
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
