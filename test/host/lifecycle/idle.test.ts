import { expect } from 'chai';
import fc from 'fast-check';
import { queueMetrics } from '../../../src/sandbox/buildkite/metrics.ts';
import { buildkiteState } from '../../../src/sandbox/buildkite/state.ts';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { capacityCalls } from '../../../src/stack/capacity/calls.ts';
import { scaleGroup, type WantedSize } from '../../../src/stack/capacity/scale.ts';
import { groupOf, stack as evaluated } from '../../support/bk-stack-template.ts';
import type { Answer } from '../../support/fleet.ts';
import { UpdatableStack } from '../../support/updatable.ts';

const HOUR = 3_600;
/** Of the stack's template, and what two looks of the scaler take. */
const IDLE_SECONDS = 600;
const TWO_LOOKS = 20;
/** What Auto Scaling, the host program's next looks, the terminating hook and EC2 take one after the other. */
const ENDING_SECONDS = 60;

/** How many are desired and in service, and how many instances there are at all. */
async function sizeOf(stack: UpdatableStack) {
  const { DesiredCapacity, Instances } = await stack.group();
  const inService = Instances.filter(({ LifecycleState }: Answer) => LifecycleState === 'InService').length;
  return { desired: DesiredCapacity as number, inService: inService as number, instances: Instances.length };
}

const scale = (stack: UpdatableStack, wanted: WantedSize) =>
  scaleGroup(capacityCalls(stack.aws.context), 'ci', stack.groupName, wanted);

/** The parameter as the template has it, and as stacks have it that were made with an earlier one. */
async function protections(): Promise<Record<string, string>[]> {
  const standard = String(groupOf(await evaluated()).NewInstancesProtectedFromScaleIn);
  return [...new Set([standard, 'true', 'false'])].map((value) => ({ InstanceScaleInProtection: value }));
}

describe('idle instances end once desired is below them', function () {
  this.timeout(120_000);

  async function eachProtection(
    params: Record<string, string>,
    play: (stack: UpdatableStack) => Promise<void>,
  ): Promise<void> {
    for (const protection of await protections()) {
      const stack = new UpdatableStack(seeded(1));
      await stack.create({ AgentsPerInstance: '1', MaxSize: '10', ...params, ...protection });
      await play(stack);
      expect(await sizeOf(stack), JSON.stringify(protection)).to.eql({
        desired: 0,
        inService: 0,
        instances: 0,
      });
      expect(stack.lost).to.equal(0);
    }
  }

  it('on defaults, with six jobs running and update --keep-template --param MaxSize=2', () =>
    eachProtection({}, async (stack) => {
      for (let job = 0; job < 6; job++) stack.push(HOUR);
      await stack.pass(300);
      expect((await sizeOf(stack)).inService).to.equal(6);
      await stack.update({ params: ['MaxSize=2'], keepTemplate: true });
      // The jobs' end, and more than an hour after it.
      await stack.pass(2 * HOUR + 600);
    }));

  it('with MinSize=0 and DisableScaleIn=false, after scale --desired 3 and then --desired 0', () =>
    eachProtection({ MinSize: '0', DisableScaleIn: 'false' }, async (stack) => {
      await scale(stack, { desired: 3 });
      await stack.pass(300);
      await scale(stack, { desired: 0 });
      await stack.pass(HOUR);
    }));

  it('with MinSize=0 and DisableScaleIn=false, after scale --desired 3 alone', () =>
    eachProtection({ MinSize: '0', DisableScaleIn: 'false' }, async (stack) => {
      await scale(stack, { desired: 3 });
      await stack.pass(HOUR);
    }));

  it('with two instances of MinSize=2, after scale --min 0 --desired 0', () =>
    eachProtection({ MinSize: '2' }, async (stack) => {
      expect((await sizeOf(stack)).inService).to.equal(2);
      await scale(stack, { min: 0, desired: 0 });
      await stack.pass(HOUR);
    }));
});

/** What people, schedules and an update do to a group while its jobs run. */
type Event =
  | { readonly kind: 'resize'; readonly min: number; readonly max: number; readonly desired: number }
  | { readonly kind: 'schedule'; readonly min: number; readonly max: number; readonly desired: number }
  | { readonly kind: 'protect' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'unpause' };

const sizes = fc
  .tuple(fc.nat(3), fc.nat(9), fc.nat(9))
  .map(([min, more, above]) => ({ min, max: min + more, desired: Math.min(min + more, min + above) }));
const event: fc.Arbitrary<Event> = fc.oneof(
  sizes.map((size) => ({ kind: 'resize' as const, ...size })),
  sizes.map((size) => ({ kind: 'schedule' as const, ...size })),
  fc.constantFrom<Event>({ kind: 'protect' }, { kind: 'pause' }, { kind: 'unpause' }),
);

async function happen(stack: UpdatableStack, event: Event): Promise<void> {
  const on = (operation: string, input: object = {}) =>
    stack.call('autoscaling', operation, { AutoScalingGroupName: stack.groupName, ...input });
  const calls = capacityCalls(stack.aws.context);
  switch (event.kind) {
    case 'resize':
      await calls.resize(stack.groupName, event);
      return;
    case 'schedule':
      await on('PutScheduledUpdateGroupAction', {
        ScheduledActionName: 'night',
        StartTime: new Date(stack.world.now() + 60_000),
        ...{ MinSize: event.min, MaxSize: event.max, DesiredCapacity: event.desired },
      });
      return;
    case 'protect': {
      const { Instances } = await stack.group();
      const InstanceIds = Instances.filter(
        ({ LifecycleState }: Answer) => LifecycleState === 'InService',
      ).map(({ InstanceId }: Answer) => InstanceId);
      if (InstanceIds.length > 0)
        await on('SetInstanceProtection', { InstanceIds, ProtectedFromScaleIn: true });
      return;
    }
    case 'pause':
      await calls.tag(stack.groupName, { 'bk-stack:paused': 'by hand' });
      return;
    case 'unpause':
      await calls.untag(stack.groupName, ['bk-stack:paused']);
  }
}

/** Lets time pass until no job runs or can run, and nothing launches. */
async function untilQuiet(stack: UpdatableStack): Promise<void> {
  for (let waited = 0; waited < 4 * HOUR; waited += 10) {
    const { Instances, Tags } = await stack.group();
    const { jobs } = queueMetrics(buildkiteState(stack.world), 'q');
    const launching = Instances.some(({ LifecycleState }: Answer) => LifecycleState.startsWith('Pending'));
    const paused = Tags.some(({ Key }: Answer) => Key === 'bk-stack:paused');
    // Jobs wait for ever for a paused group, or one that may have no instances.
    const waiting = !paused && (await stack.group()).MaxSize > 0 ? jobs.scheduled : 0;
    if (jobs.running + waiting === 0 && !launching) return;
    await stack.pass(10);
  }
  throw new Error('jobs still run');
}

describe('a group without jobs', function () {
  this.timeout(300_000);

  it('comes to its minimum within an idle period, loses no job and launches nothing for it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(),
          agents: fc.integer({ min: 1, max: 4 }),
          size: sizes,
          warm: fc.constantFrom(0, 0, 2),
          disableScaleIn: fc.boolean(),
          protection: fc.boolean(),
          jobs: fc.array(fc.integer({ min: 20, max: 900 }), { maxLength: 20 }),
          events: fc.array(fc.tuple(fc.integer({ min: 30, max: 600 }), event), { maxLength: 4 }),
        }),
        async ({ seed, agents, size, warm, disableScaleIn, protection, jobs, events }) => {
          const stack = new UpdatableStack(seeded(seed));
          await stack.create({
            AgentsPerInstance: String(agents),
            MinSize: String(size.min),
            MaxSize: String(size.max),
            WarmPoolSize: String(warm),
            DisableScaleIn: String(disableScaleIn),
            InstanceScaleInProtection: String(protection),
          });
          await happen(stack, { kind: 'resize', ...size });
          for (const seconds of jobs) stack.push(seconds);
          for (const [after, each] of events) {
            await stack.pass(after);
            await happen(stack, each);
          }
          await stack.pass(120);
          await untilQuiet(stack);
          const before = new Set((await stack.group()).Instances.map(({ InstanceId }: Answer) => InstanceId));
          await stack.pass(IDLE_SECONDS + TWO_LOOKS + ENDING_SECONDS);
          const { MinSize } = await stack.group();
          const atMinimum = { desired: MinSize, inService: MinSize, instances: MinSize };
          expect(await sizeOf(stack)).to.eql(atMinimum);
          await stack.pass(2 * IDLE_SECONDS);
          expect(await sizeOf(stack)).to.eql(atMinimum);
          const { Instances } = await stack.group();
          expect(Instances.filter(({ InstanceId }: Answer) => !before.has(InstanceId))).to.eql([]);
          expect(stack.lost).to.equal(0);
        },
      ),
      { numRuns: 40 },
    );
  });
});
