import { expect } from 'chai';
import { finishJob } from '../../../src/sandbox/buildkite/dispatch.ts';
import { buildkite } from '../../../src/sandbox/buildkite/index.ts';
import { describeJobs, pushJob } from '../../../src/sandbox/buildkite/jobs.ts';
import { buildkiteState } from '../../../src/sandbox/buildkite/state.ts';
import { TestWorld } from '../../support/world.ts';

describe('The jobs of the sandbox', () => {
  it('are in nobody’s way once they are over, and still told of, the oldest first', async () => {
    const world = new TestWorld([buildkite]);
    const first = pushJob(world, { queue: 'q' });
    await world.pass(1);
    const second = pushJob(world, { queue: 'q' });
    finishJob(world, second, '1');
    expect(Object.keys(buildkiteState(world).jobs)).to.eql([first.id]);
    expect(describeJobs(world).map(({ id, state, exitStatus }) => [id, state, exitStatus])).to.eql([
      [first.id, 'scheduled', undefined],
      [second.id, 'finished', '1'],
    ]);
  });
});
