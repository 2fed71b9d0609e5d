import { expect } from 'chai';
import { registerAgent } from '../../../src/sandbox/buildkite/agents.ts';
import { finishJob, nextJobFor } from '../../../src/sandbox/buildkite/dispatch.ts';
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

  it('go to agents that have every tag that they ask for', async () => {
    const world = new TestWorld([buildkite]);
    const agent = (name: string, ...tags: string[]) =>
      registerAgent(world, { name, tags: ['queue=q', ...tags], hostname: name, modelled: true });
    const windows = agent('windows', 'os=windows');
    const linux = agent('linux', 'os=linux', 'arch=arm64');
    const ask = (...agentQueryRules: string[]) => pushJob(world, { queue: 'q', agentQueryRules });
    const nobody = ask('os=linux', 'arch=amd64');
    const any = ask('os=*', 'arch=*');
    const one = ask('os=windows');
    await world.pass(5);
    expect(nobody.state).to.equal('scheduled');
    expect(any.agentId).to.equal(linux.id);
    expect(one.agentId).to.equal(windows.id);
  });

  it('are given to an agent that asks, if it has those tags', () => {
    const world = new TestWorld([buildkite]);
    pushJob(world, { queue: 'q', agentQueryRules: ['os=windows'] });
    const linux = registerAgent(world, { name: 'linux', tags: ['queue=q', 'os=linux'], hostname: 'linux' });
    expect(nextJobFor(buildkiteState(world), linux)).to.equal(undefined);
    const job = pushJob(world, { queue: 'q', agentQueryRules: ['os=linux'] });
    expect(nextJobFor(buildkiteState(world), linux)).to.equal(job);
  });
});
