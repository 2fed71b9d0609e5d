import { expect } from 'chai';
import {
  activeUpdateError,
  awaitUpdate,
  noActiveUpdateError,
  requireNoUpdate,
  runningUpdate,
} from '../../../../../src/stack/update/execution/journal/active-update.ts';
import type { Journal } from '../../../../../src/stack/update/execution/journal/journal.ts';
import { journalOf, STACK_ID } from '../../../../support/fake-update.ts';
import { noStack, stubAws } from '../../../../support/stub-aws.ts';
import { sdkError } from '../../../../support/world-aws.ts';

const { group: _, ...JOURNAL } = journalOf();
const missing = (): never => {
  throw sdkError('ParameterNotFound', 'none');
};
const denied = (): never => {
  throw sdkError('AccessDeniedException', 'denied');
};
const answer = (journal: Journal) => () => ({ Parameter: { Value: JSON.stringify(journal) } });
const stack = () => ({ Stacks: [{ StackName: 'ci', StackId: STACK_ID, StackStatus: 'UPDATE_IN_PROGRESS' }] });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error & { hint?: string; details?: object },
  );

describe('an update that is under way', () => {
  it('is an error that says whose it is, and all ways on', () => {
    const error = activeUpdateError(journalOf());
    expect(error.message).to.equal(
      'An update of ci is under way: arn:ann began it at 2026-11-27T00:00:00.000Z, and it is updating (rolling)',
    );
    expect(error.hint).to.equal(
      [
        'Where nobody watches it any more, go on with it: bk-stack update ci --resume',
        'Or take it back: bk-stack update ci --cancel',
        'Where it can do neither, drop it: bk-stack update ci --forget',
      ].join('\n'),
    );
    expect(error.details).to.eql({
      ...{ stackName: 'ci', by: 'arn:ann', startedAt: '2026-11-27T00:00:00.000Z' },
      ...{ phase: 'updating', strategy: 'rolling' },
    });
  });

  it('is found, and not by whoever may not read it', async () => {
    expect(await runningUpdate(stubAws({ GetParameter: answer(JOURNAL) }), 'ci')).to.eql(JOURNAL);
    expect(await runningUpdate(stubAws({ GetParameter: missing }), 'ci')).to.equal(undefined);
    expect(await runningUpdate(stubAws({ GetParameter: denied }), 'ci')).to.equal(undefined);
    expect((await failure(runningUpdate(stubAws({}), 'ci')))?.message).to.match(/not expected/);
  });

  it('keeps others from the group', async () => {
    await requireNoUpdate(stubAws({ GetParameter: missing }), 'ci');
    const error = await failure(requireNoUpdate(stubAws({ GetParameter: answer(JOURNAL) }), 'ci'));
    expect(error?.message).to.match(/^An update of ci is under way/);
  });

  it('that is none says how to begin one', async () => {
    const error = await noActiveUpdateError(stubAws({ DescribeStacks: stack }), 'ci');
    expect(error.message).to.equal('No update of ci is under way (UPDATE_IN_PROGRESS)');
    expect(error.hint).to.equal(
      'Begin one: bk-stack update ci\nOr make it what it was before its last: bk-stack rollback ci',
    );
    const unknown = stubAws({ DescribeStacks: () => ({ Stacks: [{ StackName: 'ci' }] }) });
    expect((await noActiveUpdateError(unknown, 'ci')).message).to.match(/\(\?\)$/);
  });
});

describe('waiting for the end of an update', () => {
  const waited = async (journals: (() => object)[], DescribeStacks: () => object = stack) => {
    const said: string[] = [];
    const pauses: number[] = [];
    const aws = stubAws({
      GetParameter: () => (journals.length > 1 ? journals.shift()! : journals[0]!)(),
      DescribeStacks,
    });
    const pause = (seconds: number) => {
      pauses.push(seconds);
      return Promise.resolve();
    };
    const error = await failure(
      awaitUpdate(aws, 'ci', { pause, random: () => 0 }, (line) => said.push(line)),
    );
    return { said, pauses, error };
  };
  const FIRST = 'An update by arn:ann is under way. Where nobody watches it: bk-stack update ci --resume';

  it('is over at once where there is none', async () => {
    expect(await waited([missing])).to.eql({ said: [], pauses: [], error: undefined });
  });

  it('tells each phase once', async () => {
    const phases = (['updating', 'updating', 'replacing', 'ending'] as const).map((phase) =>
      answer({ ...JOURNAL, phase }),
    );
    expect(await waited([...phases, missing])).to.eql({
      said: [FIRST, 'The update is updating', 'The update is replacing', 'The update is ending'],
      pauses: [10, 10, 10, 10],
      error: undefined,
    });
  });

  it('does not wait for one that never ends', async () => {
    const { error, pauses } = await waited([answer(JOURNAL)], noStack);
    const reason = 'there is no stack ci any more';
    expect(error?.message).to.equal(`The update of ci never ends: ${reason}`);
    expect(error?.hint).to.equal('Drop it: bk-stack update ci --forget');
    expect(error?.details).to.eql({ stackName: 'ci', reason });
    expect(pauses).to.eql([]);
  });

  it('waits also where it may not look whether it ends, and not where that fails', async () => {
    expect((await waited([answer(JOURNAL), missing], denied)).error).to.equal(undefined);
    const broken = (): never => {
      throw sdkError('Broken', 'broken');
    };
    expect((await waited([answer(JOURNAL), missing], broken)).error?.message).to.equal('broken');
  });
});
