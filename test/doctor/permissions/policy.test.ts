import { expect } from 'chai';
import {
  LARGEST_MANAGED,
  neededActions,
  policyFor,
  policyPlace,
} from '../../../src/doctor/permissions/policy.ts';
import type { PolicyPlace } from '../../../src/doctor/permissions/document.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const PLACE: PolicyPlace = {
  ...{ account: '111122223333', region: 'cn-north-1', partition: 'aws-cn', stackName: 'CI' },
};
const statements = (commands: readonly string[], place = PLACE) =>
  new Map(policyFor(commands, place).Statement.map((each) => [each.Sid, each]));
const arn = (service: string, resource: string) =>
  `arn:aws-cn:${service}:cn-north-1:111122223333:${resource}`;
const iam = (resource: string) => `arn:aws-cn:iam::111122223333:${resource}`;

describe('the actions that commands need', () => {
  it('are each by the commands that need it', () => {
    const needed = neededActions(['list', 'params', 'params']);
    expect([...needed].map(([action, { by }]) => [action, by])).to.eql([
      ['cloudformation:DescribeStacks', ['list', 'params']],
      ['ec2:DescribeRegions', ['list']],
      ['cloudformation:GetTemplate', ['params']],
    ]);
    expect(neededActions(['nothing like it']).size).to.equal(0);
  });

  it('are those of CloudFormation too where a command deploys', () => {
    for (const command of ['create', 'update', 'delete', 'rollback']) {
      expect(neededActions([command]).get('ec2:RunInstances'), command).to.eql({ by: [command] });
      expect(neededActions([command]).get('ssm:GetParameters'), command).to.eql({ by: [command] });
    }
    expect(neededActions(['status']).has('ec2:RunInstances')).to.equal(false);
    // It tells whether there is a newer image.
    expect(neededActions(['status']).get('ssm:GetParameters')).to.eql({ by: ['status'] });
  });
});

describe('a policy', () => {
  it('allows what is needed, sorted, in one statement for each kind of resource', () => {
    expect(policyFor(['logs insights'], PLACE)).to.eql({
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Sid: 'Look', Effect: 'Allow', Resource: ['*'] },
          Action: [
            ...['autoscaling:DescribeAutoScalingGroups', 'cloudformation:DescribeStacks'],
            ...['logs:DescribeLogGroups', 'logs:StopQuery'],
          ],
        },
        {
          ...{ Sid: 'Logs', Effect: 'Allow', Resource: [arn('logs', 'log-group:/buildkite/CI/*')] },
          Action: ['logs:GetQueryResults', 'logs:StartQuery'],
        },
      ],
    });
  });

  const inRegion = { StringEquals: { 'aws:RequestedRegion': 'cn-north-1' } };
  const passed = {
    StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'lambda.amazonaws.com'] },
  };
  const buckets = (name: string) => [
    'arn:aws-cn:s3:::bk-stack-assets-111122223333-cn-north-1',
    `arn:aws-cn:s3:::${name}`,
  ];
  const objects = (name: string) => buckets(name).map((bucket) => `${bucket}/*`);
  const roles = iam('role/aws-service-role');
  for (const [sid, one, any, condition] of [
    ['Stacks', [arn('cloudformation', 'stack/CI/*')], [arn('cloudformation', 'stack/*/*')], undefined],
    [
      'Groups',
      [arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/CI-*')],
      [arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*')],
      undefined,
    ],
    ['Network', ['*'], ['*'], inRegion],
    ['Look', ['*'], ['*'], undefined],
    ['PassRoles', [iam('role/CI-*')], [iam('role/*')], passed],
    [
      'Roles',
      [iam('role/CI-*'), iam('instance-profile/CI-*')],
      [iam('role/*'), iam('instance-profile/*')],
      undefined,
    ],
    [
      'ServiceRoles',
      [`${roles}/autoscaling.amazonaws.com/*`, `${roles}/spot.amazonaws.com/*`],
      [`${roles}/autoscaling.amazonaws.com/*`, `${roles}/spot.amazonaws.com/*`],
      undefined,
    ],
    ['Buckets', buckets('ci-managedsecrets*'), buckets('*-managedsecrets*'), undefined],
    ['Objects', objects('ci-managedsecrets*'), objects('*-managedsecrets*'), undefined],
    [
      'Images',
      ['arn:aws-cn:ssm:cn-north-1::parameter/aws/service/*', arn('ssm', 'parameter/bk-stack/CI/*')],
      ['arn:aws-cn:ssm:cn-north-1::parameter/aws/service/*', arn('ssm', 'parameter/bk-stack/*/*')],
      undefined,
    ],
    [
      'Parameters',
      [arn('ssm', 'parameter/bk-stack/CI/*')],
      [arn('ssm', 'parameter/bk-stack/*/*')],
      undefined,
    ],
    ['Logs', [arn('logs', 'log-group:/buildkite/CI/*')], [arn('logs', 'log-group:/buildkite/*')], undefined],
    ['Scaler', [arn('lambda', 'function:CI-*')], [arn('lambda', 'function:*')], undefined],
    ['Schedule', [arn('events', 'rule/CI-*')], [arn('events', 'rule/*')], undefined],
    ['Alarms', [arn('cloudwatch', 'alarm:CI-*')], [arn('cloudwatch', 'alarm:*')], undefined],
  ] as const) {
    it(`says where ${sid} is allowed, for one stack and for any`, () => {
      const all = ['create', 'doctor'];
      const found = statements(all).get(sid);
      expect([found?.Resource, found?.Condition]).to.eql([one, condition]);
      expect(statements(all, { ...PLACE, stackName: undefined }).get(sid)?.Resource).to.eql(any);
    });
  }

  it('has each action where it is as narrow as AWS knows', () => {
    const found = statements(['create', 'doctor', 'token rotate']);
    const sids = (action: string) =>
      [...found.values()].filter(({ Action }) => Action.includes(action)).map(({ Sid }) => Sid);
    for (const [action, sid] of [
      ['cloudformation:DescribeStacks', 'Look'],
      ['cloudformation:CreateChangeSet', 'Stacks'],
      ['autoscaling:Describe*', 'Look'],
      ['autoscaling:StartInstanceRefresh', 'Groups'],
      ['ec2:Describe*', 'Look'],
      ['ec2:GetLaunchTemplateData', 'Look'],
      ['ec2:RunInstances', 'Network'],
      ['iam:SimulatePrincipalPolicy', 'Look'],
      ['iam:GetRole', 'Look'],
      ['iam:PassRole', 'PassRoles'],
      ['iam:CreateServiceLinkedRole', 'ServiceRoles'],
      ['iam:CreateRole', 'BoundedRoles'],
      ['iam:TagRole', 'Roles'],
      ['s3:ListBucket', 'Buckets'],
      ['s3:PutObject', 'Objects'],
      ['ssm:GetParameters', 'Images'],
      ['ssm:PutParameter', 'Parameters'],
      ['logs:DescribeLogGroups', 'Look'],
      ['logs:CreateLogGroup', 'Logs'],
      ['lambda:CreateFunction', 'Scaler'],
      ['events:PutRule', 'Schedule'],
      ['cloudwatch:GetMetricData', 'Look'],
      ['cloudwatch:DescribeAlarms', 'Look'],
      ['cloudwatch:ListTagsForResource', 'Look'],
      ['cloudwatch:PutMetricAlarm', 'Alarms'],
      ['servicequotas:GetServiceQuota', 'Look'],
    ] as const) {
      expect(sids(action), action).to.eql([sid]);
    }
  });

  it('leaves out what a pattern allows anyway', () => {
    const { Action = [] } = statements(['create']).get('Look') ?? {};
    expect(Action.filter((action) => action.startsWith('ec2:Describe'))).to.eql(['ec2:Describe*']);
    expect(Action).to.include('ec2:GetLaunchTemplateData');
  });

  it('names the parameter of the token where that is not one of ours', () => {
    const parameters = (tokenPath?: string) =>
      statements(['token rotate'], { ...PLACE, tokenPath }).get('Parameters')?.Resource;
    const own = arn('ssm', 'parameter/bk-stack/CI/*');
    expect(parameters()).to.eql([own]);
    expect(parameters('/bk-stack/CI/token')).to.eql([own]);
    expect(parameters('/bk-stack/CI-2/token')).to.eql([own, arn('ssm', 'parameter/bk-stack/CI-2/token')]);
    expect(parameters('/team/token')).to.eql([own, arn('ssm', 'parameter/team/token')]);
  });

  it('has the size that IAM allows', () => {
    expect(LARGEST_MANAGED).to.equal(6144);
  });
});

describe('the place of a policy', () => {
  const identity = { Account: '111122223333', Arn: 'arn:aws-us-gov:iam::111122223333:user/a' };
  const told = { ParameterKey: 'BuildkiteAgentTokenParameterStorePath', ParameterValue: '/t' };
  const place = async (stacks: object, stackName: string | undefined = 'CI') => {
    const { aws, sent } = recordedAws({ GetCallerIdentity: identity, DescribeStacks: stacks });
    return { place: await policyPlace(aws, stackName), operations: sent.map(([operation]) => operation) };
  };
  const EXPECTED = { account: '111122223333', region: 'us-east-1', partition: 'aws-us-gov', stackName: 'CI' };

  it('is that of the caller, with where the stack keeps its token', async () => {
    expect((await place({ Stacks: [{ Parameters: [told] }] })).place).to.eql({
      ...EXPECTED,
      tokenPath: '/t',
    });
  });

  it('is known though the stack is not there, or may not be read', async () => {
    const missing = sdkError('ValidationError', 'Stack with id CI does not exist');
    expect((await place(missing)).place).to.eql({ ...EXPECTED, tokenPath: undefined });
    const denied = sdkError('AccessDenied', 'no', 403);
    expect((await place(denied)).place).to.eql({ ...EXPECTED, tokenPath: undefined });
    const failure = await place(new Error('no answer')).catch((error: unknown) => (error as Error).message);
    expect(failure).to.equal('no answer');
  });

  it('asks about no stack where none is named', async () => {
    const { aws, sent } = recordedAws({ GetCallerIdentity: {} });
    expect(await policyPlace(aws, undefined)).to.eql({
      ...{ account: '', region: 'us-east-1', partition: 'aws', stackName: undefined, tokenPath: undefined },
    });
    expect(sent.map(([operation]) => operation)).to.eql(['GetCallerIdentity']);
  });
});
