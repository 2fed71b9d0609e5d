import { expect } from 'chai';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { foldFailure } from '../../../src/stack/diagnosis/first-cause.ts';
import { History, ROOT } from '../../support/events.ts';

const context = { stackId: ROOT, region: 'eu-central-1' };
const NESTED = 'arn:aws:cloudformation:us-east-1:111122223333:stack/ci-Network-1ABCDEFGHIJKL/2222';
const STACK = 'AWS::CloudFormation::Stack';

describe('the first cause of a failure', () => {
  it('is the resource that failed of itself, not those that were cancelled with it', () => {
    const { events } = new History()
      .stack('CREATE_IN_PROGRESS', 'User Initiated')
      .resource('Queue', 'CREATE_FAILED', { reason: 'Resource creation cancelled' })
      .resource('Vpc', 'CREATE_FAILED', { reason: 'The maximum number of VPCs has been reached.' })
      .resource('Logs', 'CREATE_FAILED', { reason: 'Resource creation cancelled' })
      .stack('ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [Queue, Vpc, Logs].');
    const cause = foldFailure(events, context);
    expect(cause).to.include({ path: 'Vpc', reason: 'The maximum number of VPCs has been reached.' });
    expect(cause?.alsoFailed).to.deep.equal([]);
    expect(cause?.advice)
      .to.match(/VpcId=/)
      .and.match(/eu-central-1/);
  });

  it('is inside the nested stack that failed, however deep', () => {
    const deeper = 'arn:aws:cloudformation:us-east-1:111122223333:stack/ci-Network-1A-Inner-1B/3333';
    const { events } = new History()
      .resource('Network', 'CREATE_IN_PROGRESS', { type: STACK, physicalId: NESTED })
      .resource('Inner', 'CREATE_IN_PROGRESS', { type: STACK, physicalId: deeper, stackId: NESTED })
      .resource('Gate', 'CREATE_FAILED', { stackId: deeper, stackName: 'deep', reason: 'no gate' })
      .resource('Inner', 'CREATE_FAILED', {
        type: STACK,
        physicalId: deeper,
        stackId: NESTED,
        reason: 'wrap',
      })
      .resource('Network', 'CREATE_FAILED', { type: STACK, physicalId: NESTED, reason: 'wrap' });
    expect(foldFailure(events, context)).to.include({
      path: 'Network/Inner/Gate',
      stackName: 'deep',
      reason: 'no gate',
    });
  });

  it('is the nested stack itself when it failed before any of its resources', () => {
    const { events } = new History().resource('Network', 'CREATE_FAILED', {
      type: STACK,
      physicalId: NESTED,
      reason: 'TemplateURL must reference a valid S3 object to which you have access.',
    });
    expect(foldFailure(events, context)).to.include({ path: 'Network' });
  });

  it('is the stack when it failed as a whole', () => {
    const reason = 'Stack creation time exceeded the specified timeout. Rollback requested by user.';
    const { events } = new History()
      .stack('CREATE_IN_PROGRESS', 'User Initiated')
      .resource('Vpc', 'CREATE_FAILED', { reason: 'Resource creation cancelled' })
      .stack('ROLLBACK_IN_PROGRESS', reason);
    expect(foldFailure(events, context)).to.include({ path: 'ci', reason });
  });

  it('names the others that failed of themselves, each once', () => {
    const { events } = new History()
      .resource('A', 'CREATE_FAILED', { reason: 'first' })
      .resource('B', 'CREATE_FAILED', { reason: 'second' })
      .resource('A', 'DELETE_FAILED', { reason: 'clean-up' });
    const cause = foldFailure(events, context);
    expect(cause).to.include({ path: 'A', reason: 'first' });
    expect(cause?.alsoFailed).to.deep.equal(['B']);
  });

  it("tells the resource's line in the template", () => {
    const template = parseTemplate('Resources:\n  A:\n    Type: X\n  Vpc:\n    Type: AWS::EC2::VPC\n');
    const { events } = new History().resource('Vpc', 'CREATE_FAILED', { reason: 'no' });
    expect(foldFailure(events, { ...context, template })?.line).to.equal(4);
  });

  it('is told with what the failed row says', () => {
    const { events } = new History()
      .stack('CREATE_IN_PROGRESS', 'User Initiated')
      .resource('Vpc', 'CREATE_FAILED', { type: 'AWS::EC2::VPC', physicalId: 'vpc-1' });
    const { at: _, ...cause } = foldFailure(events, context) ?? {};
    expect(cause).to.eql({
      ...{ logicalId: 'Vpc', path: 'Vpc', type: 'AWS::EC2::VPC', physicalId: 'vpc-1' },
      ...{ reason: 'CREATE_FAILED', stackName: 'ci', alsoFailed: [] },
    });
    const { physicalId: __, ...unmade } = events[1] ?? expect.fail();
    expect(foldFailure([unmade], context)).to.not.have.property('physicalId');
  });

  it('is no row of another stack, and none without a reason', () => {
    const whole = (stackId: string, status: string, reason?: string) =>
      new History().resource('ci', status, {
        ...{ stackId, physicalId: stackId, type: STACK },
        ...(reason && { reason }),
      }).events;
    expect(foldFailure(whole(NESTED, 'ROLLBACK_IN_PROGRESS', 'why'), context)).to.equal(undefined);
    expect(foldFailure(whole(ROOT, 'ROLLBACK_IN_PROGRESS'), context)).to.equal(undefined);
    expect(foldFailure(whole(ROOT, 'CREATE_FAILED', 'why'), context)?.reason).to.equal('why');
    expect(foldFailure(whole(ROOT, 'UPDATE_ROLLBACK_IN_PROGRESS', 'why'), context)?.reason).to.equal('why');
    expect(foldFailure(whole(ROOT, 'CREATE_IN_PROGRESS', 'why'), context)).to.equal(undefined);
  });

  it('names the root stack in its advice, and no line of a nested resource', () => {
    const template = parseTemplate('Resources:\n  Network:\n    Type: X\n  Vpc:\n    Type: X\n');
    const failure = 'Received FAILURE signal with UniqueId i-1';
    const { events } = new History()
      .resource('Network', 'CREATE_IN_PROGRESS', { type: STACK, physicalId: NESTED })
      .resource('Vpc', 'CREATE_FAILED', { stackId: NESTED, stackName: 'inner', reason: failure })
      .resource('Network', 'CREATE_FAILED', { type: STACK, physicalId: NESTED, reason: 'wrap' });
    // The nested stack's row comes first.
    const [network, vpc, failed] = events;
    const cause = foldFailure(
      [vpc, network, failed].flatMap((each) => each ?? []),
      { ...context, template },
    );
    expect(cause?.advice).to.contain('/buildkite/ci/boot');
    expect(cause).to.include({ path: 'Network/Vpc' }).and.not.to.have.property('line');
    const unknown = foldFailure(new History().resource('Other', 'CREATE_FAILED', { reason: 'no' }).events, {
      ...context,
      template,
    });
    expect(unknown).to.include({ path: 'Other' }).and.not.to.have.any.keys('line', 'advice');
  });

  it('is a resource whose reason only mentions a cancellation', () => {
    const reason = 'Not found. Resource creation cancelled';
    const { events } = new History().resource('Vpc', 'CREATE_FAILED', { reason });
    expect(foldFailure(events, context)).to.include({ path: 'Vpc', reason });
  });

  it('is nothing where nothing failed', () => {
    const { events } = new History().stack('CREATE_IN_PROGRESS', 'User Initiated').stack('CREATE_COMPLETE');
    expect(foldFailure(events, context)).to.equal(undefined);
  });
});

describe('the advice on a failure', () => {
  const advice = (reason: string) =>
    foldFailure(new History().resource('It', 'CREATE_FAILED', { reason }).events, context)?.advice;

  it('never is to delete a stack: updates, status and doctor give it too', () => {
    expect(advice('because all remaining instances are protected from scale-in.')).to.equal(undefined);
  });
});
