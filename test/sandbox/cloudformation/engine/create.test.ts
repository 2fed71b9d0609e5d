import { expect } from 'chai';
import { StackWorld, bucket, queue, refusalOf, topic } from '../support/sandbox.ts';

const TWO = {
  Resources: { First: topic(), Second: topic({ DisplayName: { 'Fn::GetAtt': ['First', 'TopicName'] } }) },
};

describe('creating a stack', () => {
  let world: StackWorld;
  beforeEach(() => {
    world = new StackWorld();
  });

  it('answers at once and makes resources in the order of their needs', async () => {
    const { StackId } = await world.create('demo', TWO);
    expect(StackId).to.match(/^arn:aws:cloudformation:eu-west-1:111122223333:stack\/demo\/[0-9a-f-]{36}$/);
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_IN_PROGRESS');
    await world.pass(60);
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
    expect(await world.events('demo')).to.deep.equal([
      'demo CREATE_IN_PROGRESS: User Initiated',
      'First CREATE_IN_PROGRESS',
      'First CREATE_IN_PROGRESS: Resource creation Initiated',
      'First CREATE_COMPLETE',
      'Second CREATE_IN_PROGRESS',
      'Second CREATE_IN_PROGRESS: Resource creation Initiated',
      'Second CREATE_COMPLETE',
      'demo CREATE_COMPLETE',
    ]);
  });

  it('makes what does not depend on each other at the same time, each taking its own', async () => {
    await world.create('demo', { Resources: { Slow: queue(), Quick: topic(), AlsoSlow: queue() } });
    await world.pass(30);
    expect(await world.resources('demo')).to.have.members([
      'Slow CREATE_IN_PROGRESS',
      'Quick CREATE_COMPLETE',
      'AlsoSlow CREATE_IN_PROGRESS',
    ]);
    await world.pass(40);
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
  });

  it('tells outputs, parameters with NoEcho masked, and tags', async () => {
    const stack = await world.created(
      'demo',
      {
        Description: 'A demo',
        Parameters: { Secret: { Type: 'String', NoEcho: true } },
        Resources: { Topic: topic({ DisplayName: { Ref: 'Secret' } }) },
        Outputs: { Name: { Value: { 'Fn::GetAtt': ['Topic', 'TopicName'] }, Export: { Name: 'the-name' } } },
      },
      {
        Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'hush' }],
        Tags: [{ Key: 'team', Value: 'ci' }],
      },
    );
    expect(stack.Description).to.equal('A demo');
    expect(stack.Parameters).to.deep.equal([{ ParameterKey: 'Secret', ParameterValue: '****' }]);
    expect(stack.Outputs?.[0]).to.deep.include({ OutputKey: 'Name', ExportName: 'the-name' });
    expect(stack.Tags).to.deep.equal([{ Key: 'team', Value: 'ci' }]);
    const events = await world.ask('DescribeStackEvents', { StackName: 'demo' });
    expect(JSON.stringify(events)).to.contain('****');
    expect(JSON.stringify(events)).to.not.contain('hush');
    expect([...world.things.values()][0]).to.deep.equal({ DisplayName: 'hush' });
  });

  it('hands the stack tags and its own to what it makes', async () => {
    await world.created('demo', { Resources: { Topic: topic() } }, { Tags: [{ Key: 'team', Value: 'ci' }] });
    const { StackId } = await world.stack('demo');
    expect(world.contexts[0]?.tags).to.deep.equal({
      team: 'ci',
      'aws:cloudformation:stack-name': 'demo',
      'aws:cloudformation:stack-id': StackId,
      'aws:cloudformation:logical-id': 'Topic',
    });
  });

  it('only records a type that no service provides, and says so', async () => {
    await world.created('demo', {
      Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [] } } },
      Outputs: { Table: { Value: { Ref: 'Table' } }, Arn: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] } } },
    });
    const { Outputs } = await world.stack('demo');
    expect(Outputs?.[0]?.OutputValue).to.match(/^demo-Table-[0-9A-Z]{12}$/);
    expect(Outputs?.[1]?.OutputValue).to.match(/^arn:aws:dynamodb:eu-west-1:111122223333:table\/demo-Table-/);
    expect(await world.events('demo')).to.include(
      'Table CREATE_COMPLETE: The sandbox only records this type: nothing was made.',
    );
  });

  it('answers the same request again, and refuses another with the same name', async () => {
    const first = await world.create('demo', TWO, { ClientRequestToken: 'token-1' });
    const again = await world.create('demo', TWO, { ClientRequestToken: 'token-1' });
    expect(again.StackId).to.equal(first.StackId);
    expect(await refusalOf(world.create('demo', TWO))).to.equal(
      'AlreadyExistsException: Stack [demo] already exists',
    );
  });

  it('refuses a name that is none', async () => {
    expect(await refusalOf(world.create('1demo', TWO))).to.equal(
      "ValidationError: 1 validation error detected: Value '1demo' at 'stackName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*',
    );
  });

  it('finds a deleted stack by its id only', async () => {
    const { StackId } = await world.created('demo', TWO);
    await world.ask('DeleteStack', { StackName: 'demo' });
    await world.pass(60);
    expect(await refusalOf(world.stack('demo'))).to.equal(
      'ValidationError: Stack with id demo does not exist',
    );
    expect((await world.stack(StackId!)).StackStatus).to.equal('DELETE_COMPLETE');
  });

  it('can be restarted at any point: all it knows is plain data', async () => {
    await world.create('demo', { Resources: { ...TWO.Resources, Slow: queue({}, { DependsOn: 'Second' }) } });
    for (let times = 0; times < 50; times += 1) {
      await world.pass(2);
      Object.assign(world.state.slices, JSON.parse(JSON.stringify(world.state.slices)));
    }
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
  });

  describe('that fails', () => {
    const FAILING = {
      Resources: { Good: topic(), Slow: queue(), Bad: bucket(), Never: topic({}, { DependsOn: 'Bad' }) },
    };
    beforeEach(() => world.refused.add('create Bad'));

    it('calls off what is under way and rolls back what was made, in reverse', async () => {
      const stack = await world.created('demo', FAILING);
      expect(stack.StackStatus).to.equal('ROLLBACK_COMPLETE');
      const events = await world.events('demo');
      expect(events.filter((line) => line.includes('FAILED'))[0]).to.match(
        /^Bad CREATE_FAILED: Resource handler returned message: "no create today \(Service: S3, Status Code: 409, Request ID: [0-9a-f-]+\)" \(RequestToken: [0-9a-f-]+, HandlerErrorCode: GeneralServiceException\)$/,
      );
      expect(events).to.include('Slow CREATE_FAILED: Resource creation cancelled');
      expect(events).to.include(
        'demo ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Good, Slow, Bad]. Rollback requested by user.',
      );
      expect(events).to.not.include('Never CREATE_IN_PROGRESS');
      expect(events).to.include.members(['Good DELETE_COMPLETE', 'Slow DELETE_COMPLETE']);
      expect(events.at(-1)).to.equal('demo ROLLBACK_COMPLETE');
      expect(world.things.size).to.equal(0);
    });

    it('stays as it is with DO_NOTHING, having made all that could be', async () => {
      const stack = await world.created('demo', FAILING, { OnFailure: 'DO_NOTHING' });
      expect(stack.StackStatus).to.equal('CREATE_FAILED');
      expect(stack.StackStatusReason).to.equal('The following resource(s) failed to create: [Bad].');
      expect(await world.resources('demo')).to.include.members([
        'Good CREATE_COMPLETE',
        'Slow CREATE_COMPLETE',
      ]);
    });

    it('can be rolled back later', async () => {
      await world.created('demo', FAILING, { DisableRollback: true });
      await world.ask('RollbackStack', { StackName: 'demo' });
      await world.pass(200);
      expect((await world.stack('demo')).StackStatus).to.equal('ROLLBACK_COMPLETE');
      expect(world.things.size).to.equal(0);
    });

    it('is deleted with OnFailure DELETE', async () => {
      const { StackId } = await world.create('demo', FAILING, { OnFailure: 'DELETE' });
      await world.pass(300);
      expect((await world.stack(StackId)).StackStatus).to.equal('DELETE_COMPLETE');
      expect(await world.events(StackId)).to.include(
        'demo DELETE_IN_PROGRESS: The following resource(s) failed to create: [Good, Slow, Bad]. Delete requested by user.',
      );
    });

    it('keeps what its policy retains, except what RetainExceptOnCreate does', async () => {
      await world.created('demo', {
        Resources: {
          ...FAILING.Resources,
          Kept: topic({}, { DeletionPolicy: 'Retain' }),
          Gone: topic({}, { DeletionPolicy: 'RetainExceptOnCreate' }),
        },
      });
      const events = await world.events('demo');
      expect(events).to.include.members(['Kept DELETE_SKIPPED', 'Gone DELETE_COMPLETE']);
    });

    it('fails its rollback when something can not be deleted', async () => {
      world.refused.add('delete Good');
      const stack = await world.created('demo', FAILING);
      expect(stack.StackStatus).to.equal('ROLLBACK_FAILED');
      expect(stack.StackStatusReason).to.equal('The following resource(s) failed to delete: [Good].');
    });
  });

  it('fails a resource whose properties are not those of its type', async () => {
    await world.created('demo', { Resources: { Topic: topic({ Colour: 'red' }) } });
    expect(await world.events('demo')).to.include(
      'Topic CREATE_FAILED: Properties validation failed for resource Topic with message:\n[#: extraneous key [Colour] is not permitted]',
    );
  });

  it('gives up after TimeoutInMinutes', async () => {
    const template = { Resources: { One: queue(), Two: queue({}, { DependsOn: 'One' }) } };
    await world.created('demo', template, { TimeoutInMinutes: 1 });
    expect(await world.events('demo')).to.include(
      'demo ROLLBACK_IN_PROGRESS: Stack creation time exceeded the specified timeout. Rollback requested by user.',
    );
  });

  it('makes 500 resources with little work', async () => {
    const chained = (index: number) =>
      topic({ DisplayName: { 'Fn::Sub': `\${Topic${Math.floor((index - 1) / 3)}.TopicName}` } });
    const entries = Array.from({ length: 500 }, (_, index) => [
      `Topic${index}`,
      index === 0 ? topic() : chained(index),
    ]);
    const began = process.cpuUsage();
    await world.created('demo', { Resources: Object.fromEntries(entries) });
    const { user, system } = process.cpuUsage(began);
    expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
    expect((user + system) / 1e6).to.be.lessThan(1.5);
  });
});
