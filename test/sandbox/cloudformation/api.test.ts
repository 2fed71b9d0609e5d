import { expect } from 'chai';
import { setFaults } from '../../../src/sandbox/faults/index.ts';
import { AwsError } from '../../../src/sandbox/kernel/errors.ts';
import type { Service } from '../../../src/sandbox/kernel/world.ts';
import { StackWorld, queue, refusalOf, topic } from './support/sandbox.ts';

/** A Parameter Store, a Secrets Manager and an EC2 with what is given. */
function stores(values: Record<string, string>): Service[] {
  const answer = (name: string) => {
    const value = values[name];
    if (value === undefined) throw new AwsError('ParameterNotFound', `${name} is not there.`);
    return value;
  };
  const service = (name: string, operations: Service['operations']): Service => ({
    name,
    signingNames: [name],
    sdk: () => Promise.resolve({}),
    operations,
  });
  return [
    service('ssm', {
      GetParameter: ({ Name }: { Name: string }) => ({ Parameter: { Type: 'String', Value: answer(Name) } }),
    }),
    service('secretsmanager', {
      GetSecretValue: ({ SecretId }: { SecretId: string }) => ({ SecretString: answer(SecretId) }),
    }),
    service('ec2', {
      DescribeAvailabilityZones: () => ({
        AvailabilityZones: ['b', 'a'].map((letter) => ({
          ZoneName: `eu-west-1${letter}`,
          ZoneType: 'availability-zone',
        })),
      }),
      DescribeVpcs: ({ VpcIds }: { VpcIds?: string[] }) => {
        if (VpcIds?.some((id) => id !== 'vpc-1')) throw new AwsError('InvalidVpcID.NotFound', 'no such VPC');
        return { Vpcs: [{ VpcId: 'vpc-1', Tags: [{ Key: 'purpose', Value: 'ci' }] }] };
      },
    }),
  ];
}

describe("CloudFormation's operations", () => {
  it('list stacks in pages, newest first', async () => {
    const world = new StackWorld();
    for (let index = 0; index < 60; index += 1)
      await world.create(`demo-${index}`, { Resources: { Topic: topic() } });
    await world.pass(30);
    type Answer = { Stacks: { StackName: string }[]; NextToken?: string };
    const first = await world.ask<Answer>('DescribeStacks');
    expect([first.Stacks.length, first.Stacks[0]?.StackName]).to.deep.equal([50, 'demo-59']);
    const second = await world.ask<Answer>('DescribeStacks', { NextToken: first.NextToken });
    expect([second.Stacks.length, second.NextToken]).to.deep.equal([10, undefined]);
    expect(await refusalOf(world.ask('DescribeStacks', { NextToken: 'no' }))).to.equal(
      'ValidationError: Invalid NextToken',
    );
  });

  it('page through events without loss while new ones come', async () => {
    const world = new StackWorld();
    const topics = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`T${index}`, topic()]));
    await world.created('demo', { Resources: topics(50) });
    const before = await world.events('demo');
    type Answer = { StackEvents: { EventId: string }[]; NextToken?: string };
    const first = await world.ask<Answer>('DescribeStackEvents', { StackName: 'demo' });
    expect(first.StackEvents).to.have.length(100);
    await world.update('demo', { Resources: topics(60) });
    await world.pass(60);
    const second = await world.ask<Answer>('DescribeStackEvents', {
      StackName: 'demo',
      NextToken: first.NextToken,
    });
    const ids = [...first.StackEvents, ...second.StackEvents].map(({ EventId }) => EventId);
    expect(new Set(ids).size).to.equal(before.length).and.to.equal(ids.length);
  });

  it('tell the events of one operation, and only its failures when asked', async () => {
    const world = new StackWorld();
    world.refused.add('create Queue');
    await world.created('demo', { Resources: { Topic: topic(), Queue: queue({}, { DependsOn: 'Topic' }) } });
    const { LastOperations = [] } = await world.stack('demo');
    const { OperationEvents } = await world.ask<{ OperationEvents: { LogicalResourceId: string }[] }>(
      'DescribeEvents',
      {
        OperationId: LastOperations[0]?.OperationId,
        Filters: { FailedEvents: true },
      },
    );
    expect(OperationEvents.map(({ LogicalResourceId }) => LogicalResourceId)).to.deep.equal(['Queue']);
  });

  it('give the template back as it came, and processed', async () => {
    const world = new StackWorld();
    const text = `Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Topics:
    - Name
    - [One, Two]
    - \${Name}: { Type: AWS::SNS::Topic }
`;
    await world.create('demo', text, { Capabilities: ['CAPABILITY_AUTO_EXPAND'] });
    const original = await world.ask<{ TemplateBody: string }>('GetTemplate', { StackName: 'demo' });
    expect(original.TemplateBody).to.equal(text);
    const processed = await world.ask<{ TemplateBody: string }>('GetTemplate', {
      StackName: 'demo',
      TemplateStage: 'Processed',
    });
    expect(
      Object.keys((JSON.parse(processed.TemplateBody) as { Resources: object }).Resources),
    ).to.deep.equal(['One', 'Two']);
  });

  it('validate a template, and sum one up', async () => {
    const world = new StackWorld();
    const TemplateBody = JSON.stringify({
      Parameters: { P: { Type: 'String' } },
      Resources: { Topic: topic() },
    });
    expect(await world.ask('ValidateTemplate', { TemplateBody })).to.deep.include({
      Parameters: [{ ParameterKey: 'P', NoEcho: false }],
    });
    expect(await world.ask('GetTemplateSummary', { TemplateBody })).to.deep.include({
      ResourceTypes: ['AWS::SNS::Topic'],
    });
    expect(await refusalOf(world.ask('ValidateTemplate', {}))).to.equal(
      'ValidationError: Either Template URL or Template Body must be specified.',
    );
    expect(
      await refusalOf(world.ask('ValidateTemplate', { TemplateURL: 'https://example.com/x.yml' })),
    ).to.equal('ValidationError: TemplateURL must be a supported URL.');
  });

  it('ask for capabilities', async () => {
    const world = new StackWorld();
    const role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'x', AssumeRolePolicyDocument: {} } };
    expect(await refusalOf(world.create('demo', { Resources: { Role: role } }))).to.equal(
      'InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]',
    );
  });

  describe('with what other services hold', () => {
    let world: StackWorld;
    beforeEach(() => {
      world = new StackWorld(
        stores({ '/greeting': 'good day', '/greeting:2': 'hello', secret: '{"user":"ann"}' }),
      );
    });

    it('resolve SSM parameters, and show both', async () => {
      const type = 'AWS::SSM::Parameter::Value<String>';
      const { Parameters } = await world.created('demo', {
        Parameters: { Greeting: { Type: type, Default: '/greeting' } },
        Resources: { Topic: topic({ DisplayName: { Ref: 'Greeting' } }) },
      });
      expect(Parameters).to.deep.equal([
        { ParameterKey: 'Greeting', ParameterValue: '/greeting', ResolvedValue: 'good day' },
      ]);
      expect([...world.things.values()]).to.deep.equal([{ DisplayName: 'good day' }]);
    });

    it('resolve dynamic references for the service only', async () => {
      const reference = '{{resolve:ssm:/greeting:2}} {{resolve:secretsmanager:secret:SecretString:user}}';
      await world.created('demo', { Resources: { Topic: topic({ DisplayName: reference }) } });
      expect([...world.things.values()]).to.deep.equal([{ DisplayName: 'hello ann' }]);
      expect(JSON.stringify(await world.ask('DescribeStackEvents', { StackName: 'demo' }))).to.not.contain(
        'ann"',
      );
      expect(
        await refusalOf(world.update('demo', { Resources: { Topic: topic({ DisplayName: reference }) } })),
      ).to.equal('ValidationError: No updates are to be performed.');
    });

    it('fail a resource whose dynamic reference leads nowhere', async () => {
      await world.created('demo', {
        Resources: { Topic: topic({ DisplayName: '{{resolve:ssm:/nothing}}' }) },
      });
      expect(await world.events('demo')).to.include('Topic CREATE_FAILED: /nothing is not there.');
    });

    it('roll back a stack whose parameter names what is not there', async () => {
      const template = {
        Parameters: { Network: { Type: 'AWS::EC2::VPC::Id' } },
        Resources: { Topic: topic({ DisplayName: { Ref: 'Network' } }) },
      };
      const given = (ParameterValue: string) => ({
        Parameters: [{ ParameterKey: 'Network', ParameterValue }],
      });
      await world.created('demo', template, given('vpc-9'));
      expect(await world.events('demo')).to.include(
        'demo ROLLBACK_IN_PROGRESS: Parameter validation failed: parameter value vpc-9 for parameter name Network does not exist. Rollback requested by user.',
      );
      expect((await world.created('other', template, given('vpc-1'))).StackStatus).to.equal(
        'CREATE_COMPLETE',
      );
    });

    it('check rules against what there is', async () => {
      const template = {
        Parameters: { Network: { Type: 'AWS::EC2::VPC::Id', Default: 'vpc-1' }, Purpose: { Type: 'String' } },
        Rules: {
          Right: {
            Assertions: [
              {
                Assert: {
                  'Fn::Equals': [{ 'Fn::ValueOf': ['Network', 'Tags.purpose'] }, { Ref: 'Purpose' }],
                },
                AssertDescription: 'the network is for something else',
              },
            ],
          },
        },
        Resources: { Topic: topic() },
      };
      const given = (ParameterValue: string) => ({
        Parameters: [{ ParameterKey: 'Purpose', ParameterValue }],
      });
      expect(await refusalOf(world.create('demo', template, given('web')))).to.match(
        /the network is for something else/,
      );
      await world.create('demo', template, given('ci'));
    });

    it('name the zones of the region in order', async () => {
      await world.created('demo', {
        Resources: { Topic: topic({ DisplayName: { 'Fn::Join': [',', { 'Fn::GetAZs': '' }] } }) },
      });
      expect([...world.things.values()]).to.deep.equal([{ DisplayName: 'eu-west-1a,eu-west-1b' }]);
    });
  });

  it('fail the resource that the sandbox was told to refuse', async () => {
    const world = new StackWorld();
    setFaults(world, [{ kind: 'resource', target: 'AWS::SNS::Topic', reason: 'no topics today' }]);
    await world.created('demo', { Resources: { Topic: topic() } });
    expect(await world.events('demo')).to.include('Topic CREATE_FAILED: no topics today');
  });
});
