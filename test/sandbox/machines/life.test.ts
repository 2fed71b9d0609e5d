import { expect } from 'chai';
import { buildkiteState } from '../../../src/sandbox/buildkite/state.ts';
import { runLives } from '../../../src/sandbox/machines/life.ts';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { UpdatableStack } from '../../support/updatable.ts';

describe('an idle instance at the least size of its group', () => {
  it('has agents again, also where they have left before the group said no', async () => {
    const stack = new UpdatableStack(seeded(1));
    await stack.create({ MinSize: '1', MaxSize: '2', AgentsPerInstance: '2' });
    const { world, scope } = stack;
    const agents = () => Object.values(buildkiteState(world).agents).filter(({ stopping }) => !stopping);
    expect(agents()).to.have.length(2);
    world.time.moveTo(world.now() + 3_600_000);
    runLives(world, scope.region);
    expect(agents(), 'they stop, being idle').to.eql([]);
    // The server that is behind looks again at once.
    runLives(world, scope.region);
    await world.settled();
    expect(agents()).to.have.length(2);
    await stack.pass(60);
    expect(agents()).to.have.length(2);
  });
});
