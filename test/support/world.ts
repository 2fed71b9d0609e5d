import { type BlobStore, MemoryBlobs } from '../../src/sandbox/kernel/blobs.ts';
import { type Service, World } from '../../src/sandbox/kernel/world.ts';
import { ManualTime } from '../../src/sandbox/kernel/time.ts';
import { emptyState, type WorldState } from '../../src/sandbox/kernel/state.ts';

/** A world whose time stands still until the test moves it. */
export class TestWorld extends World {
  constructor(
    services: readonly Service[],
    readonly time = new ManualTime(),
    state: WorldState = emptyState(time.now(), 1),
    blobs: BlobStore = new MemoryBlobs(),
  ) {
    super({ time, services, blobs, state });
  }

  /** Another world that is as this one is now. */
  copy(): TestWorld {
    const services = [...this.services()];
    return new TestWorld(services, new ManualTime(this.now()), structuredClone(this.state), this.blobs);
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
