import { expect } from 'chai';
import type { UsageError } from '../../../../../src/errors.ts';
import type { Draining } from '../../../../../src/stack/facts/group/draining.ts';
import {
  assertResumable,
  type JournalFacts,
  journalState,
  readJournalState,
} from '../../../../../src/stack/update/execution/journal/journal-state.ts';
import { journalOf, STACK_ID } from '../../../../support/fake-update.ts';
import { noStack, stubAws } from '../../../../support/stub-aws.ts';

const JOURNAL = { stackName: 'ci', stackId: 'arn:1' };
const DRAINS: Draining = { drains: true };
const NO_HOOK: Draining = { drains: false, lacks: 'hook' };
const NO_TEMPLATE: Draining = { drains: false, lacks: 'launch template' };
const FOREIGN: Draining = { drains: false, lacks: 'host program' };
const LOST = "the stack's instances don't run bk-stack's host program, and would lose their jobs";

const facts = (
  draining: Draining | 'gone' | undefined,
  status = 'UPDATE_COMPLETE',
  stackId = 'arn:1',
): JournalFacts => ({
  stack: { stackId, status },
  ...(draining !== undefined && { group: { name: 'g', draining } }),
});

describe('an update that nobody executes', () => {
  for (const [what, given] of [
    ['whose stack drains', facts(DRAINS)],
    ['of a template without a group', facts(undefined)],
    ['whose stack is being updated', facts(DRAINS, 'UPDATE_IN_PROGRESS')],
    ['whose group is being replaced', facts('gone', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')],
  ] as const) {
    it(`${what} can go on`, () => {
      expect(journalState(JOURNAL, given)).to.eql({ kind: 'resumable' });
    });
  }

  for (const [what, given, reason] of [
    ['of another template', facts(FOREIGN), LOST],
    ['whose group is gone', facts('gone'), 'the Auto Scaling group g is gone'],
    [
      'of an earlier stack of the name',
      facts(DRAINS, 'CREATE_COMPLETE', 'arn:2'),
      'it belongs to an earlier stack named ci, which is gone',
    ],
    [
      'of an earlier stack, while the present one is updated',
      facts(DRAINS, 'UPDATE_IN_PROGRESS', 'arn:2'),
      'it belongs to an earlier stack named ci, which is gone',
    ],
    ['whose stack is gone', {}, 'there is no stack ci any more'],
  ] as const) {
    it(`${what} never ends`, () => {
      expect(journalState(JOURNAL, given)).to.eql({ kind: 'stale', reason });
    });
  }

  for (const [what, given, reason, remedy] of [
    [
      'whose hook is missing',
      facts(NO_HOOK),
      'the group lacks the lifecycle hook bk-stack-terminating, so instances would lose their jobs',
      'Put the hook back, then repeat the command: bk-stack doctor ci --fix',
    ],
    [
      'whose launch template is gone',
      facts(NO_TEMPLATE),
      "the group's launch template is gone, so nothing tells whether its instances finish their jobs",
      'Give the group a launch template that exists, then repeat the command.',
    ],
    [
      'of another template, at which CloudFormation works',
      facts(FOREIGN, 'UPDATE_IN_PROGRESS'),
      LOST,
      'CloudFormation is at work (UPDATE_IN_PROGRESS). When it has ended, drop the update: bk-stack update ci --forget',
    ],
  ] as const) {
    it(`${what} can't go on before something else is done`, () => {
      expect(journalState(JOURNAL, given)).to.eql({ kind: 'blocked', reason, remedy });
    });
  }
});

describe('the state of an update in AWS', () => {
  const stackOf = (outputs: object[]) => ({
    Stacks: [{ StackName: 'ci', StackId: STACK_ID, StackStatus: 'UPDATE_COMPLETE', Outputs: outputs }],
  });
  const named = [{ OutputKey: 'AutoScalingGroupName', OutputValue: 'named' }];
  const { group: _, ...GROUPLESS } = journalOf();

  it('is read from the stack and its group', async () => {
    expect(await readJournalState(stubAws({ DescribeStacks: noStack }), journalOf())).to.include({
      kind: 'stale',
    });
    expect(await readJournalState(stubAws({ DescribeStacks: () => stackOf([]) }), GROUPLESS)).to.eql({
      kind: 'resumable',
    });
    for (const [outputs, name] of [
      [named, 'named'],
      [[], 'g'],
    ] as const) {
      const aws = stubAws({
        DescribeStacks: () => stackOf([...outputs]),
        DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [] }),
      });
      expect(await readJournalState(aws, journalOf())).to.eql({
        ...{ kind: 'stale', reason: `the Auto Scaling group ${name} is gone` },
      });
    }
    const other = () => ({ Stacks: [{ StackName: 'ci' }] });
    expect(await readJournalState(stubAws({ DescribeStacks: other }), GROUPLESS))
      .to.have.property('reason')
      .that.contains('earlier stack');
  });

  it('is whether its group drains, where there is one', async () => {
    const aws = stubAws({
      DescribeStacks: () => stackOf(named),
      DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ AutoScalingGroupName: 'named' }] }),
      DescribeLifecycleHooks: () => ({ LifecycleHooks: [] }),
    });
    expect((await readJournalState(aws, journalOf())).kind).to.not.equal('resumable');
  });

  it('is an error for whoever wants to go on with one that can’t', async () => {
    await assertResumable(stubAws({ DescribeStacks: () => stackOf([]) }), GROUPLESS);
    const error = (await assertResumable(stubAws({ DescribeStacks: noStack }), journalOf()).catch(
      (each: unknown) => each,
    )) as UsageError;
    const reason = 'there is no stack ci any more';
    expect([error.name, error.message, error.hint]).to.eql([
      'UsageError',
      `The update of ci that began at 2026-11-27T00:00:00.000Z can neither go on nor be taken back: ${reason}`,
      'Nothing was changed. Drop it: bk-stack update ci --forget',
    ]);
    expect(error.details).to.eql({
      ...{ stackName: 'ci', startedAt: '2026-11-27T00:00:00.000Z', phase: 'updating', reason },
    });
  });
});
