import { expect } from 'chai';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { UsageError } from '../../../src/errors.ts';
import { prepareCreation } from '../../../src/stack/creation/prepare.ts';
import { brokenRules } from '../../../src/stack/template/rules.ts';
import { checkStackName } from '../../../src/stack/creation/stack-name.ts';
import { parseTags } from '../../../src/stack/naming/tags.ts';
import { capabilitiesOf, resourceCounts } from '../../../src/stack/template/facts.ts';
import { pipelineStep } from '../../../src/stack/creation/text.ts';
import { readTemplate } from '../../../src/stack/parameters/index.ts';
import { templateOf } from '../../support/template-of.ts';

const TEMPLATE = `
Metadata: { BkStack: { Version: 1.2.3 } }
Parameters:
  BuildkiteAgentToken: { Type: String, NoEcho: true, Default: '' }
  BuildkiteAgentTokenParameterStorePath: { Type: String, Default: '' }
  AgentEndpoint: { Type: String, Default: https://agent-edge.buildkite.com/v3 }
  AvailabilityZones: { Type: CommaDelimitedList, Default: '' }
  MinSize: { Type: Number, Default: 0 }
Resources:
  Role: { Type: AWS::IAM::Role }
`;
const PATH = 'BuildkiteAgentTokenParameterStorePath';

function prepared(
  parameters: Record<string, string> = {},
  { token = 'secret', template = TEMPLATE, agentEndpoint = undefined as string | undefined, ...rest } = {},
) {
  return prepareCreation(
    {
      stackName: 'ci',
      template: templateOf(template),
      parameters: new Map(Object.entries(parameters)),
      tags: {},
      terminationProtection: false,
      ...(token !== '' && { token }),
      ...rest,
    },
    {
      region: 'us-east-1',
      programs: () => PROGRAMS,
      ...(agentEndpoint !== undefined && { agentEndpoint }),
    },
  );
}

const PROGRAMS = [
  {
    ...{ parameter: 'HostProgram', key: `host/${'0'.repeat(64)}.mjs` },
    ...{ content: '//', contentType: 'text/javascript' },
  },
  {
    ...{ parameter: 'ScalerProgram', key: `scaler/${'0'.repeat(64)}.zip` },
    ...{ content: new Uint8Array(), contentType: 'application/zip' },
  },
];
const INLINE = { kind: 'inline' } as const;

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError);
    return (error as Error).message;
  }
  return expect.fail('it should be refused');
}

describe('a request', () => {
  it('passes the path of the token, and never the token', () => {
    const { parametersWith, token } = prepared({ MinSize: '2' });
    expect(Object.fromEntries(parametersWith(undefined, INLINE))).to.deep.equal({
      MinSize: '2',
      [PATH]: '/bk-stack/ci/agent-token',
    });
    expect(token).to.include({ name: '/bk-stack/ci/agent-token', token: 'secret' });
  });

  it('moves a token that is given as a parameter out of CloudFormation’s sight', () => {
    const { parametersWith, token } = prepared({ BuildkiteAgentToken: 'from-config' }, { token: '' });
    expect(token?.token).to.equal('from-config');
    expect([...parametersWith(undefined, INLINE).keys()]).to.deep.equal([PATH]);
  });

  it('keeps no token where one lies in SSM already', () => {
    const { subject, token } = prepared({ [PATH]: '/buildkite/token' }, { token: '' });
    expect(token).to.equal(undefined);
    expect(subject.token).to.deep.equal({ kind: 'path', path: '/buildkite/token' });
  });

  it('without a token is refused with the way to give one', () => {
    expect(refusal(() => prepared({}, { token: '' }))).to.match(/need an agent token/);
  });

  it('of a template that takes no token needs none', () => {
    const template = 'Resources: { Topic: { Type: AWS::SNS::Topic } }';
    const { subject, parametersWith } = prepared({}, { token: '', template });
    expect(subject.token).to.equal(undefined);
    expect(parametersWith(['us-east-1a'], INLINE).size).to.equal(0);
  });

  it('in the sandbox has the agents talk to the sandbox', () => {
    const agentEndpoint = 'http://127.0.0.1:4599/_buildkite/v3';
    const { parametersWith, subject } = prepared({}, { agentEndpoint });
    expect(parametersWith(undefined, INLINE).get('AgentEndpoint')).to.equal(agentEndpoint);
    expect(subject.agentEndpoint).to.equal(agentEndpoint);
  });

  it('takes the zones that were chosen, unless some were named', () => {
    const zones = ['us-east-1b', 'us-east-1c'];
    expect(prepared().parametersWith(zones, INLINE).get('AvailabilityZones')).to.equal(
      'us-east-1b,us-east-1c',
    );
    expect(
      prepared({ AvailabilityZones: 'us-east-1a' }).parametersWith(zones, INLINE).get('AvailabilityZones'),
    ).to.equal('us-east-1a');
  });

  it('is tagged as ours, with the version of the template', () => {
    expect(prepared().request.tags).to.deep.equal({ 'bk-stack:stack': 'ci', 'bk-stack:version': '1.2.3' });
  });

  it('refuses sizes that contradict each other, defaults among them', () => {
    const template = `${TEMPLATE}\n`.replace('MinSize:', 'MaxSize: { Type: Number, Default: 2 }\n  MinSize:');
    expect(refusal(() => prepared({ MinSize: '3' }, { template }))).to.equal(
      'MinSize (3) is more than MaxSize (2).',
    );
    expect(prepared({ MinSize: '2' }, { template }).subject.parameters.get('MaxSize')).to.equal('2');
  });

  for (const [roleArn, taken] of [
    ['arn:aws:iam::111122223333:role/deployer', true],
    ['arn:aws-us-gov:iam::111122223333:role/path/to/deploy_er+=,.@-', true],
    ['arn:aws:iam::111122223333:role/a', true],
    ['arn:aws:iam::1111:role/deployer', false],
    ['arn:aws:iam::11112222333344:role/deployer', false],
    ['arn:aws:iam::111122223333:user/deployer', false],
    ['arn:aws:iam::111122223333:role/', false],
    ['arn:aws:iam::111122223333:role/a b', false],
    ['x arn:aws:iam::111122223333:role/a', false],
    ['arn:AWS:iam::111122223333:role/a', false],
  ] as const) {
    it(`${taken ? 'takes' : 'refuses'} the role ${roleArn}`, () => {
      const work = () => prepared({}, { roleArn } as object).request;
      if (taken) expect(work().roleArn).to.equal(roleArn);
      else {
        expect(work).to.throw(UsageError, `--role-arn ${roleArn} is not the ARN of an IAM role`);
        expect(work)
          .to.throw()
          .with.property('hint', 'It looks like arn:aws:iam::111122223333:role/deployer.');
      }
    });
  }

  it('passes on what CloudFormation and the pre-flight need', () => {
    const { request, subject, secret, templateName } = prepared({}, { assetsBucket: 'mine' } as object);
    expect(request).to.include({
      stackName: 'ci',
      description: 'bk-stack create',
      terminationProtection: false,
    });
    expect(request).to.not.have.property('roleArn');
    expect(subject.assetsBucket).to.equal('mine');
    expect(prepared().subject).to.not.have.property('assetsBucket');
    expect(templateName).to.equal('template.yml');
    expect(['BuildkiteAgentToken', 'MinSize', 'Unknown'].map(secret)).to.eql([true, false, false]);
    expect(subject.parameters.get('AvailabilityZones')).to.equal('');
  });

  it('passes no program that is named already, nor a bucket where nothing is staged in one', () => {
    const template = TEMPLATE.replace(
      'Resources:',
      '  AssetsBucket: { Type: String }\n  HostProgram: { Type: String }\nResources:',
    );
    const named = prepared({ HostProgram: 'own' }, { template });
    expect(named.subject.assets).to.eql([]);
    const open = prepared({}, { template });
    expect(open.subject.assets.map(({ key }) => key)).to.eql([PROGRAMS[0]?.key]);
    expect(open.parametersWith(undefined, INLINE).has('AssetsBucket')).to.equal(false);
    expect(open.parametersWith(undefined, INLINE).has('HostProgram')).to.equal(false);
  });

  it('refuses a role that is none', () => {
    expect(refusal(() => prepared({}, { roleArn: 'deployer' } as object))).to.match(
      /not the ARN of an IAM role/,
    );
  });
});

describe('a stack’s name', () => {
  for (const name of ['a', 'my-stack', 'CI-2', 'a'.repeat(128)]) {
    it(`can be ${name.slice(0, 12)}`, () => {
      expect(checkStackName(name)).to.equal(name);
    });
  }
  for (const name of ['', '2ci', '-ci', 'my_stack', 'my stack', 'a'.repeat(129), 'xn--ci', 'Sthree-ci']) {
    it(`cannot be "${name.slice(0, 12)}"`, () => {
      expect(refusal(() => checkStackName(name))).to.match(/cannot be a stack's name/);
    });
  }
});

describe('tags', () => {
  it('may have empty values and equals signs in them', () => {
    expect(parseTags(['team=build', 'empty=', 'query=a=b'])).to.deep.equal({
      team: 'build',
      empty: '',
      query: 'a=b',
    });
  });

  for (const [flag, reason] of [
    ['team', /no KEY=VALUE/],
    ['=build', /no KEY=VALUE/],
    ['AWS:team=build', /kept for AWS/],
    ['bk-stack:stack=other', /set by bk-stack/],
    [`${'k'.repeat(129)}=v`, /at most 128/],
    [`k=${'v'.repeat(257)}`, /at most 256/],
    ['team=<build>', /letters, digits/],
  ] as const) {
    it(`such as ${flag.slice(0, 24)} are refused`, () => {
      expect(refusal(() => parseTags([flag]))).to.match(reason);
    });
  }

  it('are refused twice of a kind, and by the dozen', () => {
    expect(refusal(() => parseTags(['a=1', 'a=2']))).to.match(/twice/);
    expect(refusal(() => parseTags(Array.from({ length: 46 }, (_, i) => `k${i}=v`)))).to.match(/too many/);
  });
});

describe('what a template says of itself', () => {
  const body = (text: string) => parseTemplate(text).body;

  it('acknowledges named IAM resources where there are some', () => {
    expect(capabilitiesOf(body(TEMPLATE))).to.deep.equal(['CAPABILITY_NAMED_IAM']);
    expect(capabilitiesOf(body('Resources: { Topic: { Type: AWS::SNS::Topic } }'))).to.deep.equal([]);
  });

  it('acknowledges macros only where there are some', () => {
    expect(capabilitiesOf(body('Transform: AWS::LanguageExtensions\nResources: {}'))).to.include(
      'CAPABILITY_AUTO_EXPAND',
    );
    expect(
      capabilitiesOf(
        body('Resources: { A: { Type: T, Properties: { "Fn::Transform": { Name: AWS::Include } } } }'),
      ),
    ).to.include('CAPABILITY_AUTO_EXPAND');
    // A property of that name is no macro.
    expect(capabilitiesOf(body('Resources: { A: { Type: T, Properties: { Transform: x } } }'))).to.deep.equal(
      [],
    );
  });

  it('counts resources by type', () => {
    const text = 'Resources: { A: { Type: X::B }, B: { Type: X::A }, C: { Type: X::B } }';
    expect(resourceCounts(body(text))).to.deep.equal({ 'X::A': 1, 'X::B': 2 });
  });
});

describe('the rules of a template', () => {
  const rules = (rule: string, values: Record<string, string | string[]> = {}) =>
    brokenRules(parseTemplate(`Rules: { R: ${rule} }`).body, (name) => values[name]);
  const asserting = (assert: string) => `{ Assertions: [{ Assert: ${assert}, AssertDescription: broken }] }`;

  for (const [assert, expected] of [
    ['!Equals [!Ref A, x]', []],
    ['!Equals [!Ref A, y]', ['broken']],
    ['!Not [!Equals [!Ref A, x]]', ['broken']],
    ['!And [!Equals [!Ref A, x], !Equals [!Ref B, x]]', ['broken']],
    ['!Or [!Equals [!Ref A, x], !Equals [!Ref B, x]]', []],
    ['!Contains [!Ref L, one]', []],
    ['!Contains [!Ref L, three]', ['broken']],
    ['!EachMemberIn [!Ref L, [one, two, three]]', []],
    ['!EachMemberIn [[one, four], !Ref L]', ['broken']],
    ['!EachMemberEquals [!Ref Empty, ""]', []],
    ['!EachMemberEquals [!Ref L, ""]', ['broken']],
    // What AWS has to look up is AWS's to judge.
    ['!Contains [!RefAll "AWS::EC2::VPC::Id", !Ref A]', []],
    ['!Not [!Equals [!ValueOf [A, Attribute], x]]', []],
  ] as const) {
    it(`judge ${assert}`, () => {
      const values = { A: 'x', B: 'y', L: ['one', 'two'], Empty: [''] };
      expect(rules(asserting(assert), values)).to.deep.equal(expected);
    });
  }

  it('hold only under their condition', () => {
    const rule =
      '{ RuleCondition: !Equals [!Ref A, x], Assertions: [{ Assert: false, AssertDescription: broken }] }';
    expect(rules(rule, { A: 'x' })).to.deep.equal(['broken']);
    expect(rules(rule, { A: 'y' })).to.deep.equal([]);
  });

  it('brings the program of the instances along, where the template takes one', async () => {
    const staging = {
      kind: 'bucket',
      bucket: 'assets',
      key: 't',
      present: true,
      missing: [],
      bucketWork: 'none',
    } as const;
    const preparedWith = (parameters: Record<string, string>) =>
      prepareCreation(
        {
          ...{ stackName: 'ci', template, parameters: new Map(Object.entries(parameters)), token: 'secret' },
          ...{ tags: {}, terminationProtection: false },
        },
        { region: 'us-east-1', programs: () => PROGRAMS },
      );
    const template = await readTemplate();
    const { subject, parametersWith } = preparedWith({});
    expect(subject.assets).to.deep.equal(PROGRAMS);
    expect(Object.fromEntries(parametersWith(undefined, staging))).to.include({
      AssetsBucket: 'assets',
      HostProgram: PROGRAMS[0]?.key,
      ScalerProgram: PROGRAMS[1]?.key,
    });
    const own = {
      AssetsBucket: 'mine',
      HostProgram: `host/${'1'.repeat(64)}.mjs`,
      ScalerProgram: `scaler/${'1'.repeat(64)}.zip`,
    };
    expect(preparedWith(own).subject.assets).to.deep.equal([]);
    expect(Object.fromEntries(preparedWith(own).parametersWith(undefined, staging))).to.include(own);
  });

  it('of our own template are kept by its defaults, and told in its own words', async () => {
    const template = await readTemplate();
    const attempt = (parameters: Record<string, string>) =>
      prepareCreation(
        {
          ...{ stackName: 'ci', template, parameters: new Map(Object.entries(parameters)), token: 'secret' },
          ...{ tags: {}, terminationProtection: false },
        },
        { region: 'us-east-1', programs: () => PROGRAMS },
      );
    expect(attempt({}).subject.stackName).to.equal('ci');
    expect(refusal(() => attempt({ VpcId: 'vpc-12345678' }))).to.match(/needs Subnets/);
    expect(refusal(() => attempt({ Subnets: 'subnet-12345678' }))).to.match(/need VpcId/);
    expect(attempt({ VpcId: 'vpc-12345678', Subnets: 'subnet-12345678' }).subject.stackName).to.equal('ci');
  });
});

describe('the pipeline step', () => {
  it('is YAML whatever the queue is called', () => {
    for (const queue of ['default', 'true', '8080', 'a:b', 'team/linux@large', 'x-1.2']) {
      const { body } = parseTemplate(pipelineStep(queue));
      expect(body).to.have.nested.property('steps[0].agents.queue', queue);
    }
  });
});
