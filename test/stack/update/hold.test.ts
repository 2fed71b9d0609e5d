import { expect } from 'chai';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { held, takeOver } from '../../../src/stack/update/hold.ts';
import type { Journal } from '../../../src/stack/update/journal.ts';
import { updateServices } from '../../../src/stack/update/site.ts';
import { Killed } from '../../support/world-aws.ts';
import { UpdatableStack } from '../../support/updatable.ts';

const JOURNAL: Journal = {
  ...{ id: 'u', stackName: 'ci', stackId: 'arn', phase: 'updating', strategy: 'rolling' },
  ...{ startedAt: '2026-11-27T00:00:00.000Z', by: 'arn:ann', changeSetId: 'set', resources: 1 },
  former: { bucket: 'b', key: 'k' },
};

const small = async (size = '4') => {
  const stack = new UpdatableStack(seeded(1));
  await stack.create({ MinSize: size, MaxSize: size, AgentsPerInstance: '1' });
  return stack;
};
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

describe('an update that two carry out', () => {
  const refreshes = async (stack: UpdatableStack) => {
    const { InstanceRefreshes } = await stack.call('autoscaling', 'DescribeInstanceRefreshes', {
      AutoScalingGroupName: stack.groupName,
    });
    return (InstanceRefreshes as unknown[]).length;
  };

  it('is gone on with by one of two that resume it at the same time', async () => {
    const stack = await small();
    stack.at(300, () => (stack.aws.killAfter = 0));
    expect(await failure(stack.update({ params: ['AgentsPerInstance=2'] }))).to.be.instanceOf(Killed);
    stack.aws.revive();
    expect(await stack.journal()).to.match(/"phase":"replacing"/);
    const errors = await Promise.all([failure(stack.resume()), failure(stack.resume())]);
    const stopped = errors.filter((error) => error !== undefined);
    expect(stopped.map(({ message }) => message)).to.have.length(1);
    expect(stopped[0]?.message).to.match(
      /is under way, and this bk-stack carries it out no more\. A bk-stack on/,
    );
    expect(await refreshes(stack)).to.equal(1);
    expect(await stack.versions()).to.eql({ '2': 4 });
    expect(await stack.journal()).to.equal(undefined);
  });

  it('is taken over from one that still watches, which stops within seconds', async () => {
    const stack = await small();
    let resumed: Promise<Error | undefined> | undefined;
    let takenAt = 0;
    stack.at(300, () => {
      takenAt = stack.world.now();
      resumed = failure(stack.resume());
    });
    const error = await failure(stack.update({ params: ['AgentsPerInstance=2'] }));
    expect(error?.message).to.match(/carries it out no more/);
    expect((stack.world.now() - takenAt) / 1000).to.be.at.most(60);
    expect(await resumed).to.equal(undefined);
    expect(await stack.versions()).to.eql({ '2': 4 });
    expect(await stack.journal()).to.equal(undefined);
  });

  it('is taken back, and whoever watched it does not go on', async () => {
    const stack = await small();
    let cancelled: Promise<Error | undefined> | undefined;
    stack.at(300, () => {
      cancelled = failure(stack.cancel());
    });
    const error = await failure(stack.update({ params: ['AgentsPerInstance=2'] }));
    expect(error?.message).to.match(/carries it out no more/);
    expect(await cancelled).to.equal(undefined);
    expect(await stack.parameter('AgentsPerInstance')).to.equal('1');
    expect(await refreshes(stack)).to.equal(1);
    expect(await stack.journal()).to.equal(undefined);
  });
});

describe('the journal of an update that was taken over', () => {
  const two = async () => {
    const stack = await small('1');
    const sites = await Promise.all(
      [1, 2].map(() => updateServices(stack.aws.context, new AbortController().signal)),
    );
    const [first, second] = sites.map((site) => ({ free: site, own: held(site, 'ci') }));
    await first!.free.journals.open({ ...JOURNAL, holder: first!.free.holder });
    return { stack, first: first!, second: second! };
  };

  it('is not written by the one before', async () => {
    const { stack, first, second } = await two();
    await first.own.journals.write({ ...JOURNAL, holder: first.free.holder, phase: 'replacing' });
    await takeOver(second.free, { ...JOURNAL, phase: 'undoing' });
    const error = await failure(first.own.journals.write({ ...JOURNAL, phase: 'ending' }));
    expect(error?.message).to.match(/carries it out no more/);
    expect(await stack.journal()).to.match(/"phase":"undoing"/);
    expect((await failure(first.own.journals.close('ci')))?.message).to.match(/carries it out no more/);
    expect(await stack.journal()).to.match(/"phase":"undoing"/);
  });

  it('is not brought back when the update has ended, nor is that of the next touched', async () => {
    const { stack, first, second } = await two();
    await takeOver(second.free, JOURNAL);
    await second.own.journals.close('ci');
    expect((await failure(first.own.journals.write(JOURNAL)))?.message).to.match(/^No update .* any more/);
    expect(await stack.journal()).to.equal(undefined);
    await second.free.journals.open({ ...JOURNAL, id: 'next', holder: second.free.holder });
    expect((await failure(first.own.journals.close('ci')))?.message).to.match(/carries it out no more/);
    expect(await stack.journal()).to.match(/"id":"next"/);
    await second.own.journals.close('ci');
    // Read before that, and written after it.
    expect((await failure(takeOver(first.free, JOURNAL)))?.message).to.match(/^No update .* any more/);
    expect(await stack.journal()).to.equal(undefined);
  });

  it('ends once, also where it is not known whether it did', async () => {
    const { stack, first } = await two();
    await first.own.journals.close('ci');
    await first.own.journals.close('ci');
    expect(await stack.journal()).to.equal(undefined);
  });

  it('is waited for where AWS cannot be reached', async () => {
    const { stack, first, second } = await two();
    stack.aws.refuse = () => Object.assign(new Error('hang up'), { code: 'ECONNRESET' });
    await first.own.retry.pause(30);
    stack.aws.refuse = () => undefined;
    await first.own.retry.pause(30);
    await takeOver(second.free, JOURNAL);
    expect((await failure(first.own.retry.pause(30)))?.message).to.match(/carries it out no more/);
  });
});
