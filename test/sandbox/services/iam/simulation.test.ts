import { expect } from 'chai';
import { iam } from '../../../../src/sandbox/services/iam/index.ts';
import { Caller } from '../../../support/service.ts';

const ACCOUNT = 'arn:aws:iam::111122223333';
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('IAM SimulatePrincipalPolicy', () => {
  let aws: Caller;
  const call = (operation: string, input: object = {}) => aws.call('iam', operation, input);
  const simulated = async (
    ActionNames: string[],
    more: object = {},
    PolicySourceArn = `${ACCOUNT}:role/people/ann`,
  ): Promise<string[]> => {
    const answer = await call('SimulatePrincipalPolicy', { PolicySourceArn, ActionNames, ...more });
    return answer.EvaluationResults.map(({ EvalDecision }: { EvalDecision: string }) => EvalDecision);
  };

  beforeEach(async () => {
    aws = new Caller([iam]);
    await call('CreateRole', {
      RoleName: 'ann',
      Path: '/people/',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sts:AssumeRole',
      }),
    });
    const PolicyDocument = policy(
      { Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::one/*' },
      { Effect: 'Deny', Action: 's3:GetObjectAcl', Resource: '*' },
    );
    await call('PutRolePolicy', { RoleName: 'ann', PolicyName: 'p', PolicyDocument });
  });

  it('gives one decision for each action, the most restrictive over all resources', async () => {
    const ResourceArns = ['arn:aws:s3:::one/x'];
    const actions = ['s3:GetObject', 's3:GetObjectAcl', 's3:PutObject'];
    expect(await simulated(actions, { ResourceArns })).to.eql(['allowed', 'explicitDeny', 'implicitDeny']);
    const both = [...ResourceArns, 'arn:aws:s3:::other/x'];
    expect(await simulated(['s3:GetObject'], { ResourceArns: both })).to.eql(['implicitDeny']);
  });

  it('knows what the policies of AWS allow', async () => {
    const attach = (name: string) =>
      call('AttachRolePolicy', { RoleName: 'ann', PolicyArn: `arn:aws:iam::aws:policy/${name}` });
    await attach('service-role/AWSLambdaBasicExecutionRole');
    const actions = ['logs:CreateLogGroup', 'logs:PutLogEvents', 'logs:DeleteLogGroup'];
    expect(await simulated(actions)).to.eql(['allowed', 'allowed', 'implicitDeny']);
    await attach('CloudWatchReadOnlyAccess');
    expect(await simulated(['logs:FilterLogEvents', 'logs:DeleteLogGroup'])).to.eql([
      'allowed',
      'implicitDeny',
    ]);
  });

  it('weighs attached policies within the boundary', async () => {
    const { Policy } = await call('CreatePolicy', {
      PolicyName: 'all-of-ec2',
      PolicyDocument: policy({ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }),
    });
    await call('AttachRolePolicy', { RoleName: 'ann', PolicyArn: Policy.Arn });
    expect(await simulated(['ec2:DescribeVpcs'])).to.eql(['allowed']);
    const { Policy: boundary } = await call('CreatePolicy', {
      PolicyName: 's3-only',
      PolicyDocument: policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' }),
    });
    await call('PutRolePermissionsBoundary', { RoleName: 'ann', PermissionsBoundary: boundary.Arn });
    expect(await simulated(['ec2:DescribeVpcs'])).to.eql(['implicitDeny']);
  });

  it('goes by pages, and refuses principals that are none', async () => {
    const input = {
      PolicySourceArn: `${ACCOUNT}:user/sandbox`,
      ActionNames: ['ec2:RunInstances', 's3:PutObject'],
    };
    const first = await call('SimulatePrincipalPolicy', { ...input, MaxItems: 1 });
    expect(first.IsTruncated).to.equal(true);
    const second = await call('SimulatePrincipalPolicy', { ...input, MaxItems: 1, Marker: first.Marker });
    expect(second.EvaluationResults[0]).to.include({
      EvalActionName: 's3:PutObject',
      EvalDecision: 'allowed',
    });
    for (const [PolicySourceArn, code] of [
      [`${ACCOUNT}:root`, 'InvalidInput'],
      [`${ACCOUNT}:role/nobody`, 'NoSuchEntity'],
    ] as const) {
      const refused = await aws.refused('iam', 'SimulatePrincipalPolicy', { ...input, PolicySourceArn });
      expect(refused.code).to.equal(code);
    }
  });
});
