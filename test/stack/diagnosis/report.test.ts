import { expect } from 'chai';
import type { FirstCause } from '../../../src/stack/diagnosis/first-cause.ts';
import { causeLine, operationFailure } from '../../../src/stack/diagnosis/report.ts';

const STACK = { stackName: 'ci', stackId: 'arn:ci', region: 'us-east-1' };
const CAUSE: FirstCause = {
  ...{ logicalId: 'Vpc', path: 'Network/Vpc', type: 'AWS::EC2::VPC', reason: 'no room', stackName: 'ci' },
  ...{ at: new Date(0), alsoFailed: [] },
};
const failure = (status: string, parts: { reason?: string; cause?: FirstCause } = {}) =>
  operationFailure(
    STACK,
    { status, elapsedSeconds: 7, ...(parts.reason !== undefined && { reason: parts.reason }) } as never,
    parts.cause,
  );

describe('an operation that failed', () => {
  const DELETE = 'bk-stack delete ci --region us-east-1';
  for (const [status, outcome, hint] of [
    ['CREATE_FAILED', 'could not be created', `Then remove what is left, and create it again: ${DELETE}`],
    [
      'ROLLBACK_COMPLETE',
      'could not be created, and was rolled back',
      `Then remove what is left, and create it again: ${DELETE}`,
    ],
    [
      'ROLLBACK_FAILED',
      'could not be created, and its rollback failed too',
      `To delete what is left, with its instances: ${DELETE}`,
    ],
    [
      'DELETE_COMPLETE',
      'could not be created, and was removed again',
      /^Nothing is left of it: bk-stack create ci --region us-east-1 /,
    ],
    ['DELETE_FAILED', 'could not be deleted', `To delete what is left, with its instances: ${DELETE}`],
    ['UPDATE_FAILED', 'could not be updated', undefined],
    ['UPDATE_ROLLBACK_COMPLETE', 'could not be updated, and is as it was before', undefined],
    [
      'UPDATE_ROLLBACK_FAILED',
      'could not be updated, and its rollback failed too',
      'When that is mended, go on with it: bk-stack update ci --cancel --region us-east-1',
    ],
    ['IMPORT_ROLLBACK_FAILED', 'did not get where it should', undefined],
  ] as const) {
    it(`is told in ${status}, with what to do`, () => {
      const told = failure(status);
      expect(told.message).to.equal(`ci ${outcome} (${status}).`);
      if (hint instanceof RegExp) expect(told.hint).to.match(hint);
      else expect(told.hint).to.equal(hint);
    });
  }

  it('has its cause and the advice on it, else the reason of the stack', () => {
    expect(failure('UPDATE_FAILED', { reason: 'why' }).message).to.equal(
      'ci could not be updated (UPDATE_FAILED).\nwhy',
    );
    const told = failure('ROLLBACK_FAILED', { reason: 'why', cause: { ...CAUSE, advice: 'Use another.' } });
    expect(told.message)
      .to.contain('\nFirst cause: Network/Vpc (AWS::EC2::VPC): no room')
      .and.not.to.contain('why');
    expect(told.hint).to.match(/^Use another\.\nTo delete/);
    expect(told.details).to.deep.include({ ...STACK, status: 'ROLLBACK_FAILED', elapsedSeconds: 7 });
    expect(told.details).to.have.nested.property('firstCause.path', 'Network/Vpc');
    expect(failure('ROLLBACK_FAILED').details).to.not.have.property('firstCause');
  });
});

describe('a cause in one line', () => {
  it('has where it stands, and what is behind and beside it', () => {
    expect(causeLine(CAUSE)).to.equal('Network/Vpc (AWS::EC2::VPC): no room');
    expect(causeLine({ ...CAUSE, line: 7 })).to.equal(
      'Network/Vpc (AWS::EC2::VPC, line 7 of the template): no room',
    );
    expect(causeLine({ ...CAUSE, launchFailure: 'refused', alsoFailed: ['A', 'B'] })).to.equal(
      'Network/Vpc (AWS::EC2::VPC): no room\nNo instance could be launched: refused\nOf themselves failed too: A, B',
    );
  });
});
