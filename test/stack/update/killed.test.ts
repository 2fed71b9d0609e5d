import { expect } from 'chai';
import { PAUSED_TAG } from '../../../src/scaler/group/paused-tag.ts';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { capacityCalls } from '../../../src/stack/capacity/calls.ts';
import { rememberedSize, SIZE_TAG } from '../../../src/stack/capacity/group-size.ts';
import { awaitZero } from '../../../src/stack/capacity/await-zero.ts';
import { resumeGroup, scaleToZero } from '../../../src/stack/capacity/scale-to-zero.ts';
import { retryClockOf } from '../../../src/aws/retry.ts';
import { describeStack, type StackStatus } from '../../../src/stack/status/index.ts';
import { requireStackFacts } from '../../../src/stack/facts/stack-facts.ts';
import type { Answer } from '../../support/fleet.ts';
import { Killed } from '../../support/world-aws.ts';
import { halted, UpdatableStack } from '../../support/updatable.ts';

/** Runs something that is killed at random points, and what goes on with it until it has got to its end. */
async function killedOften(
  stack: UpdatableStack,
  random: () => number,
  first: () => Promise<unknown>,
  again: () => Promise<unknown>,
  /** Requests that one of them gets to make, at most. */
  most: number,
): Promise<number> {
  let kills = 0;
  for (let work = first; ;) {
    const begun = (await stack.journal()) !== undefined;
    if (kills < 20) stack.aws.killAfter = Math.floor(random() * (begun || first === again ? most : 60));
    try {
      await work();
      stack.aws.revive();
      return kills;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      kills += 1;
    }
    stack.aws.revive();
    // Nobody comes at once.
    await stack.pass(Math.floor(random() * 60));
    work = (await stack.journal()) === undefined ? first : again;
  }
}

describe('an update of 40 instances with 4 agents each, under load, killed 20 times', function () {
  this.timeout(600_000);

  const busy = async (seed: number) => {
    const stack = new UpdatableStack(seeded(seed));
    await stack.create({ MinSize: '40', MaxSize: '60', AgentsPerInstance: '4' });
    stack.load = 160;
    stack.jobSeconds = [30, 240];
    await stack.pass(300);
    stack.fewest = Infinity;
    return stack;
  };

  it('replaces all instances, loses no job, and keeps all of them in service', async () => {
    const stack = await busy(1);
    const random = seeded(2);
    const kills = await killedOften(
      stack,
      random,
      () => stack.update({ params: ['AgentsPerInstance=5'], batch: 25 }),
      () => stack.resume(),
      // Of which six look whether the update can go on.
      18,
    );
    expect(kills).to.equal(20);
    expect(stack.lost).to.equal(0);
    expect(stack.fewest).to.be.at.least(40);
    expect(Object.keys(await stack.versions())).to.eql(['2']);
    expect(await stack.parameter('AgentsPerInstance')).to.equal('5');
    expect(await stack.journal()).to.equal(undefined);
  });

  it('keeps the share in service that was asked for', async () => {
    const stack = await busy(3);
    await stack.update({ params: ['AgentsPerInstance=5'], batch: 0, minHealthy: 75 });
    expect(stack.lost).to.equal(0);
    expect(stack.fewest).to.equal(30);
    expect(Object.keys(await stack.versions())).to.eql(['2']);
  });

  it('drains, updates and resumes, and loses no job', async () => {
    const stack = await busy(4);
    const random = seeded(5);
    const kills = await killedOften(
      stack,
      random,
      () => stack.update({ params: ['AgentsPerInstance=5', 'MaxSize=50'], strategy: 'drain' }),
      () => stack.resume(),
      12,
    );
    expect(kills).to.equal(20);
    expect(stack.lost).to.equal(0);
    const { MinSize, MaxSize, DesiredCapacity, SuspendedProcesses, Tags } = await stack.group();
    expect([MinSize, MaxSize, DesiredCapacity]).to.eql([40, 50, 40]);
    expect(halted(SuspendedProcesses)).to.eql([]);
    expect(Tags.map(({ Key }: { Key: string }) => Key)).to.not.include('bk-stack:paused');
    await stack.pass(300);
    expect(await stack.versions()).to.eql({ '2': 40 });
  });

  it('goes to zero and comes back, and loses no job', async () => {
    const stack = await busy(6);
    const random = seeded(7);
    const group = (await stack.group()).AutoScalingGroupName as string;
    const { context } = stack.aws;
    const calls = capacityCalls(context);
    const down = async () => {
      await scaleToZero(calls, group);
      const waiting = { timeoutSeconds: 100_000, force: false, changed: () => undefined };
      await awaitZero(calls, group, retryClockOf(context), waiting);
    };
    const up = () => resumeGroup(calls, group);
    stack.watchesFewest = false;
    const kills = { down: 0, up: 0 };
    // A resumption is a few requests alone: it takes several rounds until it was killed often enough.
    while (kills.down < 20 || kills.up < 20) {
      kills.down += await killedOften(stack, random, down, down, 8);
      const zero = await stack.group();
      expect([zero.MinSize, zero.MaxSize, zero.DesiredCapacity, zero.Instances]).to.eql([0, 0, 0, []]);
      expect([rememberedSize({ tags: tagsOf(zero) }), tagsOf(zero)[PAUSED_TAG]]).to.eql([
        { min: 40, max: 60, desired: 40 },
        'scale-to-zero',
      ]);
      expect(problems(await describeStack(await requireStackFacts(context, 'ci')))).to.match(
        /The stack is paused/,
      );
      kills.up += await killedOften(stack, random, up, up, 4);
      const { MinSize, MaxSize, DesiredCapacity, SuspendedProcesses, ...full } = await stack.group();
      expect([MinSize, MaxSize, DesiredCapacity, halted(SuspendedProcesses)]).to.eql([40, 60, 40, []]);
      expect(tagsOf(full)).to.not.have.any.keys(PAUSED_TAG, SIZE_TAG);
      expect(problems(await describeStack(await requireStackFacts(context, 'ci')))).to.not.match(
        /paused|suspended/,
      );
      await stack.pass(300);
      expect(await stack.versions()).to.eql({ '1': 40 });
      expect(stack.lost).to.equal(0);
    }
  });
});

function tagsOf({ Tags }: Answer): Record<string, string> {
  return Object.fromEntries(Tags.map(({ Key, Value }: Answer) => [Key, Value]));
}

function problems({ problems: found }: StackStatus): string {
  return found.map(({ message }) => message).join('\n');
}
