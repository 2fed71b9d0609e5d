import { join } from 'node:path';
import { expect } from 'chai';
import { root, runProcess } from '../../support/process.ts';

const MANY = join(root, 'test/support/tail-many.ts');

describe('tailing a million events', () => {
  it('loses and doubles none of a million, half a minute late, throttled, cut off, in pages that come twice', async function () {
    this.timeout(120_000);
    const { stdout, stderr } = await runProcess(process.execPath, ['--import', 'tsx', MANY]);
    const outcome = JSON.parse(stdout || `"${stderr}"`) as Record<string, number>;
    expect(outcome).to.include({ shown: 1_000_000, lost: 0, doubled: 0, disorder: 0 });
    expect(outcome['late']).to.be.greaterThan(1000);
  });
});
