import { Interruptions } from '../support/interruptions.ts';

describe('bk-stack on 40 busy instances, updating drained', function () {
  this.timeout(900_000);
  let interruptions: Interruptions;
  before(async () => {
    interruptions = new Interruptions();
    await interruptions.stack.start();
  });
  after(() => interruptions.stack.remove());

  it('killed at 20 random points: the same end, and no job lost', async () => {
    const aims = [
      ...['ssm PutParameter', 'auto-scaling SuspendProcesses'],
      ...['cloudformation ExecuteChangeSet', 'auto-scaling ResumeProcesses'],
    ];
    await interruptions.updatesKilled(['--strategy', 'drain'], aims, () => Promise.resolve());
  });
});
