import { MemoryBlobs } from '../../src/sandbox/kernel/blobs.ts';
import type { Service } from '../../src/sandbox/kernel/service.ts';
import { ManualTime } from '../../src/sandbox/kernel/time.ts';
import { emptyState, World } from '../../src/sandbox/kernel/world.ts';

/** A world whose time stands still until the test moves it. */
export class TestWorld extends World {
  constructor(
    services: readonly Service[],
    readonly time = new ManualTime(),
  ) {
    super({ time, services, blobs: new MemoryBlobs(), state: emptyState(time.now(), 1) });
  }

  /** Lets `seconds` pass, running every timer at its own instant and the work each one starts. */
  async pass(seconds: number): Promise<void> {
    const until = this.now() + seconds * 1000;
    await this.settled();
    for (let next = this.nextWake(); next !== undefined && next <= until; next = this.nextWake()) {
      this.time.moveTo(next);
      this.runDue();
      await this.settled();
    }
    this.time.moveTo(until);
    this.runDue();
  }
}
