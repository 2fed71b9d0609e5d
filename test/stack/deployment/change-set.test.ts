import { expect } from 'chai';
import type { OperationError } from '../../../src/errors.ts';
import { deploymentCalls } from '../../../src/stack/deployment/calls.ts';
import { changesOf } from '../../../src/stack/deployment/change-set-calls.ts';
import { ChangeSetFailure, changeSetName, changeSetReady } from '../../../src/stack/deployment/change-set.ts';
import type { ChangeSetRequest } from '../../../src/stack/deployment/request.ts';
import { awsError, instantPacing } from '../../support/cloudformation.ts';
import { recordedAws } from '../../support/recorded-aws.ts';

const signal = new AbortController().signal;
const STACK = { stackName: 'ci', region: 'us-east-1' };

describe('the name of a change set', () => {
  it('has the time and something random in it', () => {
    const now = new Date('2026-11-23T10:00:00.123Z');
    expect(changeSetName('create', now, 0)).to.equal('bk-stack-create-20261123T100000Z-000000');
    expect(changeSetName('update', now, 0.999999999)).to.equal('bk-stack-update-20261123T100000Z-ffffff');
  });
});

describe('waiting for a change set', () => {
  const states = (...all: { status: string; reason?: string; resources: number }[]) => ({
    changeSet: () => Promise.resolve(all.length > 1 ? all.shift()! : all[0]!),
  });
  const pending = { status: 'CREATE_IN_PROGRESS', resources: 0 };

  it('ends with the number of resources, looking again after a while', async () => {
    const retry = instantPacing();
    const calls = states(pending, { ...pending, status: 'CREATE_PENDING' }, pending, {
      status: 'CREATE_COMPLETE',
      resources: 3,
    });
    expect(await changeSetReady(calls, 'id', STACK, retry)).to.equal(3);
    expect(retry.pauses).to.eql([1, 0.5, 1]);
  });

  it('tries again where CloudFormation is not to be reached', async () => {
    let asked = 0;
    const changeSet = () => {
      asked += 1;
      if (asked === 1) return Promise.reject(awsError('Throttling', 'Rate exceeded'));
      return Promise.resolve({ status: 'CREATE_COMPLETE', resources: 1 });
    };
    expect(await changeSetReady({ changeSet }, 'id', STACK, instantPacing())).to.equal(1);
  });

  for (const [reason, hint] of [
    [
      'Requires capabilities : [CAPABILITY_IAM]',
      'The template makes IAM resources or uses macros that were not acknowledged: this is the template, not you.\nNothing was changed.',
    ],
    [
      'Transform AWS::X is not supported',
      'The template needs a macro that this account or region does not have.\nNothing was changed.',
    ],
    [
      'no such MACRO',
      'The template needs a macro that this account or region does not have.\nNothing was changed.',
    ],
    ['whatever', 'Nothing was changed.'],
    [undefined, 'Nothing was changed.'],
  ] as const) {
    it(`fails with advice where it is refused: ${reason}`, async () => {
      const failed = { status: 'FAILED', resources: 0, ...(reason !== undefined && { reason }) };
      const failure = await changeSetReady(states(failed), 'id', STACK, instantPacing()).catch(
        (error: unknown) => error as OperationError,
      );
      expect(failure).to.be.instanceOf(ChangeSetFailure);
      expect(failure).to.deep.include({
        message: `CloudFormation refuses the change set: ${reason ?? 'no reason given'}`,
        hint,
        details: { ...STACK, changeSetId: 'id', reason },
      });
    });
  }
});

describe('a deployment on AWS', () => {
  const request: ChangeSetRequest = {
    type: 'CREATE',
    stackName: 'ci',
    templateUrl: 'https://t',
    description: 'bk-stack create',
    parameters: [{ ParameterKey: 'A', ParameterValue: '1' }],
    tags: { a: 'b' },
    capabilities: ['CAPABILITY_IAM'],
    roleArn: 'arn:role',
  };

  it('makes a change set with all of the request', async () => {
    const { aws, sent } = recordedAws({ CreateChangeSet: { Id: 'arn:cs', StackId: 'arn:ci' } });
    expect(await deploymentCalls(aws, signal).createChangeSet(request, 'n')).to.eql({
      ...{ stackId: 'arn:ci', changeSetId: 'arn:cs' },
    });
    expect(sent).to.eql([
      [
        'CreateChangeSet',
        {
          ...{ StackName: 'ci', ChangeSetName: 'n', ChangeSetType: 'CREATE', ClientToken: 'n' },
          ...{ Description: 'bk-stack create', TemplateURL: 'https://t', RoleARN: 'arn:role' },
          ...{
            Parameters: request.parameters,
            Tags: [{ Key: 'a', Value: 'b' }],
            Capabilities: ['CAPABILITY_IAM'],
          },
        },
      ],
    ]);
    expect(await deploymentCalls(recordedAws().aws, signal).createChangeSet(request, 'n')).to.eql({
      ...{ stackId: 'ci', changeSetId: 'n' },
    });
  });

  it('counts the resources of all pages of a change set', async () => {
    const { aws } = recordedAws({
      DescribeChangeSet: ({ NextToken }: { NextToken?: string }) =>
        NextToken === undefined
          ? {
              Status: 'FAILED',
              StatusReason: 'no',
              ExecutionStatus: 'AVAILABLE',
              Changes: [{}, {}],
              NextToken: '2',
            }
          : { Changes: [{}] },
    });
    expect(await deploymentCalls(aws, signal).changeSet('id')).to.eql({
      ...{ status: 'FAILED', reason: 'no', executionStatus: 'AVAILABLE', resources: 3 },
    });
    expect(await deploymentCalls(recordedAws().aws, signal).changeSet('id')).to.eql({
      ...{ status: '', executionStatus: '', resources: 0 },
    });
  });

  it('reads the changes of all pages with their values', async () => {
    const change = (LogicalResourceId: string) => ({ ResourceChange: { LogicalResourceId } });
    const { aws, sent } = recordedAws({
      DescribeChangeSet: ({ NextToken }: { NextToken?: string }) =>
        NextToken === undefined ? { Changes: [change('A'), {}], NextToken: '2' } : { Changes: [change('B')] },
    });
    expect((await changesOf(aws, 'id')).map(({ LogicalResourceId }) => LogicalResourceId)).to.eql(['A', 'B']);
    expect(sent[0]?.[1]).to.eql({ ChangeSetName: 'id', IncludePropertyValues: true });
    expect(sent[1]?.[1]).to.eql({ ChangeSetName: 'id', IncludePropertyValues: true, NextToken: '2' });
  });

  it('sends each other step by the ids', async () => {
    const { aws, sent } = recordedAws({
      ListChangeSets: { Summaries: [{ ChangeSetName: 'n' }, {}] },
      DescribeStacks: { Stacks: [{ Outputs: [{ OutputKey: 'Queue', OutputValue: 'q' }, {}] }] },
    });
    const calls = deploymentCalls(aws, signal);
    await calls.executeChangeSet('cs', 'token');
    await calls.deleteChangeSet('cs');
    await calls.deleteStack('arn:ci');
    await calls.setTerminationProtection('arn:ci', true);
    expect(await calls.changeSetNames('arn:ci')).to.eql(['n', '']);
    expect(await calls.outputs('arn:ci')).to.eql({ Queue: 'q', '': '' });
    expect(sent).to.eql([
      ['ExecuteChangeSet', { ChangeSetName: 'cs', ClientRequestToken: 'token' }],
      ['DeleteChangeSet', { ChangeSetName: 'cs' }],
      ['DeleteStack', { StackName: 'arn:ci' }],
      ['UpdateTerminationProtection', { StackName: 'arn:ci', EnableTerminationProtection: true }],
      ['ListChangeSets', { StackName: 'arn:ci' }],
      ['DescribeStacks', { StackName: 'arn:ci' }],
    ]);
    expect(await deploymentCalls(recordedAws().aws, signal).outputs('x')).to.eql({});
    expect(await deploymentCalls(recordedAws().aws, signal).changeSetNames('x')).to.eql([]);
  });
});
