import { AS_GIVEN } from '../../../src/shell/printed.ts';
import { expect } from 'chai';
import { InterruptedError, type OperationError } from '../../../src/errors.ts';
import { PAUSED_TAG } from '../../../src/scaler/group/paused-tag.ts';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { capacityCalls } from '../../../src/stack/capacity/calls.ts';
import { SIZE_TAG } from '../../../src/stack/capacity/group-size.ts';
import { resumeGroup } from '../../../src/stack/capacity/scale-to-zero.ts';
import { deleteStack, planDeletion, surveyForDeletion } from '../../../src/stack/deletion/index.ts';
import type { Journal } from '../../../src/stack/update/execution/journal/journal.ts';
import { DeletableStack, DEFAULT_REQUEST, FORMER_TEMPLATE } from '../../support/deletable.ts';
import type { Answer } from '../../support/fleet.ts';
import { Killed, sdkError } from '../../support/world-aws.ts';

/** Seconds after the last job, or after an end that waits for none. */
const SOON = 300;
const AT_ONCE = 180;

async function failureOf(work: Promise<unknown>): Promise<OperationError> {
  return (await work.then(
    () => expect.fail('it should fail'),
    (reason: unknown) => reason,
  )) as OperationError;
}

describe('deleting a stack with instances', function () {
  this.timeout(120_000);
  let stack: DeletableStack;
  beforeEach(() => {
    stack = new DeletableStack();
  });
  afterEach(() => {
    stack.dispose();
  });

  /** Two instances, both with a job of ten minutes where they are busy. */
  const started = async (params: Record<string, string> = {}, busy = true) => {
    await stack.start({ MinSize: '2', ...params });
    if (busy) for (const seconds of [600, 500]) stack.push(seconds);
    await stack.pass(60);
    expect(stack.running).to.equal(busy ? 2 : 0);
  };
  const seconds = async (work: () => Promise<unknown>) => {
    const began = stack.now;
    await work();
    return stack.now - began;
  };
  const nothingLeft = async () => {
    expect(await stack.status()).to.equal('DELETE_COMPLETE');
    expect([await stack.instances(), await stack.tokens()]).to.eql([0, 0]);
  };
  /** Whether a deletion came to its end, or nothing was left to delete; otherwise it was killed. */
  const overAfter = async (work: () => Promise<unknown>) => {
    const failure = await work().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    stack.aws.revive();
    if (failure instanceof Killed) return false;
    if (failure !== undefined && !/There is no stack named ci/.test(failure.message)) throw failure;
    return true;
  };
  const onGroup = (operation: string, input: object) =>
    stack.call('autoscaling', operation, { AutoScalingGroupName: stack.groupName, ...input });
  const protect = async (wanted: boolean) =>
    onGroup('SetInstanceProtection', {
      InstanceIds: (await stack.group()).Instances.map(({ InstanceId }: Answer) => InstanceId),
      ProtectedFromScaleIn: wanted,
    });

  for (const InstanceScaleInProtection of ['true', 'false']) {
    for (const busy of [true, false]) {
      for (const Hooks of ['resources', 'inside', 'none']) {
        const which = `protection ${InstanceScaleInProtection}, ${busy ? 'busy' : 'idle'}, hooks ${Hooks}`;
        const params = { InstanceScaleInProtection, Hooks };

        it(`forced ends the instances and their jobs at once: ${which}`, async () => {
          await started(params, busy);
          let result: unknown;
          expect(await seconds(async () => (result = await stack.delete({ force: true })))).to.be.below(
            AT_ONCE,
          );
          expect(result).to.include({ instances: 2, runningJobs: busy ? 2 : 0, drained: false });
          await nothingLeft();
          expect(stack.lost).to.equal(busy ? 2 : 0);
        });

        if (Hooks === 'resources') {
          it(`lets jobs finish first: ${which}`, async () => {
            await started(params, busy);
            let result: unknown;
            const took = await seconds(async () => (result = await stack.delete()));
            expect(took).to.be.below(busy ? 600 + SOON : AT_ONCE);
            expect(result).to.include({ instances: 2, runningJobs: busy ? 2 : 0, drained: true });
            expect(result).to.have.property('elapsedSeconds').closeTo(took, 10);
            await nothingLeft();
            expect(stack.lost).to.equal(0);
          });
        } else if (busy) {
          it(`refuses, and changes nothing: ${which}`, async () => {
            await started(params, busy);
            const before = await stack.group();
            const refused = await failureOf(stack.delete());
            expect(refused.message).to.contain('bk-stack-terminating').and.contain('2 running jobs');
            expect(refused.hint).to.contain(`bk-stack delete ci --region us-east-1 ${AS_GIVEN} --force`);
            expect(await stack.group()).to.eql(before);
            expect([await stack.status(), await stack.tokens()]).to.eql(['CREATE_COMPLETE', 1]);
          });
        } else {
          it(`ends idle instances at once: ${which}`, async () => {
            await started(params, busy);
            expect(await seconds(() => stack.delete())).to.be.below(AT_ONCE);
            await nothingLeft();
          });
        }
      }
    }
  }

  it('takes jobs that cannot be counted for running ones', async () => {
    await started({ Hooks: 'none' }, false);
    globalThis.fetch = () => Promise.resolve(new Response('', { status: 401 }));
    const refused = await failureOf(stack.delete());
    expect(refused.message).to.contain('Buildkite refuses the agent token');
    expect(await stack.status()).to.equal('CREATE_COMPLETE');
    // Where they drain, nobody has to know.
    await onGroup('PutLifecycleHook', {
      LifecycleHookName: 'bk-stack-terminating',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      ...{ HeartbeatTimeout: 900, DefaultResult: 'CONTINUE' },
    });
    await stack.delete();
    await nothingLeft();
  });

  it('does not ask for jobs where nothing runs', async () => {
    await stack.start({ MinSize: '0', Hooks: 'none' });
    globalThis.fetch = () => Promise.reject(new Error('nobody should ask'));
    expect(await stack.delete())
      .to.include({ instances: 0 })
      .and.not.have.property('runningJobs');
    await nothingLeft();
  });

  it('refuses where the hook is there, and nothing on the instances completes it', async () => {
    await started({ Hooks: 'none', Program: 'curl -fsS https://example.com/their-own-boot | bash' });
    await onGroup('PutLifecycleHook', {
      LifecycleHookName: 'bk-stack-terminating',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    const refused = await failureOf(stack.delete());
    expect(refused.message).to.contain("its instances don't run bk-stack's host program");
    expect(await stack.status()).to.equal('CREATE_COMPLETE');
    await stack.delete({ force: true });
    await nothingLeft();
  });

  it('goes by the hook alone where it may not look at launch templates', async () => {
    await started({}, true);
    stack.aws.refuse = (_service, operation) =>
      operation === 'DescribeLaunchTemplateVersions'
        ? sdkError('UnauthorizedOperation', 'You may not', 403)
        : undefined;
    expect(await stack.delete()).to.include({ drained: true, runningJobs: 2 });
    expect(stack.lost).to.equal(0);
  });

  it('ends an instance that was protected by hand, and one that was booting', async () => {
    await started({ InstanceScaleInProtection: 'false' });
    await protect(true);
    stack.load = 3;
    await onGroup('SetDesiredCapacity', { DesiredCapacity: 3 });
    const states = async () =>
      (await stack.group()).Instances.map(({ LifecycleState }: Answer) => LifecycleState);
    for (let waited = 0; waited < 60 && !(await states()).includes('Pending:Wait'); waited += 5)
      await stack.pass(5);
    expect(await states()).to.include('Pending:Wait');
    stack.load = 0;
    await stack.delete();
    await nothingLeft();
    expect(stack.lost).to.equal(0);
  });

  it('keeps the scaler, a schedule and an instance refresh from bringing instances back', async () => {
    await started();
    // More jobs than agents, all the time.
    stack.load = 6;
    await onGroup('PutScheduledUpdateGroupAction', {
      ScheduledActionName: 'morning',
      Recurrence: '* * * * *',
      ...{ MinSize: 2, MaxSize: 5, DesiredCapacity: 4 },
    });
    await onGroup('StartInstanceRefresh', {
      Preferences: {
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: 110,
        ScaleInProtectedInstances: 'Wait',
      },
    });
    let refreshes: Answer;
    stack.at(60, async () => {
      refreshes = (await onGroup('DescribeInstanceRefreshes', {})).InstanceRefreshes;
    });
    expect(await seconds(() => stack.delete())).to.be.below(600 + SOON);
    expect(refreshes[0].Status).to.match(/^Cancell/);
    await nothingLeft();
    expect(stack.lost).to.equal(0);
  });

  it('keeps the agent token as long as there are instances', async () => {
    await started();
    const tokens: number[] = [];
    for (const second of [30, 200, 400]) stack.at(second, async () => tokens.push(await stack.tokens()));
    await stack.delete();
    expect(tokens).to.eql([1, 1, 1]);
    await nothingLeft();
  });

  it('takes the warm pool along', async () => {
    await started({ WarmPoolSize: '2' });
    await stack.pass(300);
    expect(await stack.warm()).to.eql(['Warmed:Stopped 1', 'Warmed:Stopped 1']);
    await stack.delete();
    await nothingLeft();
    expect(stack.lost).to.equal(0);
  });

  it('gives up after the time that jobs may take, keeps the stack, and goes on when asked again', async () => {
    await started();
    const failure = await failureOf(stack.delete({}, 120));
    expect(failure.message).to.contain('2 instances still there after 120 seconds');
    expect(failure.hint).to.contain(`bk-stack delete ci ${AS_GIVEN} --force`);
    expect(await stack.status()).to.equal('CREATE_COMPLETE');
    expect((await stack.group()).Tags).to.deep.include.members([
      {
        Key: SIZE_TAG,
        Value: '2/100/2',
        ResourceId: stack.groupName,
        ResourceType: 'auto-scaling-group',
        PropagateAtLaunch: false,
      },
    ]);
    await stack.delete();
    await nothingLeft();
    expect(stack.lost).to.equal(0);
  });

  it('stops where somebody wants the stack back', async () => {
    await started();
    stack.at(60, () => resumeGroup(capacityCalls(stack.aws.context), stack.groupName));
    const failure = await failureOf(stack.delete());
    expect(failure.message).to.contain('ci was resumed');
    expect(await stack.status()).to.equal('CREATE_COMPLETE');
    expect(await stack.group()).to.include({ MinSize: 2, MaxSize: 100 });
    expect(stack.lost).to.equal(0);
  });

  it('tells whoever interrupts the draining how to go on and how to have the stack back', async () => {
    await started();
    const stop = new AbortController();
    const { context } = stack.aws;
    const plan = planDeletion(await surveyForDeletion(context, 'ci'), DEFAULT_REQUEST);
    const wait = async (period: number) => {
      await context.wait(period);
      stop.abort();
      stop.signal.throwIfAborted();
    };
    const failure = await failureOf(
      deleteStack(Object.assign(Object.create(context) as typeof context, { wait }), plan, {
        ...stack.watching(stop.signal),
        drainSeconds: 600,
      }),
    );
    expect(failure).to.be.instanceOf(InterruptedError);
    expect(failure.hint).to.match(/bk-stack delete ci \[flags\]\n.*bk-stack resume ci$/);
    expect(await stack.status()).to.equal('CREATE_COMPLETE');
  });

  it('drops an update that was cut short, before it empties the group', async () => {
    await started();
    const journal: Partial<Journal> = {
      phase: 'replacing',
      by: 'someone',
      startedAt: '2026-11-24T10:00:00Z',
    };
    await stack.call('ssm', 'PutParameter', {
      ...{ Name: '/bk-stack/ci/update', Type: 'String', Value: JSON.stringify(journal) },
    });
    stack.at(15, async () => {
      expect(await stack.journal()).to.equal(undefined);
    });
    await stack.delete();
    await nothingLeft();
    expect(stack.lost).to.equal(0);
  });

  describe('that CloudFormation is deleting already', () => {
    it('lets go of protected instances, in seconds', async () => {
      await started({}, false);
      await stack.deleteByHand();
      await stack.pass(120);
      expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_IN_PROGRESS', 2]);
      expect(await seconds(() => stack.delete())).to.be.below(AT_ONCE);
      await nothingLeft();
      expect(stack.said.join('\n')).to.contain('Scale-in protection removed from 2 instances');
    });

    it('lets jobs finish that its hooks hold, and those of a warm pool go at once', async () => {
      await started({ WarmPoolSize: '2' });
      await stack.pass(300);
      const lastJob = stack.now + 600;
      await stack.deleteByHand();
      await stack.pass(60);
      const result = await stack.delete();
      expect(result).to.include({ instances: 2, runningJobs: 2, drained: true });
      expect(result.kept, 'the hooks went with their group').to.eql([]);
      expect(stack.now).to.be.below(lastJob + SOON);
      await nothingLeft();
      expect(stack.lost).to.equal(0);
    });

    it('ends jobs that its hooks hold where that is forced', async () => {
      await started({ InstanceScaleInProtection: 'false' });
      await stack.deleteByHand();
      await stack.pass(60);
      expect(await seconds(() => stack.delete({ force: true }))).to.be.below(AT_ONCE);
      await nothingLeft();
      expect(stack.lost).to.equal(2);
    });

    it('loses no job either where nobody else looks after it', async () => {
      await started({ InstanceScaleInProtection: 'false' });
      await stack.deleteByHand();
      await stack.pass(600 + SOON);
      expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_COMPLETE', 0]);
      expect(stack.lost).to.equal(0);
    });

    it('fails after an hour of a longer job, and is finished when that is done', async () => {
      await started({ InstanceScaleInProtection: 'false' }, false);
      stack.push(6_000);
      await stack.pass(30);
      await stack.deleteByHand();
      await stack.pass(3_700);
      expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_FAILED', 1]);
      expect(await seconds(() => stack.delete())).to.be.within(1_800, 2_270 + SOON);
      await nothingLeft();
      expect(stack.lost).to.equal(0);
    });

    it('ends jobs on a stack of a former version: its hooks are gone', async () => {
      stack.dispose();
      stack = new DeletableStack(undefined, FORMER_TEMPLATE);
      await started();
      await stack.deleteByHand();
      await stack.pass(120);
      expect(await seconds(() => stack.delete())).to.be.below(AT_ONCE);
      await nothingLeft();
      expect(stack.lost).to.equal(2);
    });

    it('leaves instances that still drain by a hook of their own until they are forced', async () => {
      const hook = {
        LifecycleHookName: 'bk-stack-terminating',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        ...{ HeartbeatTimeout: 900, DefaultResult: 'CONTINUE' },
      };
      await started({ Hooks: 'none', InstanceScaleInProtection: 'false' });
      await onGroup('PutLifecycleHook', hook);
      await stack.deleteByHand();
      await stack.pass(60);
      expect(await seconds(() => stack.delete())).to.be.above(300);
      await nothingLeft();
      expect(stack.lost).to.equal(0);
    });

    it('finishes what has failed after an hour', async () => {
      await started({}, false);
      await stack.deleteByHand();
      await stack.pass(3_800);
      expect(await stack.status()).to.equal('DELETE_FAILED');
      expect(await seconds(() => stack.delete())).to.be.below(AT_ONCE);
      await nothingLeft();
    });

    it('says so where it may not let them go', async () => {
      await started({}, false);
      await stack.deleteByHand();
      await stack.pass(60);
      stack.aws.refuse = (_service, operation) =>
        operation === 'SetInstanceProtection' ? sdkError('AccessDenied', 'You may not', 403) : undefined;
      const failure = await failureOf(stack.delete());
      expect(stack.said.filter((line) => line.includes('You may not'))).to.have.length(1);
      expect(failure.message).to.contain('could not be deleted (DELETE_FAILED)');
      // A group that is retained leaves its instances running.
      expect(failure.hint).to.contain('bk-stack delete ci --region us-east-1').and.not.contain('--retain');
    });
  });

  describe('that failed to be created', () => {
    /** With a resource that is refused once an instance is up. */
    const failing = async (params: Record<string, string> = {}) => {
      await stack.start({ MinSize: '1', Remark: '', ...params }).catch(() => undefined);
      expect(await stack.instances()).to.equal(1);
    };

    it('waits for a rollback that nobody watches, lets it end, and deletes what is left', async () => {
      await failing();
      expect(await stack.status()).to.equal('ROLLBACK_IN_PROGRESS');
      expect(await seconds(() => stack.delete())).to.be.below(AT_ONCE);
      await nothingLeft();
    });

    it('ends a creation at whatever second it is', async () => {
      const seen = new Set<string>();
      for (let second = 2; second < 16; second += 1) {
        stack.dispose();
        stack = new DeletableStack();
        await stack.begin({ MinSize: '1' });
        await stack.world.pass(second);
        seen.add(`${await stack.status()}, ${await stack.instances()} instances`);
        expect(await seconds(() => stack.delete()), `second ${second}`).to.be.below(AT_ONCE);
        await nothingLeft();
      }
      expect([...seen]).to.include.members([
        'CREATE_IN_PROGRESS, 0 instances',
        'CREATE_IN_PROGRESS, 1 instances',
        'CREATE_COMPLETE, 1 instances',
      ]);
    });

    it('deletes what a failed rollback has left', async () => {
      await failing();
      await stack.world.pass(3_800);
      expect(await stack.status()).to.equal('ROLLBACK_FAILED');
      expect(await seconds(() => stack.delete())).to.be.below(AT_ONCE);
      await nothingLeft();
    });
  });

  describe('of 20 idle and 20 busy instances', () => {
    const large = async (seed: number) => {
      stack.dispose();
      const random = seeded(seed);
      stack = new DeletableStack(random);
      await stack.start({ MinSize: '40' });
      for (let job = 0; job < 20; job += 1) stack.push(300 + Math.floor(random() * 600));
      await stack.pass(30);
      expect([stack.running, await stack.instances()]).to.eql([20, 40]);
      return random;
    };

    it('loses no job, killed 20 times, and is done five minutes after the last one', async () => {
      const random = await large(7);
      const lastJob = stack.now + 900;
      let kills = 0;
      const killAt = () => {
        if (kills < 20) stack.aws.killAfter = Math.floor(random() * 24);
      };
      killAt();
      while (!(await overAfter(() => stack.delete()))) {
        kills += 1;
        await stack.pass(Math.floor(random() * 10));
        killAt();
      }
      expect(kills).to.equal(20);
      expect(stack.now).to.be.below(lastJob + SOON);
      await nothingLeft();
      expect(stack.lost).to.equal(0);
    });

    it('is over in three minutes when it is forced', async () => {
      await large(8);
      expect(await seconds(() => stack.delete({ force: true }))).to.be.below(AT_ONCE);
      await nothingLeft();
      expect(stack.lost).to.equal(20);
    });
  });

  it('can be killed at every single request, and run again', async () => {
    for (let requests = 0; ; requests += 1) {
      stack.dispose();
      stack = new DeletableStack(() => (requests % 2 === 0 ? 0.4 : 0.6));
      await stack.start({ MinSize: '1' });
      stack.push(60);
      await stack.pass(15);
      stack.aws.killAfter = requests;
      if (await overAfter(() => stack.delete())) break;
      await stack.pass(20);
      expect(await overAfter(() => stack.delete()), `after ${requests} requests`).to.equal(true);
      await nothingLeft();
      expect(stack.lost, `after ${requests} requests`).to.equal(0);
    }
  });

  it('does not write the tag of a pause over', async () => {
    await started();
    await failureOf(stack.delete({}, 0));
    const { Tags } = await stack.group();
    expect(Tags.find(({ Key }: Answer) => Key === PAUSED_TAG)?.Value).to.equal('scale-to-zero');
  });
});
