import { expect } from 'chai';
import { StackWorld, bucket, queue, refusalOf, topic } from '../support/sandbox.ts';

const BEFORE = {
  Resources: {
    Topic: topic({ TopicName: 'one' }),
    Queue: queue({ VisibilityTimeout: 30 }),
    Reader: bucket({ BucketName: { 'Fn::Sub': 'reads-${Topic}' } }),
    Old: topic({ DisplayName: 'old' }),
  },
};
/** Replaces Topic and with it Reader, changes Queue, adds New, removes Old. */
const AFTER = {
  Resources: {
    Topic: topic({ TopicName: 'two' }),
    Queue: queue({ VisibilityTimeout: 60 }),
    Reader: BEFORE.Resources.Reader,
    New: topic({ DisplayName: 'new' }),
  },
};

describe('updating a stack', () => {
  let world: StackWorld;
  beforeEach(async () => {
    world = new StackWorld();
    await world.created('demo', BEFORE);
    world.diary.length = 0;
  });

  const updated = async (template: object = AFTER, input: object = {}) => {
    await world.update('demo', template, input);
    await world.pass(600);
    return world.stack('demo');
  };
  const eventsSince = async () => {
    const events = await world.events('demo');
    return events.slice(events.findLastIndex((line) => line.startsWith('demo UPDATE_IN_PROGRESS')));
  };

  it('refuses to when nothing differs', async () => {
    expect(await refusalOf(world.update('demo', BEFORE))).to.equal(
      'ValidationError: No updates are to be performed.',
    );
    const same = { Resources: { ...BEFORE.Resources, Queue: queue({ VisibilityTimeout: '30' }) } };
    expect(await refusalOf(world.update('demo', same))).to.equal(
      'ValidationError: No updates are to be performed.',
    );
  });

  it('refuses a stack that is not there, or busy', async () => {
    expect(await refusalOf(world.update('nobody', AFTER))).to.equal(
      'ValidationError: Stack [nobody] does not exist',
    );
    await world.update('demo', AFTER);
    const { StackId } = await world.stack('demo');
    expect(await refusalOf(world.update('demo', AFTER))).to.equal(
      `ValidationError: Stack:${StackId} is in UPDATE_IN_PROGRESS state and can not be updated.`,
    );
  });

  it('changes in place, replaces before it deletes, and cleans up at the end', async () => {
    expect((await updated()).StackStatus).to.equal('UPDATE_COMPLETE');
    const events = await eventsSince();
    expect(events).to.include.members([
      'Queue UPDATE_COMPLETE',
      'Topic UPDATE_IN_PROGRESS: Requested update requires the creation of a new physical resource; hence creating one.',
      'Topic UPDATE_IN_PROGRESS: Resource creation Initiated',
      'Topic UPDATE_COMPLETE',
      'New CREATE_COMPLETE',
    ]);
    const cleanUp = events.indexOf('demo UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    expect(events.slice(cleanUp + 1).filter((line) => line.endsWith('DELETE_COMPLETE'))).to.have.members([
      'Topic DELETE_COMPLETE',
      'Reader DELETE_COMPLETE',
      'Old DELETE_COMPLETE',
    ]);
    expect(events.at(-1)).to.equal('demo UPDATE_COMPLETE');
    expect([...world.things.keys()])
      .to.include.members(['two', 'reads-two'])
      .and.to.have.length(4);
    expect(await world.resources('demo')).to.have.members([
      'Topic UPDATE_COMPLETE',
      'Queue UPDATE_COMPLETE',
      'Reader UPDATE_COMPLETE',
      'New CREATE_COMPLETE',
    ]);
  });

  it('leaves alone what does not differ', async () => {
    await updated({ Resources: { ...BEFORE.Resources, Queue: queue({ VisibilityTimeout: 31 }) } });
    expect(world.diary).to.deep.equal(['update Queue']);
  });

  it('keeps what UpdateReplacePolicy and DeletionPolicy retain', async () => {
    const kept = { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Retain' };
    await updated({
      Resources: {
        ...BEFORE.Resources,
        Topic: topic({ TopicName: 'one' }, kept),
        Old: topic({ DisplayName: 'older' }, kept),
      },
    });
    const { Old: _, ...rest } = AFTER.Resources as Record<string, object>;
    await updated({ Resources: { ...rest, Topic: topic({ TopicName: 'two' }, kept) } });
    expect(await eventsSince()).to.include.members(['Topic DELETE_SKIPPED', 'Old DELETE_SKIPPED']);
    expect([...world.things.keys()]).to.include.members(['one', 'two']);
  });

  it('refuses to replace what has a name of its own', async () => {
    const template = (fifo: boolean) => ({
      Resources: { Queue: queue({ QueueName: 'mine.fifo', FifoQueue: fifo }) },
    });
    await world.created('named', template(true));
    await world.update('named', template(false));
    await world.pass(300);
    expect((await world.stack('named')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect(await world.events('named')).to.include(
      'Queue UPDATE_FAILED: CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename mine.fifo and update the stack again.',
    );
  });

  it('may change only outputs, or only the tags', async () => {
    const withOutput = { ...BEFORE, Outputs: { Topic: { Value: { Ref: 'Topic' } } } };
    expect((await updated(withOutput)).Outputs).to.have.length(1);
    world.diary.length = 0;
    await updated(withOutput, { Tags: [{ Key: 'team', Value: 'ci' }] });
    expect(world.diary).to.include('update Topic');
    expect(world.contexts.at(-1)?.tags).to.include({ team: 'ci' });
  });

  it('uses previous values and the previous template', async () => {
    const template = {
      Parameters: { Name: { Type: 'String', NoEcho: true }, Size: { Type: 'Number', Default: 1 } },
      Resources: { Queue: queue({ QueueName: { Ref: 'Name' }, DelaySeconds: { Ref: 'Size' } }) },
    };
    await world.created('params', template, {
      Parameters: [{ ParameterKey: 'Name', ParameterValue: 'hush' }],
    });
    await world.ask('UpdateStack', {
      StackName: 'params',
      UsePreviousTemplate: true,
      Parameters: [
        { ParameterKey: 'Name', UsePreviousValue: true },
        { ParameterKey: 'Size', ParameterValue: '5' },
      ],
    });
    await world.pass(200);
    expect(world.things.get('hush')).to.deep.equal({ QueueName: 'hush', DelaySeconds: 5 });
  });

  it('refuses another type under the same logical id', async () => {
    const other = { Resources: { ...BEFORE.Resources, Topic: queue() } };
    expect(await refusalOf(world.update('demo', other))).to.equal(
      'ValidationError: Update of resource type is not permitted. The new template modifies resource type of the following resources: [Topic]',
    );
  });

  it('forbids what the stack policy denies', async () => {
    await world.ask('SetStackPolicy', {
      StackName: 'demo',
      StackPolicyBody: JSON.stringify({
        Statement: [
          { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' },
          { Effect: 'Deny', Principal: '*', Action: 'Update:Replace', Resource: 'LogicalResourceId/Topic' },
        ],
      }),
    });
    expect((await updated()).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect((await eventsSince()).find((line) => line.startsWith('Topic UPDATE_FAILED'))).to.equal(
      'Topic UPDATE_FAILED: Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [LogicalResourceId/Topic]',
    );
  });

  describe('that fails', () => {
    const FAILING = {
      Resources: { ...AFTER.Resources, Bad: bucket({}, { DependsOn: ['Topic', 'Reader', 'Queue', 'New'] }) },
    };
    beforeEach(() => world.refused.add('create Bad'));

    it('takes back every change and deletes what it made', async () => {
      const stack = await updated(FAILING);
      expect(stack.StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
      const events = await eventsSince();
      expect(events).to.include(
        'demo UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Bad].',
      );
      const cleanUp = events.indexOf('demo UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
      expect(events.slice(cleanUp + 1)).to.include.members(['New DELETE_COMPLETE', 'Topic DELETE_COMPLETE']);
      expect([...world.things.keys()])
        .to.include.members(['one', 'reads-one'])
        .and.to.have.length(4);
      expect(world.things.get([...world.things.keys()].find((id) => id.includes('Queue'))!)).to.deep.equal({
        VisibilityTimeout: 30,
      });
      expect(await world.resources('demo')).to.have.members([
        'Topic UPDATE_COMPLETE',
        'Queue UPDATE_COMPLETE',
        'Reader UPDATE_COMPLETE',
        'Old CREATE_COMPLETE',
      ]);
    });

    it('can be updated again afterwards', async () => {
      await updated(FAILING);
      expect((await updated()).StackStatus).to.equal('UPDATE_COMPLETE');
      expect([...world.things.keys()])
        .to.include.members(['two', 'reads-two'])
        .and.to.have.length(4);
    });

    it('stays failed with DisableRollback, and can be rolled back or gone on with', async () => {
      expect((await updated(FAILING, { DisableRollback: true })).StackStatus).to.equal('UPDATE_FAILED');
      await world.ask('RollbackStack', { StackName: 'demo' });
      await world.pass(300);
      expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
      expect([...world.things.keys()])
        .to.include.members(['one', 'reads-one'])
        .and.to.have.length(4);

      await updated(FAILING, { DisableRollback: true });
      world.refused.clear();
      expect((await updated(FAILING)).StackStatus).to.equal('UPDATE_COMPLETE');
      expect([...world.things.keys()])
        .to.include.members(['two', 'reads-two'])
        .and.to.have.length(5);
    });

    it('fails its rollback when a change can not be taken back, and goes on with it later', async () => {
      world.refused.add('update Queue');
      await world.update('demo', FAILING);
      await world.pass(30);
      expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_FAILED');
      const { StackStatusReason, StackId } = await world.stack('demo');
      expect(StackStatusReason).to.equal('The following resource(s) failed to update: [Queue].');
      expect(await refusalOf(world.update('demo', AFTER))).to.equal(
        `ValidationError: Stack:${StackId} is in UPDATE_ROLLBACK_FAILED state and can not be updated.`,
      );

      await world.ask('ContinueUpdateRollback', { StackName: 'demo' });
      await world.pass(300);
      expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_FAILED');

      expect(
        await refusalOf(
          world.ask('ContinueUpdateRollback', { StackName: 'demo', ResourcesToSkip: ['Topic'] }),
        ),
      ).to.match(/^ValidationError: .*\[Topic\]/);
      await world.ask('ContinueUpdateRollback', { StackName: 'demo', ResourcesToSkip: ['Queue'] });
      await world.pass(300);
      expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
      expect(await world.resources('demo')).to.include('Queue UPDATE_COMPLETE');
    });

    it('says so when the clean-up leaves something behind', async () => {
      world.refused.add('delete Old');
      const stack = await updated();
      expect(stack.StackStatus).to.equal('UPDATE_COMPLETE');
      expect(stack.StackStatusReason).to.equal(
        'Update successful. One or more resources could not be deleted.',
      );
    });
  });

  it('is cancelled on request', async () => {
    await world.update('demo', AFTER);
    await world.pass(10);
    await world.ask('CancelUpdateStack', { StackName: 'demo' });
    await world.pass(300);
    expect(await eventsSince()).to.include.members([
      'Queue UPDATE_FAILED: Resource update cancelled',
      'demo UPDATE_ROLLBACK_IN_PROGRESS: User Initiated',
      'demo UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(await refusalOf(world.ask('CancelUpdateStack', { StackName: 'demo' }))).to.equal(
      'ValidationError: CancelUpdateStack cannot be called from current stack status',
    );
  });
});
