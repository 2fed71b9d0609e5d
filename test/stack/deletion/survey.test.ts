import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import { surveyForDeletion } from '../../../src/stack/deletion/survey.ts';
import { HOST_PROGRAM } from '../../support/fleet.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const TOKEN = '/bk-stack/ci/agent-token';
const STACK = {
  ...{ StackName: 'ci', StackId: 'arn:ci', StackStatus: 'CREATE_COMPLETE', CreationTime: undefined },
  Tags: [{ Key: 'bk-stack:stack', Value: 'ci' }],
};
const GROUP = { LogicalResourceId: 'Group', ResourceType: 'AWS::AutoScaling::AutoScalingGroup' };
const RESOURCES = [
  { ...GROUP, PhysicalResourceId: 'g' },
  { ...GROUP, LogicalResourceId: 'Unmade' },
  { ...GROUP, LogicalResourceId: 'Gone', PhysicalResourceId: 'gone' },
  { LogicalResourceId: 'Logs', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'ci-logs' },
  { LogicalResourceId: 'Secrets', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'ci-secrets' },
  { LogicalResourceId: 'Lost', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'ci-lost' },
];
const TEMPLATE = `
Resources:
  Logs: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
  Secrets: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
  Lost: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
`;
const HOOK = { LifecycleHookName: 'bk-stack-terminating' };
const INSTANCE = { InstanceId: 'i-1', LifecycleState: 'InService' };

const survey = (answers: Parameters<typeof recordedAws>[0] = {}) => {
  const recorded = recordedAws({
    DescribeStacks: { Stacks: [STACK] },
    ListStackResources: ({ NextToken }: { NextToken?: string }) =>
      NextToken === undefined
        ? { StackResourceSummaries: RESOURCES, NextToken: '2' }
        : {
            StackResourceSummaries: [
              { LogicalResourceId: 'Vpc', ResourceType: 'AWS::EC2::VPC', PhysicalResourceId: 'vpc-1' },
              { LogicalResourceId: 'Old', ResourceStatus: 'DELETE_COMPLETE' },
              {},
            ],
          },
    GetTemplate: { TemplateBody: TEMPLATE },
    GetParametersByPath: { Parameters: [{ Name: TOKEN }] },
    GetParameter: sdkError('ParameterNotFound', 'none'),
    DescribeAutoScalingGroups: ({ AutoScalingGroupNames: [name] }: { AutoScalingGroupNames: string[] }) =>
      name === 'g'
        ? {
            AutoScalingGroups: [
              {
                ...{ AutoScalingGroupName: 'g', Instances: [INSTANCE] },
                LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' },
              },
            ],
          }
        : {},
    DescribeLifecycleHooks: { LifecycleHooks: [HOOK] },
    DescribeLaunchTemplateVersions: {
      LaunchTemplateVersions: [
        { LaunchTemplateData: { UserData: Buffer.from(HOST_PROGRAM).toString('base64') } },
      ],
    },
    ListObjectVersions: ({ Bucket }: { Bucket: string }) =>
      Bucket === 'ci-lost' ? sdkError('NoSuchBucket', 'none') : { Versions: [{ Key: 'a', VersionId: '1' }] },
    ...answers,
  });
  return { ...recorded, found: surveyForDeletion(recorded.aws, 'ci') };
};

describe('the survey of a stack that is to be deleted', () => {
  it('finds resources that are there, groups, jobs, parameters, and the buckets that outlive it', async () => {
    const { resources, groups, jobs, parameters, buckets, stack, ...others } = await survey().found;
    expect(stack).to.include({ stackName: 'ci', stackId: 'arn:ci', status: 'CREATE_COMPLETE' });
    expect(resources.map(({ logicalId, retained }) => `${logicalId}${retained ? ' retained' : ''}`)).to.eql([
      'Group',
      'Unmade',
      'Gone',
      'Logs retained',
      'Secrets retained',
      'Lost retained',
      'Vpc',
      '',
    ]);
    expect(resources[0]).to.eql({
      ...{ logicalId: 'Group', type: GROUP.ResourceType, physicalId: 'g', retained: false },
    });
    expect(resources[1]?.physicalId).to.equal('');
    expect(resources.at(-1)).to.eql({ logicalId: '', type: '', physicalId: '', retained: false });
    expect(groups).to.eql([
      {
        ...{ logicalId: 'Group', autoScalingGroupName: 'g', draining: { drains: true } },
        instances: [{ instanceId: 'i-1', lifecycleState: 'InService', protectedFromScaleIn: false }],
      },
    ]);
    expect(jobs).to.eql({ known: false, why: 'the stack names no queue' });
    expect(parameters).to.eql([TOKEN]);
    expect(buckets.map(({ bucket }) => bucket)).to.eql(['ci-secrets', 'ci-logs']);
    expect(others).to.eql({});
  });

  it('reads each page of the resources of the stack’s own id', async () => {
    const { sent, found } = survey();
    await found;
    expect(sent.filter(([operation]) => operation === 'ListStackResources').map(([, input]) => input)).to.eql(
      [{ StackName: 'arn:ci' }, { StackName: 'arn:ci', NextToken: '2' }],
    );
  });

  it('asks for the groups alone, and for jobs where one of them has instances', async () => {
    const { sent, found } = survey({
      DescribeAutoScalingGroups: ({
        AutoScalingGroupNames: [name],
      }: {
        AutoScalingGroupNames: string[];
      }) => ({
        AutoScalingGroups: [{ AutoScalingGroupName: name, Instances: name === 'g' ? [INSTANCE] : [] }],
      }),
    });
    expect(await found).to.have.property('jobs');
    const asked = sent.filter(([operation]) => operation === 'DescribeAutoScalingGroups');
    expect(asked.map(([, input]) => input as object)).to.eql(
      ['g', 'gone'].map((name) => ({ AutoScalingGroupNames: [name] })),
    );
    const hooks = sent.filter(([operation]) => operation === 'DescribeLifecycleHooks');
    expect(hooks.map(([, input]) => input as object)).to.deep.include({ AutoScalingGroupName: 'g' });
  });

  it('asks for no jobs where there are no instances', async () => {
    const found = await survey({
      DescribeAutoScalingGroups: { AutoScalingGroups: [{ AutoScalingGroupName: 'g', Instances: [] }] },
    }).found;
    expect(found).to.not.have.property('jobs');
  });

  it('tells of an update that is under way', async () => {
    const journal = { by: 'ann', startedAt: '2026-11-24', phase: 'draining' };
    const found = await survey({ GetParameter: { Parameter: { Value: JSON.stringify(journal) } } }).found;
    expect(found.update).to.eql(journal);
  });

  const draining = async (answers: Parameters<typeof recordedAws>[0]) =>
    (await survey(answers).found).groups[0]?.draining;
  const DENIED = sdkError('UnauthorizedOperation', 'You may not', 403);

  it('judges a group by its hook alone where launch templates may not be read', async () => {
    expect(await draining({ DescribeLaunchTemplateVersions: DENIED })).to.eql({ drains: true });
    const { sent, found } = survey({ DescribeLaunchTemplateVersions: DENIED });
    await found;
    const hooks = sent.filter(([operation]) => operation === 'DescribeLifecycleHooks');
    expect(hooks.map(([, input]) => input as object)).to.eql(Array(2).fill({ AutoScalingGroupName: 'g' }));
    expect(await draining({ DescribeLaunchTemplateVersions: DENIED, DescribeLifecycleHooks: {} })).to.eql({
      ...{ drains: false, lacks: 'hook' },
    });
  });

  it('fails where they cannot be read for another reason', async () => {
    const work = survey({
      DescribeLaunchTemplateVersions: sdkError('InternalError', 'AWS is down', 500),
    }).found;
    expect(await work.catch((error: unknown) => (error as Error).message)).to.equal('AWS is down');
  });

  describe('that is gone', () => {
    const gone = { DescribeStacks: sdkError('ValidationError', 'Stack with id ci does not exist') };

    it('finds what is left beside it, and looks for nothing else', async () => {
      const { sent, found } = survey({
        DescribeStacks: (input: { StackName?: string }) =>
          input.StackName === undefined ? {} : gone.DescribeStacks,
      });
      const { stack, parameters, resources, groups, buckets } = await found;
      expect(stack).to.include({ stackName: 'ci', status: 'DELETE_COMPLETE', origin: 'bk-stack' });
      expect([parameters, resources, groups, buckets]).to.eql([[TOKEN], [], [], []]);
      expect(sent.map(([operation]) => operation)).to.not.include('ListStackResources');
    });

    it('is an error where nothing is left, with names one edit away alone', async () => {
      const failure = await survey({
        GetParametersByPath: {},
        DescribeStacks: ({ StackName }: { StackName?: string }) =>
          StackName === undefined
            ? { Stacks: ['ca', 'prod'].map((name) => ({ ...STACK, StackName: name, StackId: name })) }
            : gone.DescribeStacks,
      }).found.catch((error: unknown) => error as OperationError);
      expect(failure).to.include({
        message: 'There is no stack named ci in us-east-1',
        hint: 'Did you mean ca?',
      });
    });
  });
});
