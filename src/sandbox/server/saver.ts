import type { World } from '../kernel/world.ts';
import type { Storage } from './storage.ts';

/** How long, in real milliseconds, changes are gathered before they are written. */
const GATHERING = 300;

/** Writes a world's state after changes, a while later, so that a burst of them is one write. */
export class Saver {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly world: World,
    private readonly storage: Storage,
    private readonly failed: (error: unknown) => void,
  ) {}

  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, GATHERING);
  }

  /** Writes now. */
  flush(): void {
    this.cancel();
    try {
      this.storage.save(this.world.state);
    } catch (error) {
      this.failed(error);
    }
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
