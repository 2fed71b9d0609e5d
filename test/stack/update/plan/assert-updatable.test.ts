import { StackStatus } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { OperationError } from '../../../../src/errors.ts';
import { assertUpdatable } from '../../../../src/stack/update/plan/assert-updatable.ts';

const require = (status: string) => {
  assertUpdatable({ stackName: 'ci', region: 'eu-west-1', status });
};

/** Why a stack in this state is not updated, and the way out; undefined where it is. */
function refusal(status: string): string | undefined {
  try {
    require(status);
    return undefined;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return `${error.message}\n${error.hint ?? ''}`;
  }
}

describe('the state of a stack that is to be updated', () => {
  it('is that of one that is whole', () => {
    const updatable = Object.values(StackStatus).filter((status) => refusal(status) === undefined);
    expect(updatable).to.have.members([
      ...['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
      ...['IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'],
    ]);
  });

  it('is explained with its way out wherever it is another', () => {
    for (const [status, way] of [
      ['UPDATE_ROLLBACK_FAILED', /rolling back its last update has failed .*bk-stack update ci .*--cancel/s],
      ['ROLLBACK_COMPLETE', /never made, and only keeps its name .*Remove it: bk-stack delete ci/s],
      ['ROLLBACK_FAILED', /bk-stack delete ci/],
      ['CREATE_FAILED', /bk-stack delete ci/],
      ['REVIEW_IN_PROGRESS', /never executed .*bk-stack create ci/s],
      ['DELETE_IN_PROGRESS', /being removed .*bk-stack delete ci/s],
      ['DELETE_FAILED', /being removed .*bk-stack delete ci/s],
      ['UPDATE_FAILED', /failed half way .*bk-stack status ci/s],
    ] as const) {
      expect(refusal(status), status).to.match(way);
    }
    for (const status of Object.values(StackStatus)) {
      const said = refusal(status);
      if (said === undefined) continue;
      expect(said, status).to.match(
        new RegExp(`^ci cannot be updated: .+ \\(${status}\\)\nNothing was changed\\. .*bk-stack `),
      );
      if (/^(UPDATE|CREATE|UPDATE_ROLLBACK|IMPORT)_IN_PROGRESS$/.test(status)) {
        expect(said, status).to.match(/under way .*bk-stack status ci --region eu-west-1 --wait/s);
      }
    }
  });

  it('is told with CloudFormation’s reason, where there is one', () => {
    const details = (reason?: string) => {
      const state = { stackName: 'ci', region: 'eu-west-1', status: 'UPDATE_FAILED' };
      try {
        assertUpdatable({ ...state, ...(reason !== undefined && { reason }) });
      } catch (error) {
        return (error as OperationError).details;
      }
      throw new Error('it was not refused');
    };
    const facts = { stackName: 'ci', region: 'eu-west-1', status: 'UPDATE_FAILED' };
    expect(details('it broke')).to.eql({ ...facts, reason: 'it broke' });
    expect(details()).to.eql(facts);
  });
});
