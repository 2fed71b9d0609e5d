import { expect } from 'chai';
import { InterruptedError } from '../../../src/errors.ts';
import { planRemoval, removeStack } from '../../../src/stack/creation/removable-stack.ts';
import type { DeletionFacts } from '../../../src/stack/deletion/facts.ts';
import { unobserved } from '../../../src/stack/events/observer.ts';
import type { Theme } from '../../../src/terminal/theme.ts';
import { deletionPlan, plannedGroup } from '../../support/deletion-plan.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };
const TOKEN = '/bk-stack/ci/agent-token';
const OWN = '/bk-stack/ci/own-token';

describe('the plan to remove a stack that failed', () => {
  const secrets = { bucket: 'ci-secrets', versions: 3, more: false };
  const found = (parts: Partial<DeletionFacts> = {}, status = 'DELETE_FAILED'): DeletionFacts => {
    const { stack } = deletionPlan({}, status);
    return { stack, resources: [], groups: [], parameters: [TOKEN, OWN], buckets: [secrets], ...parts };
  };

  it('keeps secrets, and lets jobs finish', () => {
    const plan = planRemoval(found({ groups: [plannedGroup('g', 'drain')] }));
    expect(plan).to.deep.include({ bucketsToDelete: [], keptBuckets: [secrets], retain: [], force: false });
    expect(plan.groups.map(({ ending }) => ending)).to.eql(['drain']);
    expect(plan.parameters).to.eql([TOKEN, OWN]);
  });

  it('keeps the one parameter that is still needed', () => {
    expect(planRemoval(found(), OWN).parameters).to.eql([TOKEN]);
    expect(planRemoval(found(), '/other').parameters).to.eql([TOKEN, OWN]);
  });

  it('lifts protection only from what was never made', () => {
    const protect = (status: string) => {
      const facts = found({}, status);
      return { ...facts, stack: { ...facts.stack, terminationProtection: true } };
    };
    expect(planRemoval(protect('ROLLBACK_COMPLETE')).unprotect).to.equal(true);
    expect(() => planRemoval(protect('DELETE_FAILED'))).to.throw('ci is protected from deletion');
  });
});

describe('removing a stack that failed and has the name', () => {
  const removed = async (keepParameter?: string, signal = new AbortController().signal) => {
    const { stack } = deletionPlan({}, 'ROLLBACK_COMPLETE');
    const row = (EventId: string, ResourceStatus: string, reason?: string) => ({
      ...{ StackId: stack.stackId, StackName: 'ci', EventId, ResourceStatus, Timestamp: new Date(0) },
      ...{ LogicalResourceId: 'ci', PhysicalResourceId: stack.stackId },
      ...{ ResourceType: 'AWS::CloudFormation::Stack', ResourceStatusReason: reason },
    });
    const before = [row('1', 'ROLLBACK_COMPLETE'), row('0', 'CREATE_IN_PROGRESS', 'User Initiated')];
    let begun = false;
    const { aws, sent } = recordedAws({
      DescribeStacks: {
        Stacks: [
          {
            ...{ StackName: 'ci', StackId: stack.stackId, StackStatus: 'ROLLBACK_COMPLETE' },
            ...{ EnableTerminationProtection: true, Tags: [{ Key: 'bk-stack:stack', Value: 'ci' }] },
          },
        ],
      },
      GetParametersByPath: { Parameters: [{ Name: TOKEN }, { Name: OWN }] },
      GetParameter: sdkError('ParameterNotFound', 'none'),
      DeleteStack: () => {
        begun = true;
        return {};
      },
      DescribeStackEvents: () => ({
        StackEvents: begun
          ? [row('3', 'DELETE_COMPLETE'), row('2', 'DELETE_IN_PROGRESS', 'User Initiated'), ...before]
          : before,
      }),
    });
    Object.assign(aws, { clock: () => Promise.resolve(() => 0), wait: () => Promise.resolve() });
    const said: string[] = [];
    const work = removeStack(
      aws,
      { stack, explanation: 'left by a creation that failed' },
      {
        ...{ signal, theme, ask: false, say: (line: string) => said.push(line) },
        observer: () => Promise.resolve(unobserved),
        ...(keepParameter !== undefined && { keepParameter }),
      },
    );
    const failure = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    const names = (operation: string) =>
      sent.filter(([name]) => name === operation).map(([, input]) => input as object);
    return { said, failure, names, stack };
  };

  it('says what goes, and deletes it with its parameters, protected or not', async () => {
    const { said, failure, names, stack } = await removed();
    expect(failure).to.equal(undefined);
    expect(said).to.eql([
      'ci is taken: left by a creation that failed.',
      [
        'ci in us-east-1 (ROLLBACK_COMPLETE)',
        `  - deletes SSM parameter ${TOKEN}`,
        `  - deletes SSM parameter ${OWN}`,
        '  ! switches its termination protection off',
      ].join('\n'),
    ]);
    expect(names('UpdateTerminationProtection')).to.have.length(1);
    expect(names('DeleteStack')).to.eql([{ StackName: stack.stackId }]);
    expect(names('DeleteParameters')).to.eql([{ Names: [TOKEN, OWN] }]);
  });

  it('keeps the parameter that the new stack reads its token from', async () => {
    const { said, names } = await removed(OWN);
    expect(said.join()).to.not.contain(OWN);
    expect(names('DeleteParameters')).to.eql([{ Names: [TOKEN] }]);
  });

  it('removes nothing once it is interrupted', async () => {
    const stop = new AbortController();
    stop.abort(new InterruptedError());
    const { failure, names } = await removed(undefined, stop.signal);
    expect(failure).to.be.instanceOf(InterruptedError);
    expect([names('DeleteStack'), names('DeleteParameters')]).to.eql([[], []]);
  });
});
