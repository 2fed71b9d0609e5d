import { expect } from 'chai';
import type { PolicyStatement } from '../../../src/doctor/permissions/document.ts';
import { judgePermissions, simulationCalls } from '../../../src/doctor/permissions/simulate.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const PLACE = { account: '1', region: 'eu-west-1', partition: 'aws', stackName: 'ci' };
const USER = 'arn:aws:iam::1:user/anna';

/** Judges a user who lacks some actions. */
async function judge(
  commands: readonly string[],
  lacks: readonly string[] = [],
  place: typeof PLACE | Omit<typeof PLACE, 'stackName'> = PLACE,
  principal: string | undefined = USER,
) {
  const asked: [principal: string, statement: PolicyStatement, region: string][] = [];
  const calls = {
    principal: () => Promise.resolve(principal === 'root' ? undefined : principal),
    refused: (...question: [string, PolicyStatement, string]) => {
      asked.push(question);
      const [, { Action }] = question;
      return Promise.resolve(lacks.filter((action) => Action.includes(action)));
    },
  };
  return { ...(await judgePermissions(calls, 'arn', commands, place, 'error')), asked };
}

describe('the permissions of a caller', () => {
  it('are enough where none is refused', async () => {
    expect(await judge(['list'])).to.deep.include({
      fact: 'user/anna may do what list needs',
      findings: [],
    });
    expect((await judge(['list', 'params'])).fact).to.equal('user/anna may do what every command needs');
  });

  it('are unbounded for the root user', async () => {
    expect(await judge(['list'], [], PLACE, 'root')).to.eql({
      ...{ fact: 'the root user may do everything', findings: [], asked: [] },
    });
  });

  it('lack actions, each told once and sorted, with the commands that need them', async () => {
    const lacks = ['cloudformation:GetTemplate', 'cloudformation:DescribeStacks'];
    expect((await judge(['params', 'list'], [...lacks, ...lacks])).findings).to.eql([
      {
        ...{ code: 'permission-missing', severity: 'error' },
        message: `${USER} lacks cloudformation:DescribeStacks, cloudformation:GetTemplate`,
        meaning: 'Needed by bk-stack list, params.',
        fix: 'Ask for a policy with these actions. The whole of it: bk-stack doctor ci --print-policy --for "list" --for "params"',
      },
    ]);
  });

  it('are asked for by name up to six commands, and whole beyond', async () => {
    const six = ['list', 'params', 'status', 'metrics', 'simulate', 'logs get'];
    const fix = async (commands: readonly string[]) =>
      (await judge(commands, ['cloudformation:DescribeStacks'])).findings[0]?.fix;
    expect(await fix(six)).to.match(/--print-policy --for .* --for "status"$/);
    expect(await fix([...six, 'logs list'])).to.match(/--print-policy$/);
  });

  it('are those on an example where no stack is named', async () => {
    const { stackName: _, ...anywhere } = PLACE;
    const { asked, findings } = await judge(['params'], ['cloudformation:GetTemplate'], anywhere);
    const [, { Resource }, region] = asked.find(([, { Sid }]) => Sid === 'Stacks') ?? expect.fail();
    expect(Resource).to.eql(['arn:aws:cloudformation:eu-west-1:1:stack/bk-stack-example/*']);
    expect(region).to.equal('eu-west-1');
    expect(findings[0]?.fix).to.contain('bk-stack doctor --print-policy');
    const named = (await judge(['params'])).asked.find(([, { Sid }]) => Sid === 'Stacks');
    expect(named?.[1].Resource).to.eql(['arn:aws:cloudformation:eu-west-1:1:stack/ci/*']);
    expect(named?.[0]).to.equal(USER);
  });
});

describe('the principal behind a caller', () => {
  const assumed = (partition = 'aws') => `arn:${partition}:sts::1:assumed-role/Admin/anna`;
  const role = { Role: { Arn: 'arn:aws:iam::1:role/team/Admin' } };
  for (const [what, caller, answer, principal] of [
    ['is nobody for the root user', 'arn:aws:iam::1:root', {}, undefined],
    ['is the user', USER, {}, USER],
    ['is the role with its path', assumed(), role, 'arn:aws:iam::1:role/team/Admin'],
    [
      'is the role without a path where IAM tells none',
      assumed('aws-cn'),
      {},
      'arn:aws-cn:iam::1:role/Admin',
    ],
    [
      'is the role without a path where it may not be read',
      assumed(),
      sdkError('AccessDenied', 'no', 403),
      'arn:aws:iam::1:role/Admin',
    ],
  ] as const) {
    it(what, async () => {
      const { aws, sent } = recordedAws({ GetRole: answer });
      expect(await simulationCalls(aws).principal(caller)).to.equal(principal);
      expect(sent).to.eql(caller.includes('assumed-role') ? [['GetRole', { RoleName: 'Admin' }]] : []);
    });
  }

  for (const caller of [
    'arn:aws:sts::1:federated-user/anna',
    'arn:aws:sts::1:xassumed-role/Admin/anna',
    '',
  ]) {
    it(`cannot be simulated for ${caller || 'nobody'}`, async () => {
      const { aws } = recordedAws();
      const failure = await simulationCalls(aws)
        .principal(caller)
        .catch((error: unknown) => (error as Error).message);
      expect(failure).to.equal(`IAM cannot simulate ${caller}`);
    });
  }

  it('fails where the role cannot be read for another reason', async () => {
    const { aws } = recordedAws({ GetRole: new Error('no answer') });
    const failure = await simulationCalls(aws)
      .principal(assumed())
      .catch((error: unknown) => (error as Error).message);
    expect(failure).to.equal('no answer');
  });
});

describe('the actions that IAM would refuse', () => {
  const refusal = (EvalActionName: string, EvalDecision: string) => ({ EvalActionName, EvalDecision });
  const statement = (Action: readonly string[], Resource: readonly string[]): PolicyStatement => ({
    ...{ Sid: 'It', Effect: 'Allow', Action, Resource },
  });

  it('are all but the allowed ones, on every page', async () => {
    const { aws, sent } = recordedAws({
      SimulatePrincipalPolicy: ({ Marker }: { readonly Marker?: string }) =>
        Marker === undefined
          ? {
              ...{ IsTruncated: true, Marker: 'm' },
              EvaluationResults: [refusal('a:One', 'implicitDeny'), refusal('a:Two', 'allowed')],
            }
          : { IsTruncated: false, Marker: 'unused', EvaluationResults: [refusal('a:Three', 'explicitDeny')] },
    });
    const found = await simulationCalls(aws).refused(USER, statement(['a:One'], ['*']), 'eu-west-1');
    expect(found).to.eql(['a:One', 'a:Three']);
    expect(sent.map(([, { Marker }]) => Marker as unknown)).to.eql([undefined, 'm']);
  });

  it('are asked for in the region and for EC2, with examples in place of patterns', async () => {
    const { aws, sent } = recordedAws();
    const actions = ['ec2:Describe*', 'autoscaling:Describe*', 'ec2:RunInstances', 'x:ec2:Describe*'];
    const resources = ['*', 'arn:aws:iam::1:role/ci-*', 'arn:aws:x:*:y*'];
    expect(await simulationCalls(aws).refused(USER, statement(actions, resources), 'eu-west-1')).to.eql([]);
    expect(sent).to.have.length(1);
    const entry = (ContextKeyName: string, value: string) => ({
      ...{ ContextKeyName, ContextKeyType: 'string', ContextKeyValues: [value] },
    });
    expect(sent[0]?.[1]).to.eql({
      PolicySourceArn: USER,
      ActionNames: [
        ...['ec2:DescribeVpcs', 'autoscaling:DescribeAutoScalingGroups', 'ec2:RunInstances'],
        'x:ec2:Describeexample',
      ],
      ResourceArns: ['*', 'arn:aws:iam::1:role/ci-example', 'arn:aws:x:example:yexample'],
      ContextEntries: [
        entry('aws:RequestedRegion', 'eu-west-1'),
        entry('iam:PassedToService', 'ec2.amazonaws.com'),
      ],
    });
  });
});
