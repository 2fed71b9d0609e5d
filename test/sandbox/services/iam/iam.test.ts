import { expect } from 'chai';
import { iam } from '../../../../src/sandbox/services/iam/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const READ = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
};
const AssumeRolePolicyDocument = JSON.stringify(TRUST);
const PolicyDocument = JSON.stringify(READ);
const SSM_CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';

describe('IAM', () => {
  let aws: Caller;
  const call = (operation: string, input: object = {}) => aws.call('iam', operation, input);
  const code = async (operation: string, input: object = {}) =>
    (await aws.refused('iam', operation, input)).code;

  beforeEach(async () => {
    aws = new Caller([iam]);
    await call('CreateRole', { RoleName: 'agent', AssumeRolePolicyDocument });
  });

  it('keeps a role, whose documents come back URL-encoded', async () => {
    const { Role } = await call('GetRole', { RoleName: 'agent' });
    expect(Role.Arn).to.equal('arn:aws:iam::111122223333:role/agent');
    expect(JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument as string))).to.eql(TRUST);
    expect(await code('CreateRole', { RoleName: 'agent', AssumeRolePolicyDocument })).to.equal(
      'EntityAlreadyExists',
    );
    expect(await code('GetRole', { RoleName: 'nobody' })).to.equal('NoSuchEntity');
  });

  it('refuses policies that say nothing it can use', async () => {
    for (const document of ['{', '{}', JSON.stringify(READ)]) {
      const role = { RoleName: 'other', AssumeRolePolicyDocument: document };
      expect(await code('CreateRole', role), document).to.equal('MalformedPolicyDocument');
    }
    const inline = { RoleName: 'agent', PolicyName: 'p', PolicyDocument: AssumeRolePolicyDocument };
    expect(await code('PutRolePolicy', inline)).to.equal('MalformedPolicyDocument');
  });

  it("knows AWS's managed policies and what they allow", async () => {
    for (const path of ['AmazonDynamoDBReadOnlyAccess', 'service-role/AWSLambdaSQSQueueExecutionRole']) {
      await call('AttachRolePolicy', { RoleName: 'agent', PolicyArn: `arn:aws:iam::aws:policy/${path}` });
    }
    const { EvaluationResults } = await call('SimulatePrincipalPolicy', {
      PolicySourceArn: 'arn:aws:iam::111122223333:role/agent',
      ActionNames: ['sqs:ReceiveMessage', 'dynamodb:DeleteTable'],
    });
    expect(EvaluationResults.map(({ EvalDecision }: { EvalDecision: string }) => EvalDecision)).to.eql([
      'allowed',
      'implicitDeny',
    ]);
  });

  it('leaves nothing of a resource whose creation fails half-way', async () => {
    const missing = 'arn:aws:iam::aws:policy/AmazonNothing';
    for (const [type, properties] of [
      [
        'AWS::IAM::Role',
        { RoleName: 'half', AssumeRolePolicyDocument: TRUST, ManagedPolicyArns: [SSM_CORE, missing] },
      ],
      ['AWS::IAM::InstanceProfile', { InstanceProfileName: 'half', Roles: ['nobody'] }],
      [
        'AWS::IAM::ManagedPolicy',
        { ManagedPolicyName: 'half', PolicyDocument: READ, Roles: ['agent', 'nobody'] },
      ],
    ] as const) {
      expect(() => new StackResource(aws, type).create(properties), type).to.throw();
    }
    const { Roles } = await call('ListRoles');
    expect(Roles.map(({ RoleName }: { RoleName: string }) => RoleName)).to.eql(['agent']);
    expect((await call('ListInstanceProfiles')).InstanceProfiles).to.eql([]);
    expect(await code('GetPolicy', { PolicyArn: 'arn:aws:iam::111122223333:policy/half' })).to.equal(
      'NoSuchEntity',
    );
    expect((await call('ListAttachedRolePolicies', { RoleName: 'agent' })).AttachedPolicies).to.eql([]);
  });

  it('tells who the sandbox’s user is', async () => {
    const context = { ...aws.world.scope('us-east-1') };
    expect((await aws.world.call<{ User: object }>(context, 'iam', 'GetUser', {})).User).to.include({
      UserName: 'sandbox',
      Arn: 'arn:aws:iam::111122223333:user/sandbox',
    });
    expect(await code('GetUser', { UserName: 'nobody' })).to.equal('NoSuchEntity');
  });

  it('attaches policies that exist, and lets go of a role only without any', async () => {
    expect(
      await code('AttachRolePolicy', {
        RoleName: 'agent',
        PolicyArn: 'arn:aws:iam::aws:policy/AmazonNothing',
      }),
    ).to.equal('NoSuchEntity');
    await call('AttachRolePolicy', { RoleName: 'agent', PolicyArn: SSM_CORE });
    expect((await call('ListAttachedRolePolicies', { RoleName: 'agent' })).AttachedPolicies).to.eql([
      { PolicyName: 'AmazonSSMManagedInstanceCore', PolicyArn: SSM_CORE },
    ]);
    expect(await code('DeleteRole', { RoleName: 'agent' })).to.equal('DeleteConflict');
    await call('DetachRolePolicy', { RoleName: 'agent', PolicyArn: SSM_CORE });
    await call('DeleteRole', { RoleName: 'agent' });
  });

  it('keeps five versions of a policy, and the policy while it is attached', async () => {
    const { Policy } = await call('CreatePolicy', { PolicyName: 'read', PolicyDocument });
    const PolicyArn = Policy.Arn as string;
    for (let version = 2; version <= 5; version++) {
      await call('CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: true });
    }
    expect(await code('CreatePolicyVersion', { PolicyArn, PolicyDocument })).to.equal('LimitExceeded');
    expect((await call('GetPolicy', { PolicyArn })).Policy.DefaultVersionId).to.equal('v5');
    await call('AttachRolePolicy', { RoleName: 'agent', PolicyArn });
    expect(await code('DeletePolicy', { PolicyArn })).to.equal('DeleteConflict');
  });

  it('lets an instance profile hold one role', async () => {
    const InstanceProfileName = 'agent';
    await call('CreateInstanceProfile', { InstanceProfileName });
    await call('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'agent' });
    await call('CreateRole', { RoleName: 'second', AssumeRolePolicyDocument });
    expect(await code('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'second' })).to.equal(
      'LimitExceeded',
    );
    expect(await code('DeleteInstanceProfile', { InstanceProfileName })).to.equal('DeleteConflict');
    const held = await call('ListInstanceProfilesForRole', { RoleName: 'agent' });
    expect(held.InstanceProfiles).to.have.length(1);
  });

  it('is the same in every region', async () => {
    const there = new Caller([iam], 'eu-west-1', aws.world);
    expect((await there.call('iam', 'GetRole', { RoleName: 'agent' })).Role.RoleName).to.equal('agent');
  });

  it('works a stack’s role, with what is inside it', async () => {
    const role = new StackResource(aws, 'AWS::IAM::Role');
    const properties = {
      AssumeRolePolicyDocument: TRUST,
      ManagedPolicyArns: [SSM_CORE],
      Policies: [{ PolicyName: 'read', PolicyDocument: READ }],
    };
    const RoleName = role.create(properties);
    expect(RoleName).to.match(/^demo-Thing-/);
    expect((await call('ListRolePolicies', { RoleName })).PolicyNames).to.eql(['read']);
    role.update({ ...properties, ManagedPolicyArns: [], Policies: [] });
    expect((await call('ListRolePolicies', { RoleName })).PolicyNames).to.eql([]);
    expect((await call('ListAttachedRolePolicies', { RoleName })).AttachedPolicies).to.eql([]);
    role.delete();
    expect(await code('GetRole', { RoleName })).to.equal('NoSuchEntity');
  });

  it('leaves a stack’s role in the way when somebody else attached to it', async () => {
    const role = new StackResource(aws, 'AWS::IAM::Role');
    const RoleName = role.create({ AssumeRolePolicyDocument: TRUST });
    await call('AttachRolePolicy', { RoleName, PolicyArn: SSM_CORE });
    expect(() => {
      role.delete();
    }).to.throw('must detach all policies first');
  });
});
