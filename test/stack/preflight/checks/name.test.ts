import { expect } from 'chai';
import { judgeName, nameTakenProblem } from '../../../../src/stack/preflight/checks/name.ts';
import type { StackSummary } from '../../../../src/stack/facts/stack/summary.ts';

function judge(stack?: Partial<StackSummary>) {
  return judgeName(
    'ci',
    'us-east-1',
    stack && {
      stackName: 'ci',
      stackId: 'arn:ci',
      region: 'us-east-1',
      status: 'CREATE_COMPLETE',
      origin: 'bk-stack',
      createdAt: '2026-11-23T10:00:00Z',
      terminationProtection: false,
      ...stack,
    },
  );
}

describe('judging a name', () => {
  it('takes one that no stack has', () => {
    expect(judge()).to.deep.include({ problems: [], fact: 'ci is free in us-east-1' });
  });

  it('refuses one that a stack has, and says how to see it', () => {
    const { problems } = judge({});
    expect(problems[0]!.message).to.equal('There is a stack named ci in us-east-1 already (CREATE_COMPLETE)');
    expect(problems[0]!.hint).to.contain('bk-stack status ci');
  });

  it('says how to watch a stack that is being made or deleted', () => {
    expect(judge({ status: 'DELETE_IN_PROGRESS' }).problems[0]!.hint).to.contain('bk-stack status ci --wait');
  });

  for (const status of [
    'REVIEW_IN_PROGRESS',
    'ROLLBACK_COMPLETE',
    'ROLLBACK_FAILED',
    'CREATE_FAILED',
    'DELETE_FAILED',
  ]) {
    it(`takes a stack in ${status} for one that can be removed`, () => {
      const found = judge({ status });
      expect(found.problems).to.deep.equal([]);
      expect(nameTakenProblem(found.removable!).hint).to.match(/--yes.*bk-stack delete ci --yes/);
    });
  }

  it('never offers to remove what another tool has left, unless it is empty', () => {
    expect(judge({ origin: 'other', status: 'ROLLBACK_COMPLETE' })).to.not.have.property('removable');
    expect(judge({ origin: 'other', status: 'REVIEW_IN_PROGRESS' })).to.have.property('removable');
  });
});
