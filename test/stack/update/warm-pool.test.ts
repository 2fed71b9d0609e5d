import { expect } from 'chai';
import { requireStackFacts } from '../../../src/stack/facts/stack-facts.ts';
import { listInstances } from '../../../src/stack/instances/list.ts';
import { stopInstances } from '../../../src/stack/instances/stop.ts';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { sdkError } from '../../support/world-aws.ts';
import { UpdatableStack } from '../../support/updatable.ts';

describe('an update of a stack with a warm pool', () => {
  const begun = async (params: Record<string, string> = {}) => {
    const stack = new UpdatableStack(seeded(1));
    await stack.create({ MinSize: '1', MaxSize: '4', AgentsPerInstance: '1', WarmPoolSize: '2', ...params });
    expect(await stack.warm()).to.eql(['Warmed:Stopped 1', 'Warmed:Stopped 1']);
    return stack;
  };

  it('replaces what is in the pool too, waits for no job there, and tells how far it is', async () => {
    const stack = await begun();
    stack.load = 2;
    // The rest of the time is the instances' own.
    stack.jobSeconds = [60, 120];
    const start = stack.world.now();
    const outcome = await stack.update({ params: ['AgentsPerInstance=2'] });
    expect(outcome.kind).to.equal('updated');
    expect(await stack.versions()).to.have.keys('2');
    expect(await stack.warm()).to.eql(['Warmed:Stopped 2', 'Warmed:Stopped 2']);
    expect(stack.said).to.include('The warm pool is made anew: 2 instances');
    // Waiting out the terminating hook would take fifteen minutes alone.
    expect((stack.world.now() - start) / 60_000).to.be.below(12);
    expect(stack.lost).to.equal(0);
  });

  it('makes the pool anew also where the group has no instance, and in place', async () => {
    for (const strategy of ['rolling', 'drain', 'in-place']) {
      const stack = await begun({ MinSize: '0' });
      await stack.update({ params: ['AgentsPerInstance=2'], strategy });
      await stack.pass(300);
      const ready = (await stack.warm()).filter((one) => !one.startsWith('Warmed:Terminating'));
      expect(ready, strategy).to.eql(['Warmed:Stopped 2', 'Warmed:Stopped 2']);
    }
  });

  it('leaves the pool alone where instances are launched as before', async () => {
    const stack = await begun();
    await stack.update({ params: ['Remark=other'] });
    expect(await stack.warm()).to.eql(['Warmed:Stopped 1', 'Warmed:Stopped 1']);
  });

  it('that is taken back leaves nothing of its version in the pool', async () => {
    const stack = await begun({ MinSize: '2' });
    stack.fail('boot');
    const error = await stack
      .update({ params: ['AgentsPerInstance=2'], minHealthy: 50, batch: 50 })
      .catch((failure: unknown) => failure as Error);
    expect(error).to.be.instanceOf(Error);
    stack.fail();
    await stack.pass(2_400);
    const version = (await stack.group()).LaunchTemplate.Version;
    expect(await stack.warm()).to.eql([`Warmed:Stopped ${version}`, `Warmed:Stopped ${version}`]);
    expect(await stack.versions()).to.have.keys('1', version);
  });

  it('changes its size, and ends it', async () => {
    const stack = await begun({ MinSize: '0' });
    await stack.update({ params: ['WarmPoolSize=1'] });
    await stack.pass(1_000);
    expect(await stack.warm()).to.eql(['Warmed:Stopped 1']);
    await stack.update({ params: ['WarmPoolSize=0'] });
    await stack.pass(60);
    expect(await stack.warm()).to.eql([]);
    expect((await stack.group()).WarmPoolConfiguration).to.equal(undefined);
  });
});

describe('the instances of a stack with a warm pool', () => {
  it('are listed with those of the pool, of which one that is stopped is replaced', async () => {
    const stack = new UpdatableStack(seeded(2));
    await stack.create({ MinSize: '1', MaxSize: '4', AgentsPerInstance: '1', WarmPoolSize: '1' });
    const { context } = stack.aws;
    const { instances } = await listInstances(await requireStackFacts(context, 'ci'));
    expect(instances.map(({ state }) => state).sort()).to.eql(['InService', 'Warmed:Stopped']);
    const warm = instances.find(({ state }) => state === 'Warmed:Stopped')!;
    const owned = { instanceId: warm.instanceId, group: stack.groupName, state: warm.state };
    expect(await stopInstances(context, [owned], false)).to.eql([
      { instanceId: warm.instanceId, outcome: 'replaced' },
    ]);
    await stack.pass(300);
    expect(await stack.warm()).to.eql(['Warmed:Terminating:Wait 1', 'Warmed:Stopped 1']);
    const pool = async () => (await (await requireStackFacts(context, 'ci')).groupState())?.warmPool;
    expect(await pool()).to.eql({ size: 1, wanted: 1, ready: 1, leaving: 1 });
    // Whoever may read the group need not be allowed to look into its pool.
    stack.aws.refuse = (_service, operation) =>
      operation === 'DescribeWarmPool' ? sdkError('AccessDenied', 'no', 403) : undefined;
    expect(await pool()).to.eql({ size: 2, wanted: 1 });
    stack.aws.refuse = () => undefined;
    await stack.pass(900);
    expect(await stack.warm()).to.eql(['Warmed:Stopped 1']);
  });
});
