import { expect } from 'chai';
import { Interruptions } from '../support/interruptions.ts';

describe('bk-stack on 40 busy instances, to zero and back', function () {
  this.timeout(900_000);
  let interruptions: Interruptions;
  before(async () => {
    interruptions = new Interruptions();
    await interruptions.stack.start();
  });
  after(() => interruptions.stack.remove());

  it('killed at 20 random points: the same size, and no job lost', async () => {
    const { stack } = interruptions;
    const down = ['scale-to-zero', 'ci', '--wait'];
    const up = ['resume', 'ci'];
    const requests = { down: await interruptions.undisturbed(...down), up: [] as string[] };
    const zero = await stack.state();
    requests.up = await interruptions.undisturbed(...up);
    await stack.whole();
    const full = await stack.state();
    const killers = {
      down: interruptions.killer('auto-scaling CreateOrUpdateTags', 'auto-scaling SuspendProcesses'),
      up: interruptions.killer('auto-scaling UpdateAutoScalingGroup', 'auto-scaling ResumeProcesses'),
    };
    while (!killers.down.enough || !killers.up.enough) {
      await interruptions.killed(killers.down, Math.ceil(requests.down.length / 4), down);
      expect(await stack.state()).to.eql(zero);
      // Before the last request: one that gets through ends the round, and to be at zero again takes long.
      await interruptions.killed(killers.up, requests.up.length - 1, up);
      await stack.whole();
      expect(await stack.state()).to.eql(full);
      await interruptions.noJobIsLost();
    }
  });
});
