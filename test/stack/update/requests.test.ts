import { expect } from 'chai';
import { requireStackFacts } from '../../../src/stack/facts/stack-facts.ts';
import { listInstances } from '../../../src/stack/instances/list.ts';
import { instancesText } from '../../../src/stack/instances/text.ts';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { UpdatableStack } from '../../support/updatable.ts';

async function updated(instances: number) {
  const stack = new UpdatableStack(seeded(1));
  const size = String(instances);
  await stack.create({ MinSize: size, MaxSize: size, AgentsPerInstance: '1' });
  stack.watchesFewest = false;
  await stack.update({ params: ['AgentsPerInstance=2'], batch: 100 });
  expect(Object.keys(await stack.versions())).to.eql(['2']);
  const requests = [...stack.aws.requests.values()].reduce((sum, count) => sum + count, 0);
  return { stack, requests };
}

describe('an update with a checkpoint', () => {
  it('pauses there, and replaces the rest afterwards', async () => {
    const stack = new UpdatableStack(seeded(1));
    await stack.create({ MinSize: '4', MaxSize: '4', AgentsPerInstance: '1' });
    const begun = stack.world.now();
    let half: Record<string, number> = {};
    stack.at(2_400, async () => (half = await stack.versions()));
    await stack.update({ params: ['AgentsPerInstance=2'], batch: 50, checkpoint: '50' });
    // Those that are to come next may be up already, as new ones are launched first.
    expect(half['1']).to.equal(2);
    expect(await stack.versions()).to.eql({ '2': 4 });
    expect((stack.world.now() - begun) / 1000).to.be.within(3_600, 5_400);
  });
});

describe('an update whose instances do not come up', () => {
  it('ends also where those it took none do either, and AWS goes on cancelling', async () => {
    const stack = new UpdatableStack(seeded(1));
    await stack.create({ MinSize: '2', MaxSize: '4', AgentsPerInstance: '1' });
    stack.fail('boot');
    const begun = stack.world.now();
    const error = await stack.update({ params: ['AgentsPerInstance=2'], minHealthy: 50, batch: 50 }).then(
      () => undefined,
      (failure: unknown) => failure as Error,
    );
    expect(error?.message).to.match(/is as it was before\.\nNew instances do not come up/);
    expect(stack.said.at(-1)).to.match(/still being cancelled/);
    expect((stack.world.now() - begun) / 60_000).to.be.within(15, 75);
    expect(await stack.parameter('AgentsPerInstance')).to.equal('1');
    expect(await stack.journal()).to.equal(undefined);
    stack.fail();
    await stack.pass(2_400);
    expect(Object.values(await stack.versions())).to.eql([1, 1]);
  });
});

describe('an update of 1,000 instances', function () {
  this.timeout(600_000);

  it('asks AWS no more often than instances/50 beside what a small one takes', async () => {
    const few = await updated(10);
    const many = await updated(1000);
    expect(many.requests - few.requests).to.be.at.most(1000 / 50);
    const { context } = many.stack.aws;
    const before = many.stack.aws.requests.get('DescribeInstances') ?? 0;
    const list = await listInstances(await requireStackFacts(context, 'ci'));
    expect(list.instances).to.have.length(1000);
    expect((many.stack.aws.requests.get('DescribeInstances') ?? 0) - before).to.be.at.most(2);
    const plain = (text: string) => text;
    const theme = {
      ...{ stack: plain, command: plain, good: plain, busy: plain },
      ...{ bad: plain, dim: plain, heading: plain },
    };
    const lines = instancesText(list, many.stack.world.now(), theme).split('\n');
    expect(lines).to.have.length(202);
    expect(lines.at(-1)).to.match(/800 more in service/);
  });
});
