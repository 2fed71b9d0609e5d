import { expect } from 'chai';
import { Interruptions, updating } from '../support/interruptions.ts';
import { INSTANCES } from '../support/loaded-stack.ts';

describe('bk-stack on 40 busy instances, updating rolling', function () {
  this.timeout(900_000);
  let interruptions: Interruptions;
  beforeEach(async () => {
    interruptions = new Interruptions();
    await interruptions.stack.start();
  });
  afterEach(() => interruptions.stack.remove());

  it('killed at 20 random points: the same end, no job lost, and no fewer instances in service than asked for', async () => {
    const aims = ['ssm PutParameter', 'cloudformation ExecuteChangeSet', 'auto-scaling StartInstanceRefresh'];
    await interruptions.updatesKilled(['--batch', '25', '--min-healthy', '100'], aims, async (since) => {
      expect(await interruptions.stack.fewestInService(since)).to.equal(INSTANCES);
    });
  });

  it('keeps the smaller share in service that was asked for', async () => {
    const { stack } = interruptions;
    const since = await stack.now();
    await interruptions.undisturbed(...updating(31, '--batch', '0', '--min-healthy', '75'));
    await stack.whole();
    expect(await stack.fewestInService(since)).to.equal(INSTANCES * 0.75);
    await interruptions.noJobIsLost();
  });
});
