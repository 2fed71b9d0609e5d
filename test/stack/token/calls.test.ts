import type { Stack } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { OperationError } from '../../../src/errors.ts';
import { rotationCalls, rotationTarget } from '../../../src/stack/token/calls.ts';
import { tokenStore } from '../../../src/stack/token/token.ts';
import { recordedAws } from '../../support/recorded-aws.ts';
import { sdkError } from '../../support/world-aws.ts';

const NAME = '/bk-stack/ci/agent-token';
const signal = new AbortController().signal;

describe('the parameter of a stack’s token', () => {
  const stack = (parameters: Record<string, string>, outputs: Record<string, string>): Stack => ({
    ...{ StackName: 'ci', StackStatus: 'CREATE_COMPLETE', CreationTime: undefined },
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ...{ ParameterKey, ParameterValue },
    })),
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  });
  const PATH = { BuildkiteAgentTokenParameterStorePath: NAME };
  const GROUP = { AutoScalingGroupName: 'g' };

  it('is the one that the stack names, with its key and endpoint', () => {
    const named = stack(
      {
        ...PATH,
        BuildkiteAgentTokenParameterStoreKMSKey: 'alias/own',
        AgentEndpoint: 'https://agent.example/v3',
      },
      GROUP,
    );
    expect(rotationTarget(recordedAws({}).aws, named)).to.eql({
      ...{ stackName: 'ci', parameter: NAME, kmsKey: 'alias/own', group: 'g' },
      endpoint: 'https://agent.example/v3',
    });
  });

  it('has neither key nor endpoint where they are left out or empty', () => {
    const { aws } = recordedAws({});
    const named = stack({ ...PATH, BuildkiteAgentTokenParameterStoreKMSKey: '' }, { Other: 'x', ...GROUP });
    expect(rotationTarget(aws, named)).to.eql({
      ...{ stackName: 'ci', parameter: NAME, group: 'g', endpoint: 'https://agent.buildkite.com/v3' },
    });
    const sandbox = Object.assign(Object.create(aws) as typeof aws, { agentEndpoint: 'http://127.0.0.1/v3' });
    expect(rotationTarget(sandbox, named).endpoint).to.equal('http://127.0.0.1/v3');
  });

  for (const [what, parameters, outputs, message, hint] of [
    [
      'a stack that has its token as a parameter',
      { BuildkiteAgentTokenParameterStorePath: '' },
      GROUP,
      'The agent token of ci is a parameter of the stack, and not kept in SSM',
      'Keep it in an SSM SecureString, and name that in BuildkiteAgentTokenParameterStorePath by an update of the stack; then it can be rotated.',
    ],
    [
      'a stack without a group',
      PATH,
      {},
      'The stack ci has no Auto Scaling group (it is CREATE_COMPLETE)',
      'See bk-stack status ci',
    ],
  ] as const) {
    it(`is missing in ${what}`, () => {
      expect(() => rotationTarget(recordedAws({}).aws, stack(parameters, outputs)))
        .to.throw(OperationError, message)
        .with.property('hint', hint);
    });
  }
});

describe('a token in SSM', () => {
  it('is read decrypted, without what surrounds it', async () => {
    const { aws, sent } = recordedAws({
      GetParameter: { Parameter: { Value: ' bkct_x\n', Type: 'String', Version: 4 } },
    });
    expect(await rotationCalls(aws, signal).read(NAME)).to.eql({
      token: 'bkct_x',
      type: 'String',
      version: 4,
    });
    expect(sent).to.eql([['GetParameter', { Name: NAME, WithDecryption: true }]]);
    const secure = recordedAws({ GetParameter: { Parameter: { Type: 'SecureString' } } });
    expect(await rotationCalls(secure.aws, signal).read(NAME)).to.eql({
      ...{ token: '', type: 'SecureString', version: 0 },
    });
  });

  it('is missed with the way to put it there, and other errors stay what they are', async () => {
    const read = (name: string) =>
      rotationCalls(recordedAws({ GetParameter: sdkError(name, 'no', 400) }).aws, signal)
        .read(NAME)
        .catch((error: unknown) => error as OperationError);
    expect(await read('ParameterNotFound')).to.include({
      message: `There is no SSM parameter ${NAME} in us-east-1, where the stack says its token is`,
      hint: `Its instances cannot boot either. Put it there: aws ssm put-parameter --name ${NAME} --type SecureString --value file://token.txt`,
    });
    expect(await read('AccessDenied')).to.include({ name: 'AccessDenied', message: 'no' });
  });

  it('gets a version of the same type and key', async () => {
    const { aws, sent } = recordedAws({ PutParameter: { Version: 5 } });
    const calls = rotationCalls(aws, signal);
    expect(await calls.write(NAME, 'new', { type: 'String' })).to.equal(5);
    await calls.write(NAME, 'new', { type: 'SecureString', kmsKey: 'k' });
    const common = { Name: NAME, Value: 'new', Overwrite: true };
    expect(sent).to.eql([
      ['PutParameter', { ...common, Type: 'String' }],
      ['PutParameter', { ...common, Type: 'SecureString', KeyId: 'k' }],
    ]);
    expect(await rotationCalls(recordedAws().aws, signal).write(NAME, 'x', { type: 'String' })).to.equal(0);
  });
});

describe('the token that a creation stores', () => {
  const record = { name: NAME, token: 'new', tags: { team: 'build' } };
  const Tags = [{ Key: 'team', Value: 'build' }];
  const fields = { Name: NAME, Value: 'new', Type: 'SecureString' };

  it('is made with its tags, and never over another', async () => {
    const { aws, sent } = recordedAws();
    expect(await tokenStore(aws).create({ ...record, kmsKey: 'k' })).to.equal('made');
    const Description = 'Buildkite agent token, kept by bk-stack';
    expect(sent).to.eql([['PutParameter', { ...fields, KeyId: 'k', Description, Tags }]]);
  });

  it('is told to be there already, and other errors stay what they are', async () => {
    const create = (name: string) =>
      tokenStore(recordedAws({ PutParameter: sdkError(name, 'no', 400) }).aws)
        .create(record)
        .catch((error: unknown) => error as Error);
    expect(await create('ParameterAlreadyExists')).to.equal('exists');
    expect(await create('AccessDenied')).to.include({ message: 'no' });
  });

  it('gets another version and the tags, one after the other, as SSM refuses both at once', async () => {
    const { aws, sent } = recordedAws();
    await tokenStore(aws).overwrite(record);
    expect(sent).to.eql([
      ['PutParameter', { ...fields, Overwrite: true }],
      ['AddTagsToResource', { ResourceType: 'Parameter', ResourceId: NAME, Tags }],
    ]);
  });

  it('is removed by its name', async () => {
    const { aws, sent } = recordedAws();
    await tokenStore(aws).remove(NAME);
    expect(sent).to.eql([['DeleteParameter', { Name: NAME }]]);
  });
});
