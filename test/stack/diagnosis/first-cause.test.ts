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

  it('is nothing where nothing failed', () => {
    const { events } = new History().stack('CREATE_IN_PROGRESS', 'User Initiated').stack('CREATE_COMPLETE');
    expect(foldFailure(events, context)).to.equal(undefined);
  });
});

describe('the advice for a known reason', () => {
  const adviceFor = (reason: string) =>
    foldFailure(new History().resource('It', 'CREATE_FAILED', { reason }).events, context)?.advice;

  const cases: [string, RegExp][] = [
    [
      'Received 0 SUCCESS signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
      /aws logs tail \/buildkite\/ci\/boot .*--region eu-central-1[^]*get-console-output/,
    ],
    [
      'Received 1 FAILURE signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
      /boot failed.*\/buildkite\/ci\/boot/,
    ],
    [
      'User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole on resource: x',
      /lacks iam:CreateRole.*--role-arn/,
    ],
    ['ci-secrets already exists in stack arn:aws:cloudformation:...', /SecretsBucket=/],
    [
      'You have requested more vCPU capacity than your current vCPU limit of 5 allows (VcpuLimitExceeded)',
      /servicequotas.*ec2/,
    ],
    [
      'Resource handler returned message: "..." (RequestToken: 1, HandlerErrorCode: ServiceLimitExceeded)',
      /quota/,
    ],
    ['We currently do not have sufficient m7i.large capacity in the Availability Zone', /InstanceTypes=/],
    [
      'Termination Reason: Client.InternalError: Client error on launch',
      /KMS key.*AWSServiceRoleForAutoScaling/,
    ],
    ['Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state', /KMS key/],
    ["The vpc 'vpc-1' has dependencies and cannot be deleted.", /outside the stack/],
  ];
  for (const [reason, advice] of cases) {
    it(`says what to do about: ${reason.slice(0, 60)}`, () => {
      expect(adviceFor(reason)).to.match(advice);
    });
  }

  it('is silent about the unknown', () => {
    expect(adviceFor('Something new')).to.equal(undefined);
  });

  it('never is to delete a stack: updates, status and doctor give it too', () => {
    const reason = 'because all remaining instances are protected from scale-in.';
    expect(adviceFor(reason)).to.equal(undefined);
  });
});
