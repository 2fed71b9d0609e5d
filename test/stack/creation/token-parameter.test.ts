import { expect } from 'chai';
import type { UsageError } from '../../../src/errors.ts';
import { AS_GIVEN } from '../../../src/shell/printed.ts';
import { assignTokenParameter, endpointOf } from '../../../src/stack/creation/token-parameter.ts';
import type { ParameterDefinition } from '../../../src/stack/parameters/index.ts';

const PLAIN = 'BuildkiteAgentToken';
const PATH = 'BuildkiteAgentTokenParameterStorePath';
const KEY = 'BuildkiteAgentTokenParameterStoreKMSKey';
const OURS = '/bk-stack/ci/agent-token';

describe('the place of the agent token', () => {
  const assigned = (
    parameters: Record<string, string>,
    {
      token,
      declared = [PLAIN, PATH, KEY],
      preset,
    }: { token?: string; declared?: string[]; preset?: string } = {},
  ) => {
    const definitions = new Map(
      declared.map((name) => [
        name,
        { name, ...(name === PATH && preset !== undefined && { preset }) } as ParameterDefinition,
      ]),
    );
    const given = new Map(Object.entries(parameters));
    const request = { stackName: 'ci', ...(token !== undefined && { token }) };
    try {
      return {
        ...assignTokenParameter(request, definitions, given, { a: 'b' }),
        given: Object.fromEntries(given),
      };
    } catch (error) {
      return error as UsageError;
    }
  };
  const stored = (token: string, kmsKey?: string) => ({
    source: { kind: 'value', token },
    record: { name: OURS, token, tags: { a: 'b' }, ...(kmsKey !== undefined && { kmsKey }) },
  });

  for (const [what, parameters, options, expected] of [
    [
      'is where a path says, and the token is not sent',
      { [PATH]: '/own', [PLAIN]: 'x' },
      {},
      {
        source: { kind: 'path', path: '/own' },
        given: { [PATH]: '/own' },
      },
    ],
    [
      'is where the template’s default says',
      {},
      { preset: '/preset' },
      {
        source: { kind: 'path', path: '/preset' },
        given: {},
      },
    ],
    [
      'is ours where a token is given, whatever the path',
      { [PATH]: '/own' },
      { token: 't' },
      {
        ...stored('t'),
        given: { [PATH]: OURS },
      },
    ],
    [
      'is ours for a token among the parameters, which is not sent',
      { [PLAIN]: 'p', Other: '1' },
      {},
      {
        ...stored('p'),
        given: { [PATH]: OURS, Other: '1' },
      },
    ],
    [
      'is ours for the token given beside the parameters',
      { [PLAIN]: 'p' },
      { token: 't' },
      {
        ...stored('t'),
        given: { [PATH]: OURS },
      },
    ],
    [
      'has a key of its own',
      { [KEY]: 'alias/own' },
      { token: 't' },
      {
        ...stored('t', 'alias/own'),
        given: { [PATH]: OURS, [KEY]: 'alias/own' },
      },
    ],
    [
      'is the parameter of a template that has no path',
      {},
      { token: 't', declared: [PLAIN] },
      {
        source: { kind: 'value', token: 't' },
        given: { [PLAIN]: 't' },
      },
    ],
    ['is nowhere in a template without one', {}, { token: 't', declared: [] }, { given: {} }],
  ] as [string, Record<string, string>, object, object][]) {
    it(what, () => {
      expect(assigned(parameters, options)).to.eql(expected);
    });
  }

  it('is asked for where there is no token', () => {
    for (const declared of [[PLAIN, PATH], [PATH], [PLAIN]]) {
      const { message, hint } = assigned({ [PLAIN]: '' }, { declared }) as UsageError;
      expect(message).to.equal('The agents need an agent token, and none is given');
      expect(hint?.split('\n')).to.eql([
        'Make one in Buildkite under Agents, your cluster, Agent Tokens, and pass it on stdin or as BUILDKITE_AGENT_TOKEN:',
        `bk-stack create ci ${AS_GIVEN} --token-stdin < token.txt`,
      ]);
    }
  });
});

describe('the Agent API that agents talk to', () => {
  for (const [parameter, agentEndpoint, expected] of [
    ['https://own/v3', 'http://sandbox/v3', 'https://own/v3'],
    [undefined, 'http://sandbox/v3', 'http://sandbox/v3'],
    ['', 'http://sandbox/v3', 'http://sandbox/v3'],
    [undefined, undefined, 'https://agent.buildkite.com/v3'],
  ] as const) {
    it(`is ${expected} by the parameter ${parameter} in the sandbox ${agentEndpoint}`, () => {
      const parameters = new Map<string, string>(
        parameter === undefined ? [] : [['AgentEndpoint', parameter]],
      );
      expect(endpointOf(parameters, { region: 'us-east-1', agentEndpoint })).to.equal(expected);
    });
  }
});
