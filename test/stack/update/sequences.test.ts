import { expect } from 'chai';
import { runSequences } from '../../support/update-sequences.ts';

describe('sequences of operations and faults', function () {
  this.timeout(600_000);

  it('end consistent, never paused unseen, and lose no job', async () => {
    const diary = (await runSequences(1, 41)).join('\n');
    // They have come by what they are to come by.
    for (const met of [
      /New instances do not come up/,
      /stopped by others/,
      /rolled it back/,
      /not drained in time/,
      /^killed$/m,
      /^resume$/m,
      /^cancel$/m,
    ]) {
      expect(diary).to.match(met);
    }
  });
});
