import { expect } from 'chai';
import type { Journal } from '../../../../src/stack/update/execution/journal/journal.ts';
import { dropUpdate } from '../../../../src/stack/update/execution/drop-update.ts';
import { cancelled, cancelUpdate, resumeUpdate } from '../../../../src/stack/update/execution/resume.ts';
import { FakeUpdate, journalOf, STACK_ID } from '../../../support/fake-update.ts';
import { HOST_PROGRAM } from '../../../support/fleet.ts';
import { type Answers, noStack, stubAws } from '../../../support/stub-aws.ts';
import { sdkError } from '../../../support/world-aws.ts';

const { group: _, sizes: __, ...JOURNAL } = journalOf({ phase: 'ending' });

/** A stack without a group in SSM and CloudFormation, and what has been written about it, in order. */
function begun(journal: Journal | undefined, more: Answers = {}, status = 'UPDATE_COMPLETE') {
  let value = journal && JSON.stringify(journal);
  const done: string[] = [];
  const written: Journal[] = [];
  const aws = stubAws({
    DescribeStacks: () => ({ Stacks: [{ StackName: 'ci', StackId: STACK_ID, StackStatus: status }] }),
    GetParameter: () => {
      if (value === undefined) throw sdkError('ParameterNotFound', 'none');
      return { Parameter: { Value: value } };
    },
    PutParameter: ({ Name, Value }: { Name: string; Value: string }) => {
      done.push(`put ${Name}`);
      if (Name.endsWith('/update')) {
        value = Value;
        written.push(JSON.parse(Value) as Journal);
      }
      return { Version: 2 };
    },
    DeleteParameter: ({ Name }: { Name: string }) => {
      done.push(`delete ${Name}`);
      if (Name.endsWith('/update')) value = undefined;
      return {};
    },
    ...more,
  });
  const { observer, said } = new FakeUpdate();
  const options = { signal: new AbortController().signal, observer, begun: () => done.push('begun') };
  return { aws, options, done, said, written };
}
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error & { hint?: string; details?: object; exitCode?: number },
  );
const UPDATE = '/bk-stack/ci/update';
const NONE = 'No update of ci is under way (UPDATE_COMPLETE)';

describe('resuming an update', () => {
  it('takes it over, says so, and goes on', async () => {
    const { aws, options, done, said, written } = begun(JOURNAL);
    expect(await resumeUpdate(aws, 'ci', options)).to.include({ stackName: 'ci', cancelled: false });
    expect(done).to.eql([`put ${UPDATE}`, 'begun', 'put /bk-stack/ci/former', `delete ${UPDATE}`]);
    expect(said[0]).to.equal(
      'Going on with the update that began at 2026-11-27T00:00:00.000Z: ending; a bk-stack on here that carries it out stops, if it still runs',
    );
    expect(written[0]?.holder?.since).to.equal('2026-11-28T00:00:00.000Z');
    expect(written[0]?.holder?.id).to.not.equal('me');
  });

  it('says nothing of another bk-stack where an earlier version began it', async () => {
    const { holder: _holder, ...journal } = JOURNAL;
    const { aws, options, said } = begun(journal);
    await resumeUpdate(aws, 'ci', options);
    expect(said[0]).to.match(/: ending$/);
  });

  it('is refused where there is none, or it can’t go on', async () => {
    const none = begun(undefined);
    expect((await failure(resumeUpdate(none.aws, 'ci', none.options)))?.message).to.equal(NONE);
    const gone = begun(JOURNAL, { DescribeStacks: noStack });
    expect((await failure(resumeUpdate(gone.aws, 'ci', gone.options)))?.exitCode).to.equal(2);
    expect([none.done, gone.done]).to.eql([[], []]);
  });
});

describe('cancelling an update', () => {
  it('takes it over and takes it back', async () => {
    const { aws, options, done, written } = begun(
      { ...JOURNAL, phase: 'updating' },
      {
        DescribeChangeSet: () => ({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' }),
        DeleteChangeSet: () => ({}),
      },
    );
    expect(await cancelUpdate(aws, 'ci', options)).to.include({ cancelled: true });
    expect(done[0]).to.equal('begun');
    expect(written.map(({ phase, cancelled: by }) => [phase, by])).to.eql([
      ['undoing', true],
      ['ending', true],
    ]);
    expect(done).to.not.include('put /bk-stack/ci/former');
  });

  it('forgets an earlier failure: it is what a person has asked for', () => {
    const journal = journalOf({ phase: 'replacing', failure: { message: 'no' } });
    const { failure: _failure, ...rest } = journal;
    expect(cancelled(journal)).to.eql({ ...rest, phase: 'undoing', cancelled: true });
  });

  it('is refused where it can’t be taken back, or there is none', async () => {
    const gone = begun(JOURNAL, { DescribeStacks: noStack });
    expect((await failure(cancelUpdate(gone.aws, 'ci', gone.options)))?.exitCode).to.equal(2);
    expect(gone.done).to.eql([]);
    const none = begun(undefined);
    expect((await failure(cancelUpdate(none.aws, 'ci', none.options)))?.message).to.equal(NONE);
  });

  for (const [status, operation] of [
    ['UPDATE_IN_PROGRESS', 'CancelUpdateStack'],
    ['UPDATE_ROLLBACK_FAILED', 'ContinueUpdateRollback'],
  ] as const) {
    for (const ended of ['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED']) {
      it(`of others, in ${status}, has CloudFormation roll back, to ${ended}`, async () => {
        const asked: string[] = [];
        const row = (EventId: string, ResourceStatus: string) => ({
          ...{ EventId, StackId: STACK_ID, StackName: 'ci', LogicalResourceId: 'ci', Timestamp: new Date(0) },
          ...{ PhysicalResourceId: STACK_ID, ResourceType: 'AWS::CloudFormation::Stack', ResourceStatus },
        });
        const { aws, options } = begun(
          undefined,
          {
            [operation]: ({ StackName }: { StackName: string }) => {
              asked.push(StackName);
              return {};
            },
            DescribeStackEvents: () => ({ StackEvents: [row('2', ended), row('1', 'UPDATE_IN_PROGRESS')] }),
          },
          status,
        );
        const work = cancelUpdate(aws, 'ci', options);
        if (ended === 'UPDATE_ROLLBACK_COMPLETE') {
          expect(await work).to.eql({ stackName: 'ci', stackId: STACK_ID, cancelled: true });
        } else {
          const error = await failure(work);
          expect(error?.message).to.match(/^ci could not be rolled back: /);
          expect(error?.hint).to.equal(
            'When the cause is mended, go on with it: bk-stack update ci --cancel',
          );
        }
        expect(asked).to.eql([STACK_ID]);
      });
    }
  }
});

describe('cancelling an update of others', () => {
  for (const [status, refused] of [
    ['UPDATE_IN_PROGRESS', true],
    ['UPDATE_ROLLBACK_FAILED', true],
    ['UPDATE_ROLLBACK_IN_PROGRESS', false],
    ['UPDATE_COMPLETE', false],
  ] as const) {
    it(`is refused in ${status} for ${refused ? 'the jobs that would be lost' : 'want of an update'}`, async () => {
      const { aws, options } = begun(undefined, {
        DescribeStacks: () => ({
          Stacks: [
            {
              ...{ StackName: 'ci', StackId: STACK_ID, StackStatus: status },
              Outputs: [{ OutputKey: 'AutoScalingGroupName', OutputValue: 'g' }],
            },
          ],
        }),
        DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ AutoScalingGroupName: 'g' }] }),
        DescribeLifecycleHooks: () => ({}),
        ListStackResources: () => ({}),
      });
      const error = await failure(cancelUpdate(aws, 'ci', options));
      expect(error?.message).to.match(
        refused
          ? /^update --cancel would terminate instances of ci with the jobs on them: /
          : /^No update of ci is under way/,
      );
    });
  }
});

describe('dropping an update', () => {
  it('forgets the way back to a stack that is gone, and says what it dropped', async () => {
    const { aws, options, done } = begun(JOURNAL, { DescribeStacks: noStack });
    expect(await dropUpdate(aws, 'ci', options.signal)).to.eql({
      stackName: 'ci',
      dropped: { phase: 'ending', strategy: 'rolling', startedAt: '2026-11-27T00:00:00.000Z', by: 'arn:ann' },
      reason: 'there is no stack ci any more',
    });
    expect(done).to.eql(['delete /bk-stack/ci/former', `delete ${UPDATE}`]);
  });

  it('says how a stack is that was made anew', async () => {
    const earlier = { ...JOURNAL, stackId: 'arn:earlier' };
    const bare = begun(earlier, { ListStackResources: () => ({}) });
    expect((await dropUpdate(bare.aws, 'ci', bare.options.signal)).stack).to.eql({
      status: 'UPDATE_COMPLETE',
    });
    const group = (...tags: { readonly Key: string; readonly Value: string }[]): Answers => ({
      DescribeStacks: () => ({
        Stacks: [
          {
            ...{ StackName: 'ci', StackId: STACK_ID, StackStatus: 'CREATE_COMPLETE' },
            Outputs: [{ OutputKey: 'AutoScalingGroupName', OutputValue: 'g' }],
          },
        ],
      }),
      DescribeAutoScalingGroups: () => ({
        AutoScalingGroups: [
          {
            ...{ AutoScalingGroupName: 'g', MinSize: 1, MaxSize: 4, DesiredCapacity: 2, Tags: tags },
            Instances: [{ InstanceId: 'i-1', LifecycleState: 'InService' }],
          },
        ],
      }),
      DescribeScalingActivities: () => ({ Activities: [] }),
      DescribeLifecycleHooks: () => ({}),
    });
    const whole = begun(earlier, group());
    const dropped = await dropUpdate(whole.aws, 'ci', whole.options.signal);
    expect(dropped.reason).to.equal('it belongs to an earlier stack named ci, which is gone');
    const size = { autoScalingGroupName: 'g', minSize: 1, maxSize: 4, desiredCapacity: 2, instances: 1 };
    expect(dropped.stack).to.eql({ status: 'CREATE_COMPLETE', group: size });
    expect(whole.done).to.eql(['delete /bk-stack/ci/former', `delete ${UPDATE}`]);
    const paused = begun(earlier, group({ Key: 'bk-stack:paused', Value: 'true' }));
    const { stack } = await dropUpdate(paused.aws, 'ci', paused.options.signal);
    expect(stack?.group?.paused).to.not.equal(undefined);
  });

  it('keeps the way back to a stack that CloudFormation has updated', async () => {
    const { aws, options, done } = begun(
      { ...JOURNAL, group: 'gone' },
      {
        DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [] }),
        DescribeChangeSet: () => ({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'EXECUTE_COMPLETE' }),
        ListStackResources: () => ({}),
      },
    );
    const { reason } = await dropUpdate(aws, 'ci', options.signal);
    expect(reason).to.equal('the Auto Scaling group gone is gone');
    expect(done).to.eql(['put /bk-stack/ci/former', `delete ${UPDATE}`]);
  });

  it('is refused with what to do first, where it is blocked', async () => {
    const { aws, options, done } = begun(
      { ...JOURNAL, group: 'g' },
      {
        DescribeAutoScalingGroups: () => ({
          AutoScalingGroups: [{ AutoScalingGroupName: 'g', LaunchTemplate: { LaunchTemplateId: 'lt' } }],
        }),
        DescribeLifecycleHooks: () => ({ LifecycleHooks: [] }),
        DescribeLaunchTemplateVersions: () => ({
          LaunchTemplateVersions: [
            { LaunchTemplateData: { UserData: Buffer.from(HOST_PROGRAM).toString('base64') } },
          ],
        }),
      },
    );
    const error = await failure(dropUpdate(aws, 'ci', options.signal));
    expect(error?.hint).to.equal(
      'Nothing was changed.\nPut the hook back, then repeat the command: bk-stack doctor ci --fix',
    );
    expect(done).to.eql([]);
    const refused = await failure(resumeUpdate(aws, 'ci', options));
    expect(refused?.message).to.match(
      /^The update of ci that began at .* can neither go on nor be taken back: the group lacks/,
    );
    expect(refused?.hint).to.equal(
      'Nothing was changed. Put the hook back, then repeat the command: bk-stack doctor ci --fix',
    );
  });

  it('is refused while it can go on, and where there is none', async () => {
    const { aws, options, done } = begun(JOURNAL);
    const error = await failure(dropUpdate(aws, 'ci', options.signal));
    expect(error?.message).to.equal(
      'The update of ci that began at 2026-11-27T00:00:00.000Z is not dropped: it is ending, and can end properly',
    );
    expect(error?.hint).to.equal(
      'Nothing was changed.\nGo on with it: bk-stack update ci --resume\nOr take it back: bk-stack update ci --cancel',
    );
    expect(error?.details).to.eql({
      stackName: 'ci',
      startedAt: '2026-11-27T00:00:00.000Z',
      phase: 'ending',
    });
    expect(done).to.eql([]);
    const none = begun(undefined);
    expect((await failure(dropUpdate(none.aws, 'ci', options.signal)))?.message).to.equal(NONE);
  });
});
