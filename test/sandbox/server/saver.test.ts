import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { Saver } from '../../../src/sandbox/server/persistence/saver.ts';
import { Storage } from '../../../src/sandbox/server/persistence/storage.ts';
import { TestWorld } from '../../support/world.ts';

/** Real milliseconds that each write takes at least, as for a large world. */
const WRITE = 40;

class SlowStorage extends Storage {
  writes = 0;

  override save(): void {
    this.writes += 1;
    for (const end = performance.now() + WRITE; performance.now() < end;);
  }
}

describe('What writes the sandbox’s state', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bk-stack-saver-'));
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('leaves the sandbox time for other work, however long a write takes', () => {
    const storage = new SlowStorage(directory);
    const saver = new Saver(new TestWorld([]), storage, () => undefined);
    const writesAfter = (milliseconds: number) => {
      for (let passed = 0; passed < milliseconds; passed += 1) {
        saver.changed();
        mock.timers.tick(1);
      }
      return storage.writes;
    };
    expect(writesAfter(299)).to.equal(0);
    expect(writesAfter(1)).to.equal(1);
    expect(writesAfter(20 * WRITE - 1)).to.equal(1);
    // On a slow machine the write took longer, and so does the time until the next.
    mock.timers.tick(1e9);
    expect(storage.writes).to.equal(2);
    saver.cancel();
  });
});
