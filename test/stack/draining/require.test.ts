import { expect } from 'chai';
import { UsageError } from '../../../src/errors.ts';
import {
  knownToDrain,
  type OwningStack,
  requireDraining,
  undrained,
} from '../../../src/stack/draining/require.ts';
import { HOST_PROGRAM } from '../../support/fleet.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const DENIED = sdkError('AccessDenied', 'You may not', 403);
const STACK = { StackName: 'ci', StackId: 'arn:ci' };
const launched = (program: string) => ({
  LaunchTemplateVersions: [{ LaunchTemplateData: { UserData: Buffer.from(program).toString('base64') } }],
});
const group = {
  ...{ AutoScalingGroupName: 'g', MinSize: 2, LaunchTemplate: { LaunchTemplateId: 'lt', Version: '1' } },
  Instances: [
    { InstanceId: 'i-1', ProtectedFromScaleIn: false, LifecycleState: 'InService' },
    { InstanceId: 'i-2', ProtectedFromScaleIn: true, LifecycleState: 'InService' },
    { InstanceId: 'i-3', ProtectedFromScaleIn: false, LifecycleState: 'Terminating:Wait' },
    { InstanceId: 'i-4', LifecycleState: 'Pending' },
    { LifecycleState: 'InService' },
    { InstanceId: 'i-5' },
  ],
};
const RULE = {
  ResourceType: 'AWS::Events::Rule',
  LogicalResourceId: 'ScalerSchedule',
  PhysicalResourceId: 'rule',
};
const aws = (answers: Parameters<typeof recordedAws>[0] = {}) =>
  recordedAws({
    DescribeAutoScalingGroups: { AutoScalingGroups: [group] },
    DescribeLifecycleHooks: { LifecycleHooks: [{ LifecycleHookName: 'bk-stack-terminating' }] },
    DescribeLaunchTemplateVersions: launched(HOST_PROGRAM),
    ListStackResources: { StackResourceSummaries: [RULE] },
    ...answers,
  }).aws;

describe('an operation that terminates instances', () => {
  const refusal = (answers: Parameters<typeof recordedAws>[0], because?: string) =>
    requireDraining(aws(answers), STACK, 'g', 'scale', because).then(
      () => undefined,
      (error: unknown) => error as UsageError,
    );

  it('is allowed where they drain, or the group is gone', async () => {
    expect(await refusal({})).to.equal(undefined);
    expect(await refusal({ DescribeAutoScalingGroups: {} })).to.equal(undefined);
  });

  it('is refused with the facts where they do not', async () => {
    const refused = await refusal({ DescribeLifecycleHooks: {} }, 'MaxSize');
    expect(refused).to.be.instanceOf(UsageError);
    expect(refused?.message).to.contain('scale would terminate instances of ci').and.contain('(MaxSize)');
    expect(refused?.details).to.include({ group: 'g', lacks: 'hook' });
  });

  it('fails where that may not be read', async () => {
    expect(await refusal({ DescribeLaunchTemplateVersions: DENIED })).to.have.property(
      'message',
      'You may not',
    );
  });
});

describe('whether a group is known to drain', () => {
  it('is so where that may be read, and the instances do', async () => {
    expect(await knownToDrain(aws(), 'g')).to.equal(true);
    expect(await knownToDrain(aws({ DescribeLifecycleHooks: {} }), 'g')).to.equal(false);
    expect(await knownToDrain(aws({ DescribeLifecycleHooks: DENIED }), 'g')).to.equal(false);
  });

  it('fails where the group is gone, or cannot be read for another reason', async () => {
    const failure = (answers: Parameters<typeof recordedAws>[0]) =>
      knownToDrain(aws(answers), 'g').catch((error: unknown) => (error as Error).message);
    expect(await failure({ DescribeAutoScalingGroups: {} })).to.equal(
      'There is no Auto Scaling group g any more',
    );
    expect(await failure({ DescribeLifecycleHooks: sdkError('InternalError', 'down', 500) })).to.equal(
      'down',
    );
  });
});

describe('the facts of a refusal', () => {
  const facts = (
    stack: OwningStack | Record<string, never> = STACK,
    answers: Parameters<typeof recordedAws>[0] = {},
    described: object = group,
  ) => undrained(aws(answers), stack as OwningStack, described as never, { drains: false, lacks: 'hook' });

  it('name the group, its scaler’s rule, and the instances that scale-in would terminate', async () => {
    expect(await facts()).to.eql({
      ...{ stackName: 'ci', region: 'us-east-1', group: 'g', minSize: 2, lacks: 'hook', scalerRule: 'rule' },
      queue: { known: false, why: 'the stack names no queue' },
      unprotected: ['i-1', 'i-4', 'i-5'],
    });
  });

  it('lack the rule where it may not be read, there is none, or the stack is not known', async () => {
    for (const answers of [{ ListStackResources: DENIED }, { ListStackResources: {} }])
      expect(await facts(STACK, answers)).to.not.have.property('scalerRule');
    expect(await facts({}, {}, {})).to.eql({
      ...{ stackName: '', region: 'us-east-1', group: '', minSize: 0, lacks: 'hook', unprotected: [] },
      queue: { known: false, why: 'the stack names no queue' },
    });
    const down = facts(STACK, { ListStackResources: sdkError('InternalError', 'down', 500) });
    expect(await down.catch((error: unknown) => (error as Error).message)).to.equal('down');
  });
});
