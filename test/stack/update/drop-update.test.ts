import { expect } from 'chai';
import Rollback from '../../../src/commands/rollback.ts';
import Update from '../../../src/commands/update.ts';
import { requireStackFacts } from '../../../src/stack/facts/stack-facts.ts';
import { describeStack } from '../../../src/stack/status/index.ts';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { HealthyStack } from '../../support/healthy-stack.ts';
import { runCommand } from '../../support/run-command.ts';
import { UpdatableStack } from '../../support/updatable.ts';

describe('bk-stack update --forget', function () {
  this.timeout(300_000);
  let own: HealthyStack;
  let official: HealthyStack;
  before(async () => {
    own = await HealthyStack.create();
    official = await HealthyStack.createOfficial();
  });
  after(async () => {
    await own.close();
    await official.close();
  });

  const update = (stack: HealthyStack, ...argv: string[]) =>
    runCommand(Update, ['ci', ...argv], stack.aws.context);
  const former = async (stack: HealthyStack): Promise<string | undefined> => {
    const { Parameters } = await stack.call('ssm', 'GetParameters', { Names: ['/bk-stack/ci/former'] });
    return Parameters[0]?.Value;
  };
  const remember = (stack: HealthyStack) =>
    stack.call('ssm', 'PutParameter', { Name: '/bk-stack/ci/former', Type: 'String', Value: '{}' });
  const NEW = ['--keep-template', '--param', 'EC2LogRetentionDays=14'];

  for (const [what, plant, reason] of [
    [
      'of an earlier stack of the name',
      (stack: HealthyStack) =>
        stack.writeJournal({ stackId: 'arn:aws:cloudformation:us-east-1:1:stack/ci/0' }),
      /belongs to an earlier stack named ci/,
    ],
    [
      'whose group is gone',
      async (stack: HealthyStack) => {
        await stack.writeJournal();
        await stack.onGroup('DeleteAutoScalingGroup', { ForceDelete: true });
        await stack.world.pass(300);
      },
      /the Auto Scaling group \S+ is gone/,
    ],
  ] as const) {
    it(`drops an update ${what}, which can neither be resumed nor cancelled`, async () => {
      const stack = own.copy();
      await plant(stack);
      const begun = await update(stack, ...NEW);
      expect([begun.exitCode, begun.failure]).to.satisfy(
        ([code, text]: [number, string]) => code === 1 && text.includes('bk-stack update ci --forget'),
      );
      for (const way of ['--resume', '--cancel']) {
        const { exitCode, failure } = await update(stack, way);
        expect(exitCode, failure).to.equal(2);
        expect(failure)
          .to.match(reason)
          .and.match(/Nothing was changed\. Drop it: bk-stack update ci --forget/);
      }
      expect((await stack.journal())?.phase, 'untouched').to.equal('replacing');
      const { exitCode, said, failure } = await update(stack, '--forget');
      expect(exitCode, failure).to.equal(0);
      expect(said)
        .to.match(/Dropped the update of ci .*\(rolling, replacing\)/)
        .and.match(reason);
      expect(await stack.journal()).to.equal(undefined);
      expect((await update(stack, '--forget')).failure).to.match(/No update of ci is under way/);
    });
  }

  it('leaves a stack that can be updated, and nothing to go back to that was another stack', async () => {
    const stack = own.copy();
    await stack.writeJournal({ stackId: 'arn:aws:cloudformation:us-east-1:1:stack/ci/0' });
    await remember(stack);
    const { said } = await update(stack, '--forget');
    expect(said).to.match(/ci is in CREATE_COMPLETE\. Its group \S+ has 2 instances: 2 desired \(2 to 5\)/);
    expect(await former(stack)).to.equal(undefined);
    expect((await describeStack(await requireStackFacts(stack.aws.context, 'ci'))).update).to.equal(
      undefined,
    );
    expect((await runCommand(Rollback, ['ci'], stack.aws.context)).failure).to.match(/is not known/);
    const updated = await update(stack, ...NEW);
    expect(updated.exitCode, updated.failure).to.equal(0);
  });

  it('drops one that has replaced the group of an official stack, and keeps the way back for rollback', async () => {
    const stack = official.copy();
    const { ChangeSet } = await executed(stack);
    const group = 'ci-AgentAutoScaleGroup-OF-BEFORE';
    await stack.writeJournal({ phase: 'updating', group, changeSetId: ChangeSet });
    for (const way of ['--resume', '--cancel']) {
      const { exitCode, failure } = await update(stack, way);
      expect(exitCode, failure).to.equal(2);
      expect(failure).to.match(/don't run bk-stack's host program.*--forget/s);
    }
    const { exitCode, failure } = await update(stack, '--forget');
    expect(exitCode, failure).to.equal(0);
    expect(await stack.journal()).to.equal(undefined);
    expect(JSON.parse((await former(stack)) ?? '{}')).to.include({ key: 'k' });
  });

  it('keeps one that can go on, and one whose hook can be put back', async () => {
    const stack = own.copy();
    await stack.writeJournal();
    const { exitCode, failure } = await update(stack, '--forget');
    expect(exitCode).to.equal(1);
    expect(failure).to.match(/is not dropped: it is replacing.*--resume.*--cancel/s);
    await stack.onGroup('DeleteLifecycleHook', { LifecycleHookName: 'bk-stack-terminating' });
    expect((await update(stack, '--forget')).failure).to.match(/bk-stack doctor ci --fix/);
    const resumed = await update(stack, '--resume');
    expect([resumed.exitCode, resumed.failure.includes('bk-stack doctor ci --fix')]).to.eql([2, true]);
    expect(await stack.journal()).to.include({ phase: 'replacing' });
  });

  it('is found by doctor, and no wait for the end of such an update goes on for ever', async () => {
    const stack = official.copy();
    await stack.writeJournal();
    expect(await stack.codes()).to.eql(['update-void']);
    const { awaitUpdate } = await import('../../../src/stack/update/execution/journal/active-update.ts');
    const retry = { pause: () => Promise.reject(new Error('it waits')), random: () => 0 };
    const end = await awaitUpdate(stack.aws.context, 'ci', retry, () => undefined).catch(
      (error: unknown) => error as Error,
    );
    expect((end as Error).message).to.match(/never ends/);
  });
});

/** Has CloudFormation carry out a change of one of our change sets. */
async function executed(stack: HealthyStack): Promise<{ ChangeSet: string }> {
  const { Parameters } = await stack.stack();
  const { Id } = await stack.call('cloudformation', 'CreateChangeSet', {
    ...{ StackName: 'ci', ChangeSetName: 'u', UsePreviousTemplate: true },
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    Parameters: Parameters.map((each: { ParameterKey: string; ParameterValue: string }) =>
      each.ParameterKey === 'InstanceTypes' ? { ...each, ParameterValue: 'm5.large' } : each,
    ),
  });
  await stack.world.pass(60);
  await stack.call('cloudformation', 'ExecuteChangeSet', { ChangeSetName: Id });
  await stack.world.pass(600);
  return { ChangeSet: Id };
}

describe('an update whose group gets another name', function () {
  this.timeout(120_000);

  for (const strategy of ['rolling', 'drain', 'in-place'] as const) {
    it(`ends well, ${strategy}`, async () => {
      const stack = new UpdatableStack(seeded(1));
      await stack.create({ MinSize: '2', MaxSize: '4', AgentsPerInstance: '1' }, 'replaced');
      stack.watchesFewest = false;
      await stack.update({ params: ['AgentsPerInstance=2'], strategy, allowed: ['Group'] });
      expect(await stack.journal()).to.equal(undefined);
      const { Outputs } = await stack.stack();
      const name = (Outputs[0] as { OutputValue: string }).OutputValue;
      expect(name).to.not.equal(stack.groupName);
      const { AutoScalingGroups } = await stack.call('autoscaling', 'DescribeAutoScalingGroups', {
        AutoScalingGroupNames: [name],
      });
      const [{ MinSize, MaxSize, SuspendedProcesses }] = AutoScalingGroups;
      expect([MinSize, MaxSize, SuspendedProcesses]).to.eql([2, 4, []]);
    });
  }

  it('is said to be replaced, and refused unless that is meant', async () => {
    const stack = new UpdatableStack(seeded(1));
    await stack.create({ MinSize: '2', MaxSize: '4', AgentsPerInstance: '1' }, 'replaced');
    const error = await stack
      .update({ params: ['AgentsPerInstance=2'] })
      .catch((each: unknown) => each as Error);
    expect((error as Error).message).to.match(/Group .*replaced.*its running instances would be lost/s);
    expect(await stack.journal()).to.equal(undefined);
  });
});
