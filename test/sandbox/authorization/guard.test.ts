import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import { expect } from 'chai';
import type { RequestContext } from '../../../src/sandbox/kernel/world.ts';
import { permissionsFor } from '../../../src/sandbox/authorization/requests.ts';
import { TestServer } from '../../support/server.ts';
import { TestWorld } from '../../support/world.ts';

const ACCOUNT = '111122223333';
const allow = (Action: string | string[], Resource: string | string[] = '*', Condition?: object) => ({
  Effect: 'Allow',
  ...{ Action, Resource },
  ...(Condition !== undefined && { Condition }),
});
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('a sandbox that enforces IAM', () => {
  const server = new TestServer();
  let count = 0;
  before(async () => {
    await server.start({ enforceIam: true });
    const s3 = new S3({ ...server.client, forcePathStyle: true });
    await s3.createBucket({ Bucket: 'mine' });
    await s3.putObject({ Bucket: 'mine', Key: 'a/key', Body: 'x' });
    await new SSM(server.client).putParameter({ Name: '/ci/token', Type: 'String', Value: 't' });
  });
  afterEach(() => expect(server.failures).to.deep.equal([]));
  after(() => server.remove());

  /** What clients of a role with these statements work with. */
  const caller = async (statements: readonly object[], boundary?: readonly object[]) => {
    const iam = new IAM(server.client);
    const RoleName = `role-${++count}`;
    const PermissionsBoundary =
      boundary &&
      (await iam.createPolicy({ PolicyName: RoleName, PolicyDocument: document(...boundary) })).Policy?.Arn;
    await iam.createRole({
      ...{ RoleName, PermissionsBoundary, Path: '/people/' },
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sts:AssumeRole',
      }),
    });
    if (statements.length > 0)
      await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(...statements) });
    const { Credentials } = await new STS(server.client).assumeRole({
      ...{ RoleArn: `arn:aws:iam::${ACCOUNT}:role/people/${RoleName}`, RoleSessionName: 'night' },
    });
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    return { ...server.client, credentials, maxAttempts: 1, forcePathStyle: true };
  };
  const outcome = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (error: unknown) => (error as Error).name,
    );

  it('lets its owner do everything, and a role without policies nothing but ask who it is', async () => {
    await new SSM(server.client).getParameter({ Name: '/ci/token' });
    const client = await caller([]);
    expect(await outcome(new STS(client).getCallerIdentity({}))).to.equal('done');
    // As each of AWS's protocols words it.
    expect(
      await Promise.all(
        [
          new SSM(client).getParameter({ Name: '/ci/token' }),
          new EC2(client).describeVpcs({}),
          new S3(client).listObjectsV2({ Bucket: 'mine' }),
          new Lambda(client).listFunctions({}),
          new IAM(client).getRole({ RoleName: 'role-1' }),
        ].map(outcome),
      ),
    ).to.deep.equal([
      ...['AccessDeniedException', 'UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'],
      'AccessDenied',
    ]);
  });

  it('says what is missing', async () => {
    const refusal = new SSM(await caller([])).getParameter({ Name: '/ci/token' });
    const { message } = await refusal.then(
      () => new Error(),
      (error: unknown) => error as Error,
    );
    expect(message).to.match(
      /^User: arn:aws:sts::\d+:assumed-role\/role-\d+\/night is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:\d+:parameter\/ci\/token because no identity-based policy allows the ssm:GetParameter action$/,
    );
  });

  it('weighs action, resource, condition, denial and boundary', async () => {
    const token = 'arn:aws:ssm:us-east-1:111122223333:parameter/ci/token';
    const read = async (statements: readonly object[], boundary?: readonly object[]) =>
      outcome(new SSM(await caller(statements, boundary)).getParameter({ Name: '/ci/token' }));
    const inRegion = (region: string) => ({ StringEquals: { 'aws:RequestedRegion': region } });
    const denied = 'AccessDeniedException';
    expect(await read([allow('ssm:GetParameter', token)])).to.equal('done');
    expect(await read([allow('ssm:GetParameters', token)])).to.equal(denied);
    expect(await read([allow('ssm:GetParameter', `${token}-other`)])).to.equal(denied);
    expect(await read([allow('ssm:Get*', token, inRegion('us-east-1'))])).to.equal('done');
    expect(await read([allow('ssm:Get*', token, inRegion('eu-west-1'))])).to.equal(denied);
    const deny = { ...allow('ssm:*', token), Effect: 'Deny' };
    expect(await read([allow('*'), deny])).to.equal(denied);
    expect(await read([allow('*')], [allow('s3:*')])).to.equal(denied);
    expect(await read([allow('*')], [allow('ssm:*')])).to.equal('done');
  });

  it('keeps from those who may not list a bucket which objects are missing', async () => {
    const bucket = 'arn:aws:s3:::mine';
    const reader = new S3(await caller([allow('s3:GetObject', `${bucket}/a/*`)]));
    expect(await outcome(reader.getObject({ Bucket: 'mine', Key: 'a/key' }))).to.equal('done');
    expect(await outcome(reader.getObject({ Bucket: 'mine', Key: 'a/none' }))).to.equal('AccessDenied');
    expect(await outcome(reader.getObject({ Bucket: 'mine', Key: 'b/key' }))).to.equal('AccessDenied');
    const lister = new S3(await caller([allow(['s3:GetObject', 's3:ListBucket'], [bucket, `${bucket}/*`])]));
    expect(await outcome(lister.getObject({ Bucket: 'mine', Key: 'a/none' }))).to.equal('NoSuchKey');
  });

  it('makes roles only within a boundary, and passes only those that may be passed', async () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/limit`;
    await new IAM(server.client).createPolicy({
      PolicyName: 'limit',
      PolicyDocument: document(allow('s3:*')),
    });
    const within = { StringEquals: { 'iam:PermissionsBoundary': boundary } };
    const iam = new IAM(
      await caller([
        allow(['iam:CreateRole', 'iam:PutRolePolicy'], `arn:aws:iam::${ACCOUNT}:role/ci-*`, within),
        allow(['iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile'], '*'),
        allow('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/ci-*`, {
          StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
        }),
      ]),
    );
    const AssumeRolePolicyDocument = document({
      ...{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    });
    const create = (RoleName: string, PermissionsBoundary?: string) =>
      outcome(iam.createRole({ RoleName, AssumeRolePolicyDocument, PermissionsBoundary }));
    const write = (RoleName: string) =>
      outcome(iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(allow('*')) }));
    expect(await create('ci-a')).to.equal('AccessDenied');
    expect(await create('other', boundary)).to.equal('AccessDenied');
    expect(await create('ci-a', boundary)).to.equal('done');
    expect(await write('ci-a')).to.equal('done');
    await new IAM(server.client).createRole({ RoleName: 'ci-free', AssumeRolePolicyDocument });
    expect(await write('ci-free')).to.equal('AccessDenied');
    await iam.createInstanceProfile({ InstanceProfileName: 'p' });
    const pass = (RoleName: string) =>
      outcome(iam.addRoleToInstanceProfile({ InstanceProfileName: 'p', RoleName }));
    expect(await pass('role-1')).to.equal('AccessDenied');
    expect(await pass('ci-a')).to.equal('done');
  });

  it('gives a role that is gone nothing', async () => {
    const client = await caller([allow('*')]);
    const iam = new IAM(server.client);
    expect(await outcome(new AutoScaling(client).describeAutoScalingGroups({}))).to.equal('done');
    await iam.deleteRolePolicy({ RoleName: `role-${count}`, PolicyName: 'p' });
    await iam.deleteRole({ RoleName: `role-${count}` });
    expect(await outcome(new AutoScaling(client).describeAutoScalingGroups({}))).to.equal('AccessDenied');
    expect(await outcome(new CloudWatchLogs(client).describeLogGroups({}))).to.equal('AccessDeniedException');
  });
});

describe('the permissions that a call needs', () => {
  const world = new TestWorld([]);
  const context: RequestContext = { ...world.scope('us-east-1'), requestId: 'r', callerArn: 'c' };
  const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
  const group = arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/g');
  for (const [service, operation, input, wanted] of [
    ['sts', 'GetCallerIdentity', {}, []],
    ['ec2', 'DescribeVpcs', {}, ['ec2:DescribeVpcs *']],
    [
      'autoscaling',
      'DescribeAutoScalingGroups',
      { AutoScalingGroupName: 'g' },
      ['autoscaling:DescribeAutoScalingGroups *'],
    ],
    [
      'autoscaling',
      'SetDesiredCapacity',
      { AutoScalingGroupName: 'g' },
      [`autoscaling:SetDesiredCapacity ${group}`],
    ],
    [
      'autoscaling',
      'CreateOrUpdateTags',
      { Tags: [{ ResourceId: 'g' }, { ResourceId: 'g' }] },
      [`autoscaling:CreateOrUpdateTags ${group}`],
    ],
    ['cloudformation', 'DescribeStacks', {}, ['cloudformation:DescribeStacks *']],
    [
      'cloudformation',
      'DeleteStack',
      { StackName: 'ci' },
      [`cloudformation:DeleteStack ${arn('cloudformation', 'stack/ci/*')}`],
    ],
    ['logs', 'StopQuery', { queryId: 'q' }, ['logs:StopQuery *']],
    [
      'logs',
      'StartQuery',
      { logGroupNames: ['/a', '/b'] },
      ['/a', '/b'].map((name) => `logs:StartQuery ${arn('logs', `log-group:${name}:log-stream:`)}`),
    ],
    [
      'logs',
      'GetLogEvents',
      { logGroupName: '/a', logStreamName: 's' },
      [`logs:GetLogEvents ${arn('logs', 'log-group:/a:log-stream:s')}`],
    ],
    [
      'ssm',
      'GetParameter',
      { Name: '/aws/service/x' },
      ['ssm:GetParameter arn:aws:ssm:us-east-1::parameter/aws/service/x'],
    ],
    [
      'ssm',
      'PutParameter',
      { Name: 'p', Tags: [] },
      ['PutParameter', 'AddTagsToResource'].map((name) => `ssm:${name} ${arn('ssm', 'parameter/p')}`),
    ],
    ['s3', 'ListBuckets', {}, ['s3:ListAllMyBuckets *']],
    ['s3', 'HeadBucket', { Bucket: 'b' }, ['s3:ListBucket arn:aws:s3:::b']],
    ['s3', 'HeadObject', { Bucket: 'b', Key: 'k' }, ['s3:GetObject arn:aws:s3:::b/k']],
    ['s3', 'GetObject', { Bucket: 'b', Key: 'k', VersionId: 'v' }, ['s3:GetObjectVersion arn:aws:s3:::b/k']],
    [
      's3',
      'DeleteObjects',
      { Bucket: 'b', Delete: { Objects: [{ Key: 'k' }, { Key: 'l', VersionId: 'v' }] } },
      ['s3:DeleteObject arn:aws:s3:::b/k', 's3:DeleteObjectVersion arn:aws:s3:::b/l'],
    ],
    [
      's3',
      'CopyObject',
      { Bucket: 'b', Key: 'k', CopySource: '/c/d%2Fe?versionId=v' },
      ['s3:PutObject arn:aws:s3:::b/k', 's3:GetObjectVersion arn:aws:s3:::c/d/e'],
    ],
    [
      's3',
      'PutObject',
      { Bucket: 'b', Key: 'k', ACL: 'private', Tagging: 'a=b' },
      ['PutObject', 'PutObjectAcl', 'PutObjectTagging'].map((name) => `s3:${name} arn:aws:s3:::b/k`),
    ],
    ['lambda', 'Invoke', { FunctionName: 'f' }, [`lambda:InvokeFunction ${arn('lambda', 'function:f')}`]],
    [
      'lambda',
      'CreateFunction',
      { FunctionName: 'f', Role: 'r' },
      [`lambda:CreateFunction ${arn('lambda', 'function:f')}`, 'iam:PassRole r'],
    ],
    ['eventbridge', 'EnableRule', { Name: 'r' }, [`events:EnableRule ${arn('events', 'rule/r')}`]],
    [
      'cloudwatch',
      'PutMetricAlarm',
      { AlarmName: 'a' },
      [`cloudwatch:PutMetricAlarm ${arn('cloudwatch', 'alarm:a')}`],
    ],
    ['cloudwatch', 'GetMetricData', {}, ['cloudwatch:GetMetricData *']],
    [
      'iam',
      'CreateServiceLinkedRole',
      { AWSServiceName: 'spot.amazonaws.com' },
      [`iam:CreateServiceLinkedRole arn:aws:iam::${ACCOUNT}:role/aws-service-role/spot.amazonaws.com/*`],
    ],
    [
      'iam',
      'CreateRole',
      { RoleName: 'r', Path: '/x/' },
      [`iam:CreateRole arn:aws:iam::${ACCOUNT}:role/x/r`],
    ],
    ['servicequotas', 'GetServiceQuota', { ServiceCode: 'ec2' }, ['servicequotas:GetServiceQuota *']],
    ['sts', 'AssumeRole', { RoleArn: 'r' }, ['sts:AssumeRole r']],
  ] as const) {
    it(`of ${service} ${operation} ${JSON.stringify(input)}`, () => {
      expect(
        permissionsFor(service, operation, input, context).map(
          ({ action, resource }) => `${action} ${resource}`,
        ),
      ).to.deep.equal(wanted);
    });
  }
});
