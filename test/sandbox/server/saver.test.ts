import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Saver } from '../../../src/sandbox/server/persistence/saver.ts';
import { Storage } from '../../../src/sandbox/server/persistence/storage.ts';
import { TestWorld } from '../../support/world.ts';

/** Takes 40 ms for each write, as for a large world. */
class SlowStorage extends Storage {
  writes = 0;

  override save(): void {
    this.writes += 1;
    for (const end = performance.now() + 40; performance.now() < end;);
  }
}

describe('What writes the sandbox’s state', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bk-stack-saver-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('leaves the sandbox time for other work, however long a write takes', async () => {
    const storage = new SlowStorage(directory);
    const saver = new Saver(new TestWorld([]), storage, () => undefined);
    for (const end = performance.now() + 1200; performance.now() < end; await sleep(10)) saver.changed();
    saver.cancel();
    // After 300 ms, and 800 ms after that one.
    expect(storage.writes).to.be.within(1, 2);
  });
});
