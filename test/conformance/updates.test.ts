import { runSequences } from '../support/update-sequences.ts';

describe('500 sequences of updates, pauses and faults', function () {
  this.timeout(3_600_000);

  it('end consistent, never paused unseen, and lose no job', async () => {
    await runSequences(1_000, 1_500);
  });
});
