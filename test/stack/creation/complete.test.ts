import { expect } from 'chai';
import { AwsContext } from '../../../src/aws/context.ts';
import { DeclinedError, UsageError } from '../../../src/errors.ts';
import { completeRequest, type Wizard } from '../../../src/stack/creation/complete.ts';
import type { PartialRequest } from '../../../src/stack/creation/read-request.ts';
import type { WizardContext } from '../../../src/stack/wizard/index.ts';
import { errTheme } from '../../../src/terminal/theme.ts';
import { templateOf } from '../../support/template-of.ts';

const PATH = 'BuildkiteAgentTokenParameterStorePath';
const TEMPLATE = `
Parameters:
  BuildkiteAgentToken: { Type: String, Default: '' }
  ${PATH}: { Type: String, Default: '' }
  AgentEndpoint: { Type: String, Default: 'https://agent-edge.buildkite.com/v3' }
Resources: {}
`;
const given = (parts: Partial<PartialRequest> = {}, template = TEMPLATE): PartialRequest => ({
  ...{ template: templateOf(template), parameters: new Map(), tags: {}, terminationProtection: false },
  ...{ configured: false, ...parts },
});
const aws = new AwsContext('eu-west-1', {});

/** A person who says this, and what was asked of them. */
function person(answers: Awaited<ReturnType<Wizard>>) {
  const asked: WizardContext[] = [];
  const ask: Wizard = (context) => {
    asked.push(context);
    return Promise.resolve(answers);
  };
  return { asked, ask };
}
const ANSWERS = {
  stackName: 'asked',
  region: 'eu-west-1',
  parameters: new Map([['MinSize', '1']]),
  token: 't',
};

async function completed(
  request: PartialRequest,
  asking: boolean,
  answers: typeof ANSWERS | undefined = ANSWERS,
  context = aws,
) {
  const { asked, ask } = person(answers);
  const options = { asking, signal: new AbortController().signal, theme: errTheme, region: 'eu-west-1' };
  const outcome = await completeRequest(context, request, options, ask).catch(
    (error: unknown) => error as Error,
  );
  return { asked, outcome };
}

describe('completing a request', () => {
  for (const [what, request, asking, asks] of [
    ['a name, and nobody there', given({ stackName: 'ci' }), false, false],
    ['a name alone', given({ stackName: 'ci' }), true, true],
    ['a file and a token', given({ stackName: 'ci', configured: true, token: 't' }), true, false],
    ['a file without a token', given({ stackName: 'ci', configured: true }), true, true],
    ['a token without a file', given({ stackName: 'ci', token: 't' }), true, true],
    ['a file and a token without a name', given({ configured: true, token: 't' }), true, true],
    [
      'a file that says where the token is',
      given({ stackName: 'ci', configured: true, parameters: new Map([[PATH, '/own']]) }),
      true,
      false,
    ],
    [
      'a file for a template without a token',
      given({ stackName: 'ci', configured: true }, 'Resources: {}'),
      true,
      false,
    ],
  ] as [string, PartialRequest, boolean, boolean][]) {
    it(`${asks ? 'asks' : 'does not ask'} with ${what}`, async () => {
      const { asked, outcome } = await completed(request, asking);
      expect(asked).to.have.length(asks ? 1 : 0);
      if (!asks) expect(outcome).to.eql({ aws, request: { ...request, stackName: 'ci' } });
    });
  }

  it('takes what is answered, in the region that was chosen', async () => {
    const request = given();
    const same = await completed(request, true);
    const { region: _, ...answered } = ANSWERS;
    expect(same.outcome).to.eql({ aws, request: { ...request, ...answered } });
    const { outcome } = await completed(request, true, { ...ANSWERS, region: 'us-east-1' });
    expect(outcome).to.have.nested.property('aws.region', 'us-east-1');
  });

  it('is over where the person does not want it, or nobody can give a name', async () => {
    const { asked, ask } = person(undefined);
    const options = { asking: true, signal: new AbortController().signal, theme: errTheme };
    const declined = await completeRequest(aws, given(), options, ask).catch(
      (error: unknown) => error as Error,
    );
    expect(declined).to.be.instanceOf(DeclinedError).and.have.property('message', 'Nothing has been made.');
    expect(asked).to.have.length(1);
    const { outcome } = await completed(given(), false);
    expect(outcome).to.be.instanceOf(UsageError).and.have.property('message', 'No stack is named');
  });
});

describe('what the wizard is told', () => {
  const told = async (request: PartialRequest, context = aws) =>
    (await completed(request, true, ANSWERS, context)).asked[0]!;

  it('is what was given', async () => {
    const parameters = new Map([['MinSize', '2']]);
    const { given: before, region, template, theme } = await told(given({ stackName: 'ci', parameters }));
    expect(before).to.eql({ stackName: 'ci', region: 'eu-west-1', parameters, configured: false });
    expect([region, template.name, theme]).to.eql(['eu-west-1', 'template.yml', errTheme]);
  });

  for (const [what, request, token] of [
    ['asked for', given(), { kind: 'ask' }],
    ['known from stdin', given({ token: 't', tokenFrom: 'stdin' }), { kind: 'known', from: 'from stdin' }],
    ['known from the command line', given({ token: 't' }), { kind: 'known', from: 'from the command line' }],
    [
      'known by its path, whatever was given',
      given({ token: 't', parameters: new Map([[PATH, '/own']]) }),
      { kind: 'known', from: '/own' },
    ],
    ['not needed', given({}, 'Resources: {}'), { kind: 'none' }],
    [
      'asked for where there is only a path',
      given({}, `Parameters: { ${PATH}: { Type: String } }`),
      { kind: 'ask' },
    ],
    [
      'asked for where there is no path',
      given({}, 'Parameters: { BuildkiteAgentToken: { Type: String } }'),
      { kind: 'ask' },
    ],
  ] as [string, PartialRequest, object][]) {
    it(`is whether the token is ${what}`, async () => {
      expect((await told(request)).token).to.eql(token);
    });
  }

  const sandbox = Object.assign(new AwsContext('eu-west-1', {}), {
    agentEndpoint: 'http://sandbox.invalid/v3',
  });

  it('is which questions are not its own', async () => {
    const own = ['BuildkiteAgentToken', PATH];
    expect((await told(given())).withheld).to.eql(own);
    expect((await told(given(), sandbox)).withheld).to.eql([...own, 'AgentEndpoint']);
  });

  it('is what is wrong with a name', async () => {
    const { nameFault } = await told(given());
    expect(nameFault('1a')).to.equal('a stack name begins with a letter');
    expect(nameFault('ci')).to.equal(undefined);
  });

  it('is what is wrong with a token, at the Agent API that is meant', async () => {
    const before = globalThis.fetch;
    const urls: string[] = [];
    let status = 401;
    globalThis.fetch = (url) => {
      urls.push(new URL(url).host);
      return Promise.resolve(Response.json({}, { status }));
    };
    try {
      const { tokenFault } = await told(given());
      expect(await tokenFault('t')).to.match(/does not accept the agent token/);
      status = 200;
      expect(await tokenFault('t')).to.equal(undefined);
      await (await told(given(), sandbox)).tokenFault('t');
      const named = given({ parameters: new Map([['AgentEndpoint', 'https://own.invalid/v3']]) });
      await (await told(named, sandbox)).tokenFault('t');
      await (await told(given({}, 'Resources: {}'))).tokenFault('t');
      expect(urls).to.eql([
        'agent-edge.buildkite.com',
        'agent-edge.buildkite.com',
        'sandbox.invalid',
        'own.invalid',
        'agent.buildkite.com',
      ]);
    } finally {
      globalThis.fetch = before;
    }
  });
});
