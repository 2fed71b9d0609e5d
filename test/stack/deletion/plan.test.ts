import { expect } from 'chai';
import { type OperationError, UsageError } from '../../../src/errors.ts';
import { type DeletionFacts, type StackGroup, type QueueJobs } from '../../../src/stack/deletion/facts.ts';
import { deleteAgain, type DeletionRequest, planDeletion } from '../../../src/stack/deletion/plan.ts';
import { AS_GIVEN } from '../../../src/shell/printed.ts';
import { planText } from '../../../src/stack/deletion/text.ts';
import type { StackSummary } from '../../../src/stack/facts/stack/summary.ts';
import type { Theme } from '../../../src/terminal/theme.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

function found(parts: Partial<StackSummary> = {}, others: Partial<DeletionFacts> = {}): DeletionFacts {
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
    groups: [],
    parameters: ['/bk-stack/ci/agent-token'],
    buckets: [{ bucket: 'ci-secrets', versions: 12, more: false }],
    ...others,
  };
}

const wishes = { deleteSecrets: false, retain: [], disableTerminationProtection: false, force: false };

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
    expect(plan.bucketsToDelete).to.deep.equal([]);
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

  describe('for instances', () => {
    const group = (drains: boolean, ...states: string[]): StackGroup => ({
      logicalId: 'Group',
      autoScalingGroupName: 'ci-group',
      instances: states.map((lifecycleState, i) => ({ instanceId: `i-${i}`, lifecycleState })),
      draining: drains ? { drains } : { drains, lacks: 'hook' },
    });
    const running = (count: number): QueueJobs => ({ known: true, queue: 'q', running: count });
    const unknown: QueueJobs = { known: false, why: 'no token' };
    /** How the instances go; undefined where it is refused. */
    const outcome = (status: string, one: StackGroup, jobs: QueueJobs, force = false) => {
      try {
        const plan = planDeletion(found({ status }, { groups: [one], jobs }), { ...wishes, force });
        return plan.groups.map(({ ending }) => ending).join();
      } catch {
        return undefined;
      }
    };
    const up = ['InService', 'Terminating:Wait'];

    it('drains them wherever the group still can, unless they are forced', () => {
      for (const status of ['CREATE_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED']) {
        for (const jobs of [running(0), running(3), unknown]) {
          expect(outcome(status, group(true, ...up), jobs), status).to.equal('drain');
          expect(outcome(status, group(true, ...up), jobs, true), status).to.equal('end');
        }
      }
    });

    const withHook = (retained: boolean): Partial<DeletionFacts> => ({
      resources: [{ logicalId: 'Hook', type: 'AWS::AutoScaling::LifecycleHook', physicalId: 'h', retained }],
    });

    it('ends them where CloudFormation is deleting the hooks, and drains them where it keeps them', () => {
      const facts = { groups: [group(true, ...up)], jobs: running(3) };
      for (const [status, deleting] of [
        ['DELETE_IN_PROGRESS', true],
        ['ROLLBACK_IN_PROGRESS', true],
        ['DELETE_FAILED', false],
        ['CREATE_COMPLETE', false],
      ] as const) {
        for (const retained of [true, false]) {
          const plan = planDeletion(found({ status }, { ...facts, ...withHook(retained) }), wishes);
          expect(plan.groups[0]?.ending, `${status} ${retained}`).to.equal(
            deleting && !retained ? 'end' : 'drain',
          );
        }
      }
    });

    it('refuses to end running or unknown jobs of a usable stack that cannot drain', () => {
      for (const status of ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']) {
        expect(outcome(status, group(false, ...up), running(1)), status).to.equal(undefined);
        const undrained = found({ status }, { groups: [group(false, ...up)], jobs: running(1) });
        expect(refusal(() => planDeletion(undrained, wishes))).to.be.instanceOf(UsageError);
        expect(outcome(status, group(false, ...up), unknown), status).to.equal(undefined);
        expect(outcome(status, group(false, ...up), running(0)), status).to.equal('end');
        expect(outcome(status, group(false, ...up), running(1), true), status).to.equal('end');
        // Nothing runs on these.
        expect(outcome(status, group(false, 'Pending', 'Pending:Wait'), running(1)), status).to.equal('end');
        expect(outcome(status, group(false), running(1)), status).to.equal('end');
      }
    });

    it('does not refuse where a deletion has begun, or the stack never came to be', () => {
      for (const status of ['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'ROLLBACK_FAILED', 'DELETE_FAILED'])
        expect(outcome(status, group(false, ...up), unknown), status).to.equal('end');
    });

    it('leaves groups alone that are kept', () => {
      const resources = [
        { logicalId: 'Group', type: 'AWS::AutoScaling::AutoScalingGroup', physicalId: 'g', retained: true },
      ];
      const groups = [group(false, ...up)];
      expect(planDeletion(found({}, { groups, resources, jobs: unknown }), wishes).groups).to.eql([]);
      const all = resources.map((each) => ({ ...each, retained: false }));
      expect(
        planDeletion(found({}, { groups, resources: all, jobs: running(0) }), wishes).groups,
      ).to.have.length(1);
      const failed = found(
        { status: 'DELETE_FAILED' },
        { groups, resources: resources.map((each) => ({ ...each, retained: false })) },
      );
      const plan = planDeletion(failed, { ...wishes, retain: ['Group'] });
      expect(plan.groups).to.eql([]);
      expect(planText(plan, theme)).to.contain(
        '+ keeps resource Group, whose instances run on and are charged for',
      );
    });

    const told = (status: string, one: StackGroup, jobs: QueueJobs, force = false) =>
      planText(planDeletion(found({ status }, { groups: [one], jobs }), { ...wishes, force }), theme);

    it('says how many there are, and how many jobs run', () => {
      expect(told('CREATE_COMPLETE', group(true, ...up), running(3))).to.contain(
        '! drains 2 instances first (3 running jobs in the queue q)',
      );
      expect(told('CREATE_COMPLETE', group(true, 'InService'), unknown)).to.contain(
        '! drains 1 instance first (unknown number of running jobs: no token)',
      );
      const forced = told('CREATE_COMPLETE', group(true, ...up), running(1), true);
      expect(forced).to.contain('- ends 2 instances at once (1 running job in the queue q)');
      expect(forced).to.not.contain("can't finish");
    });

    it('says why jobs cannot finish, where they run', () => {
      const deleting = found(
        { status: 'DELETE_IN_PROGRESS' },
        { groups: [group(true, ...up)], jobs: running(2), ...withHook(false) },
      );
      const going = planText(planDeletion(deleting, wishes), theme);
      expect(going).to.contain("jobs can't finish first: CloudFormation is deleting the stack already");
      const gone = told('DELETE_FAILED', group(false, ...up), unknown);
      expect(gone).to.contain("jobs can't finish first: nothing lets them finish");
      expect(told('DELETE_FAILED', group(false, ...up), running(0))).to.not.contain("can't finish");
    });

    it('says which update is dropped', () => {
      const update = { phase: 'replacing', by: 'arn:me', startedAt: '2026-11-24T10:00:00Z' } as const;
      expect(planText(planDeletion(found({}, { update }), wishes), theme)).to.contain(
        'drops its unfinished update (replacing), begun by arn:me',
      );
    });
  });
});

describe('a deletion that is refused', () => {
  const told = (facts: DeletionFacts, rest: Partial<DeletionRequest> = {}) => {
    const error = refusal(() => planDeletion(facts, { ...wishes, ...rest }));
    const { message, hint, details } = error;
    const kind = error instanceof UsageError ? 'usage' : 'operation';
    return { kind, message, hint, ...(details !== undefined && { details }) };
  };
  const stack = { stackName: 'ci', region: 'us-east-1' };
  const outcome = (
    status: string,
    parts: Partial<StackSummary> = {},
    rest: Partial<DeletionRequest> = {},
  ) => {
    try {
      return planDeletion(found({ status, ...parts }), { ...wishes, ...rest });
    } catch {
      return undefined;
    }
  };

  it('of a stack of others names the command that does it', () => {
    expect(told(found({ origin: 'other' }))).to.eql({
      kind: 'operation',
      message: "ci is no agent stack: neither bk-stack nor Buildkite's template made it",
      hint: 'If it shall go all the same: aws cloudformation delete-stack --stack-name ci --region us-east-1',
    });
    expect(outcome('REVIEW_IN_PROGRESS', { origin: 'other' })).to.not.equal(undefined);
  });

  for (const [status, refused] of [
    ['UPDATE_IN_PROGRESS', true],
    ['UPDATE_ROLLBACK_IN_PROGRESS', true],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', true],
    ['IMPORT_IN_PROGRESS', true],
    ['IMPORT_ROLLBACK_IN_PROGRESS', true],
    ['UPDATE_COMPLETE', false],
    ['CREATE_IN_PROGRESS', false],
    ['DELETE_IN_PROGRESS', false],
    ['ROLLBACK_IN_PROGRESS', false],
    ['REVIEW_IN_PROGRESS', false],
  ] as const) {
    it(`${status}: ${refused ? 'must end first' : 'is no obstacle'}`, () => {
      expect(outcome(status) === undefined).to.equal(refused);
    });
  }

  it('while it is being changed says how to wait', () => {
    expect(told(found({ status: 'UPDATE_IN_PROGRESS' }))).to.eql({
      kind: 'operation',
      message: 'ci is being changed (UPDATE_IN_PROGRESS), and cannot be deleted until that is over',
      hint: 'Wait for it: bk-stack status ci --wait --region us-east-1',
      details: { ...stack, status: 'UPDATE_IN_PROGRESS' },
    });
  });

  it('for --retain says what is possible', () => {
    expect(told(found(), { retain: ['Vpc'] })).to.eql({
      kind: 'usage',
      message: '--retain is for a stack whose deletion has failed; ci is in CREATE_COMPLETE',
      hint: 'First without it: bk-stack delete ci --region us-east-1',
    });
    expect(told(found({ status: 'DELETE_FAILED' }), { retain: ['Vpc', 'Zzzzzzzzzzzz'] })).to.eql({
      kind: 'usage',
      message: 'ci has no resource "Zzzzzzzzzzzz"',
      hint: 'It has: Vpc, Secrets',
    });
    const near = found(
      { status: 'DELETE_FAILED' },
      {
        resources: ['Bus1', 'Bus2'].map((logicalId) => ({
          ...{ logicalId, type: 'x', physicalId: 'x', retained: false },
        })),
      },
    );
    expect(told(near, { retain: ['Bus3'] }).hint).to.equal('Did you mean Bus1 or Bus2?');
  });

  for (const [status, unprotect] of [
    ['CREATE_COMPLETE', undefined],
    ['UPDATE_COMPLETE', undefined],
    ['UPDATE_ROLLBACK_COMPLETE', undefined],
    ['CREATE_IN_PROGRESS', undefined],
    ['DELETE_FAILED', undefined],
    ['REVIEW_IN_PROGRESS', true],
    ['CREATE_FAILED', true],
    ['ROLLBACK_IN_PROGRESS', true],
    ['ROLLBACK_COMPLETE', true],
    ['ROLLBACK_FAILED', true],
  ] as const) {
    it(`by termination protection in ${status}: ${unprotect === true ? 'not, as it was never made' : 'unless that is to be lifted'}`, () => {
      expect(outcome(status, { terminationProtection: true })?.unprotect).to.equal(unprotect);
      const agreed = { disableTerminationProtection: true };
      expect(outcome(status, { terminationProtection: true }, agreed)?.unprotect).to.equal(true);
      expect(outcome(status, {}, agreed)?.unprotect, 'not protected').to.equal(false);
    });
  }

  it('by termination protection names the flag', () => {
    expect(told(found({ terminationProtection: true }))).to.eql({
      kind: 'operation',
      message: 'ci is protected from deletion',
      hint: `To delete it all the same: bk-stack delete ci --disable-termination-protection --region us-east-1 ${AS_GIVEN}`,
      details: { ...stack, terminationProtection: true },
    });
  });

  it('for the jobs that it would end says how to lose none', () => {
    const group: StackGroup = {
      ...{ logicalId: 'Group', autoScalingGroupName: 'g', draining: { drains: false, lacks: 'hook' } },
      instances: [{ instanceId: 'i-1', lifecycleState: 'InService' }],
    };
    const jobs: QueueJobs = { known: true, queue: 'q', running: 1 };
    const again = `bk-stack delete ci --region us-east-1 ${AS_GIVEN}`;
    expect(told(found({}, { groups: [group], jobs }))).to.eql({
      kind: 'usage',
      message:
        "ci can't be deleted without losing jobs: its group lacks the lifecycle hook bk-stack-terminating, which holds an instance until its jobs are done (1 running job in the queue q)",
      hint: [
        `Nothing was changed. To lose no job: pause the queue in Buildkite (or stop its agents there, which finish their jobs first), wait until no job runs, then: ${again}`,
        `To end the instances now, and the jobs on them: ${again} --force`,
      ].join('\n'),
      details: { ...stack, groups: [{ ...group, ending: 'end' }], jobs },
    });
    // One that drains is no reason.
    const both = found({}, { groups: [{ ...group, draining: { drains: true } }, group], jobs });
    expect(told(both).details).to.deep.include({ groups: [{ ...group, ending: 'end' }] });
  });
});

describe('the rest of a plan', () => {
  const bucket = { bucket: 'ci-secrets', versions: 12, more: false };
  it('carries on what was asked for and found', () => {
    expect(planDeletion(found(), wishes)).to.deep.include({
      ...{ ...found(), force: false, retain: [], unprotect: false, underWay: false },
      ...{ bucketsToDelete: [], keptBuckets: [bucket] },
    });
    expect(planDeletion(found(), { ...wishes, deleteSecrets: true, force: true })).to.deep.include({
      ...{ force: true, bucketsToDelete: [bucket], keptBuckets: [] },
    });
  });

  it('is run again with the same wish for the secrets', () => {
    const { stack } = found();
    expect(deleteAgain({ stack, bucketsToDelete: [] })).to.equal(`bk-stack delete ci ${AS_GIVEN}`);
    expect(deleteAgain({ stack, bucketsToDelete: [bucket] })).to.equal(
      `bk-stack delete ci --delete-secrets ${AS_GIVEN}`,
    );
  });
});
