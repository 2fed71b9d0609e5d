import { expect } from 'chai';
import { type OperationError, UsageError } from '../../../src/errors.ts';
import { type DeletionFindings, planDeletion } from '../../../src/stack/deletion/plan.ts';
import { planText } from '../../../src/stack/deletion/text.ts';
import type { StackSummary } from '../../../src/stack/reading/summary.ts';
import type { Theme } from '../../../src/terminal/theme.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

function found(parts: Partial<StackSummary> = {}): DeletionFindings {
  return {
    stack: {
      stackName: 'ci',
      stackId: 'arn:ci',
      region: 'us-east-1',
      status: 'CREATE_COMPLETE',
      origin: 'bk-stack',
      createdAt: '2026-11-23T10:00:00.000Z',
      terminationProtection: false,
      ...parts,
    },
    resources: [
      { logicalId: 'Vpc', type: 'AWS::EC2::VPC', physicalId: 'vpc-1', retained: false },
      { logicalId: 'Secrets', type: 'AWS::S3::Bucket', physicalId: 'ci-secrets', retained: true },
    ],
    parameters: ['/bk-stack/ci/agent-token'],
    buckets: [{ bucket: 'ci-secrets', versions: 12, more: false }],
  };
}

const wishes = { deleteSecrets: false, retain: [], disableTerminationProtection: false };

function refusal(work: () => unknown): OperationError | UsageError {
  try {
    work();
  } catch (error) {
    return error as OperationError | UsageError;
  }
  return expect.fail('it should be refused');
}

describe('the plan of a deletion', () => {
  it('keeps the secrets bucket, and says so', () => {
    const plan = planDeletion(found(), wishes);
    expect(plan.doomedBuckets).to.deep.equal([]);
    const text = planText(plan, theme);
    expect(text).to.contain('+ keeps bucket ci-secrets with 12 object versions');
    expect(text).to.contain('- deletes SSM parameter /bk-stack/ci/agent-token');
  });

  it('deletes it when asked to, and says what will be lost', () => {
    const plan = planDeletion(found(), { ...wishes, deleteSecrets: true });
    expect(planText(plan, theme)).to.contain('- deletes bucket ci-secrets with 12 object versions, for good');
  });

  it('refuses a protected stack, and names the flag that does it', () => {
    const refused = refusal(() => planDeletion(found({ terminationProtection: true }), wishes));
    expect(refused.hint).to.contain('--disable-termination-protection');
    const agreed = { ...wishes, disableTerminationProtection: true };
    expect(planDeletion(found({ terminationProtection: true }), agreed).unprotect).to.equal(true);
  });

  it('does not protect what was never made', () => {
    const plan = planDeletion(found({ terminationProtection: true, status: 'ROLLBACK_COMPLETE' }), wishes);
    expect(plan.unprotect).to.equal(true);
  });

  it('refuses while the stack is being changed, and joins a deletion that runs', () => {
    const refused = refusal(() => planDeletion(found({ status: 'UPDATE_IN_PROGRESS' }), wishes));
    expect(refused.hint).to.contain('bk-stack status ci --wait');
    expect(planDeletion(found({ status: 'DELETE_IN_PROGRESS' }), wishes).underWay).to.equal(true);
    expect(planDeletion(found({ status: 'CREATE_IN_PROGRESS' }), wishes).underWay).to.equal(false);
  });

  it('never touches a stack that is none of ours', () => {
    const refused = refusal(() => planDeletion(found({ origin: 'other' }), wishes));
    expect(refused.message).to.contain('no agent stack');
  });

  it('takes --retain only after a failed deletion, and only for resources there are', () => {
    const early = refusal(() => planDeletion(found(), { ...wishes, retain: ['Vpc'] }));
    expect(early).to.be.instanceOf(UsageError);
    const failed = found({ status: 'DELETE_FAILED' });
    expect(planDeletion(failed, { ...wishes, retain: ['Vpc'] }).retain).to.deep.equal(['Vpc']);
    const unknown = refusal(() => planDeletion(failed, { ...wishes, retain: ['Vpx'] }));
    expect(unknown.hint).to.equal('Did you mean Vpc?');
  });
});
